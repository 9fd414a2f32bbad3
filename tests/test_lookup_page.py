"""The tab to look clauses up, in a real browser."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
from docx import Document
from playwright.sync_api import Page, expect

from tests.browsing import ARTIFACTS, DESKTOP, PHONE, OpenPage


def open_tab(open_page: OpenPage, viewport: dict[str, int] = DESKTOP, **settings: object) -> Page:
    page = open_page(viewport, **settings)
    page.get_by_role("tab", name="条款查阅").click()
    return page


def search(page: Page, words: str) -> None:
    page.locator("#lookup-search input").press_sequentially(words)


@pytest.mark.parametrize(("name", "viewport"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_a_clause_is_found_while_its_number_is_typed(
    open_page: OpenPage, name: str, viewport: dict[str, int]
) -> None:
    page = open_tab(open_page, viewport)
    search(page, "吉林方案第12条")
    page.locator(".hits [data-open='jilin:四/（三）/12']").click()
    view = page.locator(".clause-view")
    for told in ("四、（三）12", "优化薪酬结构", "征求意见稿", "国办发〔2018〕3号（未收录）"):
        expect(view).to_contain_text(told)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=ARTIFACTS / f"{name}-lookup.png")


def test_documents_fold_out_and_clauses_lead_to_their_neighbours(open_page: OpenPage) -> None:
    page = open_tab(open_page)
    page.locator(".documents summary", has_text="大政办发〔2018〕159号").click()
    page.locator(".outline [data-open='dalian:五/（十七）']").click()
    heading = page.locator(".clause-view h2")
    expect(heading).to_have_text("五、（十七）")
    expect(page.locator(".clause-view")).to_contain_text("牵头单位：市卫生计生委")
    page.get_by_role("button", name="五、（十八） →").click()
    expect(heading).to_have_text("五、（十八）")
    page.get_by_role("button", name="← 五、（十七）").click()
    expect(heading).to_have_text("五、（十七）")


def test_the_address_of_a_clause_opens_the_page_there(open_page: OpenPage, address: str) -> None:
    page = open_tab(open_page)
    search(page, "偏远海岛")
    page.locator(".hits [data-open]").first.click()
    expect(page.locator(".clause-view h2")).to_be_visible()
    label, link = page.locator(".clause-view h2").inner_text(), page.url
    page.goto(f"{address}/?clause=dalian:五/（十七）")
    expect(page.locator(".clause-view h2")).to_have_text("五、（十七）", timeout=20_000)
    page.goto(link)
    expect(page.locator(".clause-view h2")).to_have_text(label, timeout=20_000)


def test_an_address_of_no_clause_names_what_is_near(open_page: OpenPage, address: str) -> None:
    page = open_page()
    page.goto(f"{address}/?clause=大连意见第九十条<img src=x onerror=alert(1)>")
    expect(page.locator("#clause")).to_contain_text("没有这一条", timeout=20_000)


def test_a_citation_is_copied_as_official_writing_has_it(open_page: OpenPage, address: str) -> None:
    page = open_tab(open_page, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/?clause=dalian:五/（十七）")
    page.get_by_role("button", name="复制出处", exact=True).click(timeout=20_000)
    expect(page.get_by_text("已复制")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    title = "大连市人民政府办公厅关于贯彻落实改革完善全科医生培养与使用激励机制的意见"
    assert copied == f"《{title}》（大政办发〔2018〕159号）五、（十七）"


def test_evidence_of_a_clause_has_its_text_and_status(
    open_page: OpenPage, address: str, tmp_path: Path
) -> None:
    page = open_page()
    page.goto(f"{address}/?clause=jilin:四/（三）/12")
    with page.expect_download(timeout=20_000) as download:
        page.get_by_role("link", name="下载证据包").click()
    download.value.save_as(tmp_path / "evidence.docx")
    text = "\n".join(paragraph.text for paragraph in Document(str(tmp_path / "evidence.docx")).paragraphs)
    for told in ("进一步落实国家基本公共卫生服务经费支付政策", "征求意见稿", "不构成官方解释"):
        assert told in text


@pytest.mark.parametrize("link", ["dalian:五/(十七)", "dalian:五/（十七）#1", "大连意见第十七条"])
def test_other_spellings_of_an_address_open_the_same_clause(
    open_page: OpenPage, address: str, link: str
) -> None:
    page = open_page()
    page.goto(f"{address}/?{urlencode({'clause': link})}")
    expect(page.locator(".clause-view h2")).to_have_text("五、（十七）", timeout=20_000)
