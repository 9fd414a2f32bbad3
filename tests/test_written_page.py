"""Answers of a language model in a real browser: what users see while it writes, when it fails, and when they leave."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assistant.page.site import build_site
from assistant.pipeline import PolicyAssistant
from assistant.settings import Tab, load_settings
from tests.browsing import ARTIFACTS, DESKTOP, PHONE, OpenPage, ask, serving
from tests.judged_answers import desk_in
from tests.model_endpoint import Endpoint
from tests.written_answers import writing

QUESTION = "大连的全科医生在什么条件下可以直接取得副高职称？"
FIRST, SECOND, WRONG = CLAIMS = (
    (
        "全科专业住院医师规范化培训合格、取得中级职称后在低收入村和偏远海岛基层医疗卫生机构连续工作满10年的，"
        "可经职称评审委员会考核认定，直接取得副高级职称。",
        [("E1", "连续工作满10年的，可经职称评审委员会考核认定，直接取得副高级职称")],
    ),
    (
        "对长期扎根低收入村和偏远海岛基层医疗卫生机构的全科医生，可突破学历等限制，破格晋升职称。",
        [("E1", "可突破学历等限制，破格晋升职称")],
    ),
    ("连续工作满5年即可。<script>alert(1)</script>", [("E1", "连续工作满5年")]),
)
NOTHING: dict[str, Any] = {"claims": []}
HANGS = {"text": "", "delay": 60}
SOON = 1000
"""Milliseconds in which a slot must be free."""


@pytest.fixture
def site(assistant: PolicyAssistant, tmp_path: Path) -> Iterator[Callable[..., tuple[str, Endpoint]]]:
    """Serves the chat of an assistant whose language model gives these replies."""
    with ExitStack() as stack:

        def serve(*replies: Any, **settings: Any) -> tuple[str, Endpoint]:
            given = {"llm_model": "qwen-test", "llm_timeout": 50} | settings
            writer, endpoint = stack.enter_context(writing(assistant.index, replies, **given))
            own = load_settings(data=tmp_path, tabs=[Tab.CHAT])
            page = build_site(writer, desk_in(tmp_path, assistant.store), own)
            return stack.enter_context(serving(page)), endpoint

        yield serve


def send(page: Page, question: str = QUESTION) -> None:
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")


def waiting(page: Page) -> None:
    expect(page.locator(".pending")).to_have_text("正在撰写并逐句核对…")


def test_statements_come_one_by_one_as_they_pass(open_page: OpenPage, site) -> None:
    address, endpoint = site({"claims": [FIRST, WRONG, SECOND], "held_at": SECOND[0]}, NOTHING)
    page = open_page(site=address)
    send(page)
    waiting(page)
    expect(page.locator(".claims li")).to_have_count(1, timeout=20_000)
    expect(page.locator(".claims li")).to_contain_text(FIRST[0])
    waiting(page)
    expect(page.get_by_role("button", name="停止")).to_be_visible()
    page.screenshot(path=ARTIFACTS / "desktop-writing.png")
    endpoint.may_go_on.set()
    expect(page.locator(".claims li")).to_have_count(2, timeout=20_000)
    expect(page.locator(".pending")).to_have_count(0, timeout=20_000)
    expect(page.locator(".answer .writing")).to_have_text("由语言模型 qwen-test 撰写，逐句核对过原文")
    expect(page.locator(".feedback")).to_be_visible()
    page.locator(".cite").first.click()
    expect(page.locator(".source mark")).to_contain_text("连续工作满10年")


@pytest.mark.parametrize(
    ("viewport", "path", "title", "left_out", "byline"),
    [
        (DESKTOP, "", "核对过程", "没有通过，不采用：", "由语言模型 qwen-test 撰写"),
        (
            PHONE,
            "/en/",
            "How it was checked",
            "Did not pass, left out:",
            "Written by the language model qwen-test",
        ),
    ],
)
def test_what_was_left_out_is_told_as_text(
    open_page: OpenPage, site, viewport: dict[str, int], path: str, title: str, left_out: str, byline: str
) -> None:
    address, _ = site({"claims": CLAIMS}, NOTHING)
    page = open_page(viewport, site=f"{address}{path}")
    ask(page, QUESTION)
    expect(page.locator(".writing")).to_contain_text(byline)
    page.get_by_text(title).click()
    expect(page.locator(".steps li", has_text=WRONG[0])).to_contain_text(left_out)
    assert page.locator(".exchange :is(script, img)").count() == 0
    page.locator(".steps").scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.screenshot(
        path=ARTIFACTS / f"{'phone' if viewport == PHONE else 'desktop'}-steps{path.strip('/')}.png"
    )


def test_an_answer_that_fell_back_says_why(open_page: OpenPage, site) -> None:
    address, _ = site(500)
    page = open_page(site=address)
    ask(page, QUESTION)
    expect(page.locator(".answer > :first-child")).to_contain_text("以下由原文摘录组成")
    expect(page.locator(".claims")).to_contain_text("直接取得副高级职称")
    page.get_by_text("核对过程").click()
    expect(page.locator(".steps")).to_contain_text("语言模型出错")
    page.screenshot(path=ARTIFACTS / "desktop-notice.png")


def test_the_page_says_where_questions_go_before_they_are_asked(open_page: OpenPage, site) -> None:
    address, endpoint = site({"claims": [FIRST]})
    page = open_page(PHONE, site=address)
    expect(page.locator(".destination")).to_contain_text(
        re.compile("已隐去电话.*发送到 127.0.0.1 的 qwen-test")
    )
    page.screenshot(path=ARTIFACTS / "phone-destination.png")
    ask(page, f"{QUESTION}我的电话是13800138000")
    assert "13800138000" not in "".join(endpoint.prompts)
    english = open_page(site=f"{address}/en/")
    expect(english.locator(".destination")).to_contain_text("qwen-test at 127.0.0.1")


def test_without_a_model_nothing_goes_anywhere(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, QUESTION)
    expect(page.locator(".destination, .writing, .steps")).to_have_count(0)


def stop(page: Page) -> None:
    page.get_by_role("button", name="停止").click()


def clear(page: Page) -> None:
    page.get_by_role("button", name="新对话").click()


@pytest.mark.parametrize("leave", [stop, clear, Page.close], ids=lambda leave: leave.__name__)
def test_who_does_not_wait_leaves_no_request_behind(
    open_page: OpenPage, site, leave: Callable[[Page], object]
) -> None:
    address, endpoint = site(HANGS)
    page = open_page(site=address)
    send(page)
    waiting(page)
    until(lambda: endpoint.requests)
    leave(page)
    assert endpoint.was_left.wait(SOON / 1000)


def test_a_stopped_question_returns_and_its_slot_serves_the_next(open_page: OpenPage, site) -> None:
    address, endpoint = site(HANGS, {"claims": [FIRST]}, llm_parallel=1)
    page, other = open_page(site=address), open_page(site=address)
    send(page)
    until(lambda: endpoint.requests)
    send(other)
    waiting(other)
    stop(page)
    expect(page.locator("#question textarea")).to_have_value(QUESTION)
    expect(page.locator(".exchange")).to_have_count(0)
    expect(other.locator(".writing")).to_contain_text("qwen-test", timeout=5000)


def test_a_stopped_answer_keeps_what_has_passed(open_page: OpenPage, site) -> None:
    address, endpoint = site({"claims": [FIRST, WRONG], "held_at": WRONG[0]})
    page = open_page(site=address)
    send(page)
    expect(page.locator(".claims li")).to_have_count(1, timeout=20_000)
    stop(page)
    assert endpoint.was_left.wait(SOON / 1000)
    expect(page.locator(".exchange")).to_contain_text("回答还不完整")
    expect(page.locator(".pending, .feedback")).to_have_count(0)
    expect(page.locator("#question textarea")).to_have_value(QUESTION)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_nobody_waits_for_the_model_of_another(open_page: OpenPage, site) -> None:
    address, endpoint = site(HANGS, llm_parallel=1)
    first, second = open_page(site=address), open_page(site=address)
    send(first)
    until(lambda: endpoint.requests)
    start = time.monotonic()
    ask(second, "今天天气怎么样？")
    ask(second, "吉林方案第12条")
    expect(second.locator(".answer")).to_contain_text("四、（三）12")
    assert time.monotonic() - start < 5
    waiting(first)


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)
