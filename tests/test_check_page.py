"""The tabs that check and compare, and the evidence files, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from tests.browsing import ARTIFACTS, DESKTOP, PHONE, QUESTION, OpenPage, ask
from tests.office_files import box, cell, note, paragraph, run, table, word_of_xml

WRONG_NUMBER = "每2年对全市乡村医生开展一次不少于120学时的理论与实践相结合的系统性培训"


def open_tab(open_page: OpenPage, name: str, viewport: dict[str, int] = DESKTOP) -> Page:
    page = open_page(viewport)
    page.get_by_role("tab", name=name).click()
    return page


def check(page: Page, file: Path | None = None, text: str = "") -> None:
    if file:
        page.locator("#check-file input[type=file]").set_input_files(file)
        expect(page.locator("#check-file")).to_contain_text(file.stem)
    else:
        page.locator("#check-text textarea").fill(text)
    page.locator("#start-check").click()


def taken_away(page: Page, block: str, suffix: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.locator(f"#{block} a[download$='{suffix}']").click()
    target = folder / f"taken{suffix}"
    download.value.save_as(target)
    return target


@pytest.mark.parametrize(("name", "viewport"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_a_wrong_number_is_pointed_out_and_its_clause_opens(
    open_page: OpenPage, name: str, viewport: dict[str, int]
) -> None:
    page = open_tab(open_page, "引文核对", viewport)
    check(page, text=f"大连意见（十四）规定：“{WRONG_NUMBER}”")
    item = page.locator(".checked > li").filter(has=page.locator(".differences")).first
    expect(item.locator("del")).to_contain_text("120", timeout=30_000)
    expect(item.locator("ins")).to_contain_text("100")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=ARTIFACTS / f"{name}-check.png")
    item.locator("[data-clause]").first.click()
    expect(page.locator(".source:visible .target")).to_have_id("dalian:四/（十四）")


def test_a_word_document_with_table_footnote_and_text_box_goes_in_and_reports_come_out(
    open_page: OpenPage, tmp_path: Path
) -> None:
    quoted = f"大连意见（十四）：“{WRONG_NUMBER}”"
    body = paragraph(run("通知"), note("footnote", 1), box(quoted)) + table(cell(quoted))
    footnote = f'<w:footnote w:id="1">{paragraph(run(quoted))}</w:footnote>'
    (tmp_path / "notice.docx").write_bytes(word_of_xml(body, {"footnotes": footnote}))
    page = open_tab(open_page, "引文核对")
    check(page, tmp_path / "notice.docx")
    for place in ("表1 第1行第1列", "脚注1", "文本框1"):
        expect(page.locator(".checked")).to_contain_text(place, timeout=30_000)
    word = Document(str(taken_away(page, "check-files", ".docx", tmp_path)))
    assert any("120学时" in own.text for one in word.tables for row in one.rows for own in row.cells)
    sheets = load_workbook(taken_away(page, "check-files", ".xlsx", tmp_path))
    assert any("100学时" in str(own.value) for sheet in sheets for row in sheet.rows for own in row)


def test_an_excel_sheet_is_read_and_its_cell_named(open_page: OpenPage, tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.active.title = "名单"
    workbook.active["B7"] = f"“{WRONG_NUMBER}”"
    workbook.save(tmp_path / "list.xlsx")
    page = open_tab(open_page, "引文核对")
    check(page, tmp_path / "list.xlsx")
    expect(page.locator(".checked")).to_contain_text("工作表“名单” B7", timeout=30_000)


def test_a_renamed_zip_is_refused_with_its_name(open_page: OpenPage, tmp_path: Path) -> None:
    (tmp_path / "fake.docx").write_bytes(b"PK\x05\x06" + bytes(18))
    page = open_tab(open_page, "引文核对")
    check(page, tmp_path / "fake.docx")
    expect(page.locator("#check-result [role=alert]")).to_contain_text("fake.docx", timeout=30_000)
    expect(page.locator("#check-files")).to_be_hidden()


def test_two_policies_stand_side_by_side(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_tab(open_page, "对照")
    for side, title in (("left", "贯彻落实改革完善"), ("right", "实施方案")):
        page.locator(f"#compare-{side} input").click()
        page.get_by_role("option").filter(has_text=title).last.click()
    page.locator("#start-compare").click()
    facts = page.locator(".facts-table")
    for words in ("3名", "2名", "低收入村", "贫困县"):
        expect(facts).to_contain_text(words, timeout=60_000)
    page.screenshot(path=ARTIFACTS / "desktop-compare.png")
    rows = load_workbook(taken_away(page, "compare-files", ".xlsx", tmp_path))
    assert any("3名以上" in str(cell.value) for sheet in rows for row in sheet.rows for cell in row)


def test_the_same_document_twice_is_not_compared(open_page: OpenPage) -> None:
    page = open_tab(open_page, "对照")
    page.locator("#start-compare").click()
    expect(page.locator("#compare-result [role=alert]")).to_contain_text("请选择两份不同的文件")


def test_evidence_of_an_answer_has_question_and_clauses_in_full(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    ask(page, QUESTION)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载证据包").click()
    download.value.save_as(tmp_path / "evidence.docx")
    text = "\n".join(paragraph.text for paragraph in Document(str(tmp_path / "evidence.docx")).paragraphs)
    for told in (QUESTION, "五、（十七）", "征求意见稿", "不构成官方解释"):
        assert told in text
