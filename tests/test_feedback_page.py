"""Thumbs and comments in a real browser: kept as they are given, from every answer and nobody else's words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assistant.feedback.model import Feedback, Opinion, Verdict
from assistant.feedback.store import FILE, FeedbackStore
from assistant.model import Status
from assistant.page.site import build_site
from assistant.pipeline import PolicyAssistant
from assistant.settings import Tab, load_settings
from tests.browsing import ARTIFACTS, DESKTOP, PHONE, QUESTION, OpenPage, ask, serving
from tests.fake_assistants import Declining
from tests.judged_answers import desk_in


@pytest.fixture
def site(assistant: PolicyAssistant, tmp_path: Path) -> Iterator[str]:
    desk = desk_in(tmp_path, assistant.store)
    with serving(build_site(assistant, desk, load_settings(data=tmp_path))) as address:
        yield address


@pytest.fixture
def entries(tmp_path: Path) -> Any:
    return FeedbackStore(tmp_path).entries


def panel(page: Page) -> Any:
    return page.locator(".exchange:last-child .feedback")


def press(page: Page, name: str) -> None:
    panel(page).get_by_role("button", name=name, exact=True).click()
    expect(panel(page).get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")


def comment(page: Page, text: str) -> None:
    panel(page).get_by_role("textbox").fill(text)
    with page.expect_response("**/component_server/"):
        panel(page).get_by_role("button", name="提交").click()


def opinions(entries: list[Feedback]) -> list[Opinion]:
    return [entry.opinion for entry in entries]


@pytest.mark.parametrize(("name", "viewport"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_a_thumb_and_a_comment_are_kept_with_the_answer(
    open_page: OpenPage, site: str, entries: Any, name: str, viewport: dict[str, int]
) -> None:
    page = open_page(viewport, site=site)
    ask(page, QUESTION)
    expect(panel(page).get_by_role("textbox")).to_be_hidden()
    press(page, "没用")
    expect(panel(page).get_by_role("status")).to_contain_text("谢谢")
    comment(page, "漏了吉林的条件，请回电13800138000")
    expect(panel(page).get_by_role("textbox")).to_have_value("漏了吉林的条件，请回电〔电话号码〕")
    panel(page).scroll_into_view_if_needed()
    page.screenshot(path=ARTIFACTS / f"{name}-feedback.png")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    [entry] = entries()
    assert entry.opinion == Opinion(Verdict.DOWN, "漏了吉林的条件，请回电〔电话号码〕")
    assert (entry.answer.question, entry.answer.status) == (QUESTION, Status.ANSWERED)
    cited = page.locator(".citation").evaluate_all("cards => cards.map(card => card.dataset.clause)")
    assert [citation.clause for citation in entry.answer.citations] == cited
    assert set(entry.answer.digests) == set(cited)


def test_the_other_thumb_changes_the_entry_and_keeps_the_comment(
    open_page: OpenPage, site: str, entries: Any
) -> None:
    page = open_page(site=site)
    ask(page, "今天天气怎么样？")
    press(page, "有用")
    comment(page, "说得清楚")
    panel(page).get_by_role("textbox").fill("写到一半")
    press(page, "没用")
    expect(panel(page).get_by_role("button", name="有用", exact=True)).to_have_attribute(
        "aria-pressed", "false"
    )
    expect(panel(page).get_by_role("textbox")).to_have_value("写到一半")
    assert opinions(entries()) == [Opinion(Verdict.DOWN, "说得清楚")]
    assert entries()[0].answer.status is Status.OUT_OF_SCOPE


def test_each_answer_keeps_its_own_thumb_while_the_conversation_goes_on(
    open_page: OpenPage, site: str, entries: Any
) -> None:
    page = open_page(site=site)
    ask(page, QUESTION)
    press(page, "有用")
    panel(page).get_by_role("textbox").fill("还没写完")
    ask(page, "那吉林呢？")
    expect(page.locator(".exchange:first-child [aria-pressed=true]")).to_have_text("有用")
    expect(page.locator(".exchange:first-child").get_by_role("textbox")).to_have_value("还没写完")
    expect(panel(page).locator("[aria-pressed=true]")).to_have_count(0)
    press(page, "没用")
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".feedback")).to_have_count(0)
    ask(page, QUESTION)
    expect(panel(page).locator("[aria-pressed=true]")).to_have_count(0)
    expect(panel(page).get_by_role("textbox")).to_be_hidden()
    press(page, "有用")
    assert opinions(entries()) == [Opinion(Verdict.UP), Opinion(Verdict.DOWN), Opinion(Verdict.UP)]
    assert [entry.answer.history for entry in entries()] == [(), (QUESTION,), ()]


def test_tricks_in_a_comment_stay_text(open_page: OpenPage, site: str, entries: Any) -> None:
    page = open_page(site=site)
    trick = "</textarea><img src=x onerror=alert(1)><script>alert(2)</script> ${1+1} {{value}}"
    ask(page, QUESTION)
    press(page, "没用")
    comment(page, trick)
    ask(page, "那吉林呢？")
    expect(page.locator(".exchange:first-child").get_by_role("textbox")).to_have_value(trick)
    assert page.locator(".exchange :is(script, img)").count() == 0
    assert opinions(entries()) == [Opinion(Verdict.DOWN, trick)]


def test_the_keyboard_is_enough(open_page: OpenPage, site: str, entries: Any) -> None:
    page = open_page(site=site)
    ask(page, QUESTION)
    thumb = panel(page).get_by_role("button", name="没用")
    thumb.focus()
    page.keyboard.press("Space")
    expect(thumb).to_have_attribute("aria-pressed", "true")
    expect(thumb).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("少一条")
    page.keyboard.press("Tab")
    with page.expect_response("**/component_server/"):
        page.keyboard.press("Enter")
    assert opinions(entries()) == [Opinion(Verdict.DOWN, "少一条")]


def test_a_comment_ends_at_1000_characters(open_page: OpenPage, site: str, entries: Any) -> None:
    page = open_page(site=site)
    ask(page, QUESTION)
    press(page, "有用")
    panel(page).get_by_role("textbox").focus()
    page.keyboard.insert_text("长" * 1001)
    expect(panel(page).get_by_role("textbox")).to_have_value("长" * 1000)


FORGE = """async ([element, sent]) => {
  const config = window.gradio_config;
  const component = config.components.find(one => one.props.elem_id === "conversation");
  const body = { data: sent, fn_name: "judge", component_id: component.id, session_hash: "forged" };
  const answer = await fetch(config.root + config.api_prefix + "/component_server",
    { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  return [answer.status, await answer.json()];
}"""


@pytest.mark.parametrize(
    "sent",
    [
        {"answer": "guessed", "verdict": "up", "comment": "编的"},
        {"answer": "guessed", "verdict": "up", "text": "编的", "question": "编的"},
        {"verdict": "up"},
        {"answer": {"$ne": ""}, "verdict": "up"},
        ["guessed", "up"],
        None,
    ],
    ids=json.dumps,
)
def test_a_forged_call_stores_nothing_and_gets_a_polite_word(
    open_page: OpenPage, site: str, sent: object, tmp_path: Path
) -> None:
    page = open_page(site=site)
    status, said = page.evaluate(FORGE, [None, sent])
    assert (status, said) == (200, {"message": "这个回答已不能评价，请重新提问。"})
    assert not (tmp_path / FILE).exists()


def test_where_nothing_can_be_kept_the_page_says_so(open_page: OpenPage, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"rubbish" * 100)
    built = build_site(Declining(), desk_in(tmp_path), load_settings(data=tmp_path, tabs=[Tab.CHAT]))  # type: ignore[arg-type]
    with serving(built) as site:
        page = open_page(site=site)
        ask(page, "天气？")
        panel(page).get_by_role("button", name="没用").click()
        expect(panel(page).get_by_role("status")).to_have_text("没能记下，请稍后再试。")
        expect(panel(page).locator("[aria-pressed=true]")).to_have_count(0)
        page.context.set_offline(True)
        panel(page).get_by_role("button", name="没用").click()
        expect(panel(page).get_by_role("status")).to_have_text("没能记下，请稍后再试。")


def test_the_english_page_asks_in_english(open_page: OpenPage, site: str) -> None:
    page = open_page(PHONE, site=f"{site}/en/")
    ask(page, QUESTION)
    press(page, "Useful")
    expect(panel(page).get_by_role("status")).to_contain_text("Thank you")
    panel(page).scroll_into_view_if_needed()
    page.screenshot(path=ARTIFACTS / "phone-feedback-en.png")
