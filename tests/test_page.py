"""The page in a real browser, served by the real process: questions, answers and their sources."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import ARTIFACTS, DESKTOP, PHONE, QUESTION, OpenPage, ask, places


def is_wider_than_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize(("name", "viewport"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_an_answer_from_both_places_leads_to_the_marked_sentence(
    open_page: OpenPage, name: str, viewport: dict[str, int]
) -> None:
    page = open_page(viewport)
    page.screenshot(path=ARTIFACTS / f"{name}-start.png")
    ask(page, QUESTION)
    page.screenshot(path=ARTIFACTS / f"{name}-answer.png")
    assert {"大连市", "吉林省"} <= set(places(page))
    assert not is_wider_than_screen(page)
    for place, label, title in (
        ("dalian", "五、（十七）", "大连市人民政府办公厅关于"),
        ("jilin", "四、（五）23", "关于改革完善全科医生"),
    ):
        card = page.locator(".citation", has_text=label).first
        quote = card.locator("blockquote").text_content()
        card.get_by_role("button").click()
        marks = page.locator(".source .target mark")
        expect(marks.first).to_be_in_viewport()
        assert "".join(marks.all_text_contents()) == (quote or "").replace("\n", "")
        expect(page.locator(".source h2")).to_contain_text(title)
        page.screenshot(path=ARTIFACTS / f"{name}-{place}.png")
        assert not is_wider_than_screen(page)
        page.locator(".source .close").click()
        expect(page.locator(".source")).to_have_count(0)
    for fact in ("大政办发〔2018〕159号", "征求意见稿", "本回答依据所列文件原文自动生成，不构成官方解释"):
        expect(page.locator(".exchange")).to_contain_text(fact)


def test_the_source_says_number_place_and_that_it_is_a_draft(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, QUESTION)
    page.locator(".place", has_text="吉林省").locator(".cite").first.click()
    for fact in ("征求意见稿", "无文号", "吉林省", "不是正式文件"):
        expect(page.locator(".source header")).to_contain_text(fact)


def test_citations_of_every_answer_work_again_and_again(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, QUESTION)
    ask(page, "那吉林呢？")
    assert places(page) == ["吉林省"]
    marks = page.locator(".cite")
    for index in (0, marks.count() - 1, 0, 0):
        marks.nth(index).click()
        clause = marks.nth(index).get_attribute("data-clause") or ""
        expect(page.locator(".source .target")).to_have_id(clause)
        expect(page.locator(".source mark").first).to_be_in_viewport()


def test_the_keyboard_is_enough(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, QUESTION)
    citation = page.locator(".cite").first
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if citation.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".source mark").first).to_be_in_viewport()
    expect(page.locator(".source h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".source")).to_have_count(0)
    expect(citation).to_be_focused()


def test_a_declined_question_has_no_citation(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "今天天气怎么样？")
    expect(page.locator(".declined")).to_be_visible()
    expect(page.locator(".cite, .citation")).to_have_count(0)


def test_a_chosen_place_limits_the_answer(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_label("地区").click()
    page.get_by_role("option", name="吉林省").click()
    ask(page, QUESTION)
    assert places(page) == ["吉林省"]


def test_an_example_asks_itself_and_a_new_conversation_starts_from_there(open_page: OpenPage) -> None:
    page = open_page()
    example = page.locator("#examples button").first
    example.click()
    expect(page.locator(".answer, .declined")).to_be_visible(timeout=30_000)
    expect(example).to_be_hidden()
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".exchange")).to_have_count(0)
    expect(example).to_be_visible()


def test_the_english_page_is_english_and_answers_alike(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Send")).to_be_visible(timeout=20_000)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    ask(page, QUESTION)
    expect(page.locator(".answer")).to_contain_text("not an official interpretation")


CONTRAST = """element => {
  const rgb = colour => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = colour => colour.slice(0, 3).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  let back = element;
  while (back.parentElement && rgb(getComputedStyle(back).backgroundColor)[3] < 255) back = back.parentElement;
  const pair = [light(rgb(getComputedStyle(element).color)), light(rgb(getComputedStyle(back).backgroundColor))];
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_background_in_light_and_dark(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    ask(page, QUESTION)
    page.locator(".place", has_text="吉林省").locator(".cite").first.click()
    expect(page.locator(".source mark").first).to_be_in_viewport()
    page.mouse.move(0, 0)
    page.screenshot(path=ARTIFACTS / f"desktop-{scheme}.png")
    for selector in (
        ".question",
        ".claims li",
        ".cite >> nth=0",
        ".badge.draft >> nth=0",
        ".badge.in-force >> nth=0",
        ".disclaimer",
        ".feedback span",
        ".feedback button",
        "blockquote >> nth=0",
        ".brand h1",
        ".brand p >> nth=0",
        "#send",
        "#clear",
        ".source mark >> nth=0",
        ".source .note",
        ".source .facts dt >> nth=0",
    ):
        assert page.locator(selector).first.evaluate(CONTRAST) >= 4.5, selector


def test_the_page_is_dark_where_the_system_is(open_page: OpenPage) -> None:
    brightness = "element => eval(getComputedStyle(element).backgroundColor.match(/[0-9]+/g).join('+'))"
    light, dark = (
        open_page(color_scheme=scheme).locator(".brand").evaluate(brightness) for scheme in ("light", "dark")
    )
    assert light > 3 * 200
    assert dark < 3 * 50
