"""The HTML report as its readers meet it: opened from disk in Chromium, the network off."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.evaluation.results import Mode
from assistant.pipeline import PolicyAssistant
from tests.browsing import ARTIFACTS, DESKTOP, PHONE
from tests.report_runs import HOSTILE, Reported, choose, ids, open_question, shown

OpenReport = Callable[..., Page]


@pytest.fixture(scope="module")
def reported(assistant: PolicyAssistant, tmp_path_factory: pytest.TempPathFactory) -> Reported:
    return Reported(assistant, tmp_path_factory.mktemp("runs"))


@pytest.fixture
def open_report(browser: Browser, reported: Reported) -> Iterator[OpenReport]:
    """Opens a report. It may ask for nothing but itself and run no code but its own."""
    asked: list[str] = []
    troubles: list[str] = []
    ARTIFACTS.mkdir(exist_ok=True)

    def open_(viewport: dict[str, int] = DESKTOP, of: Reported = reported, **settings: object) -> Page:
        context = browser.new_context(viewport=viewport, **settings)
        context.set_offline(True)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
        page.goto(of.reports.html.as_uri())
        expect(page.locator(".question")).to_have_count(len(of.run.run.results))
        return page

    yield open_
    for context in browser.contexts:
        context.close()
    assert asked
    assert all(url.startswith("file://") and url.endswith("report.html") for url in asked)
    assert not troubles


@pytest.mark.parametrize(
    ("label", "value", "holds"),
    [
        ("题型", "lookup", lambda r: r.case.type == "lookup"),
        ("问法", "formal", lambda r: r.case.style == "formal"),
        ("地区", "吉林省", lambda r: "吉林省" in r.places),
        ("地区", "", lambda r: not r.places),
        ("文件", "dalian", lambda r: "dalian" in r.documents),
        ("结果", "正确", lambda r: r.scores["answer_correct"]),
        ("结果", "错误", lambda r: not r.scores["answer_correct"]),
        ("结果", "拒答", lambda r: r.scores["declined"]),
    ],
)
def test_filters_narrow(
    open_report: OpenReport, reported: Reported, label: str, value: str, holds: Callable
) -> None:
    page = open_report()
    choose(page, label, value)
    assert shown(page) == ids(reported, holds) != []
    assert len(shown(page)) < len(reported.run.run.results) - 1
    page.get_by_role("button", name="全部题目").click()
    assert shown(page) == ids(reported, lambda _: True)


def test_changes_since_the_baseline_can_be_picked(open_report: OpenReport, reported: Reported) -> None:
    page = open_report()
    choose(page, "变化", "新错")
    assert shown(page) == list(reported.comparison.newly_wrong) != []


def test_filters_and_search_add_up(open_report: OpenReport, reported: Reported) -> None:
    [found] = [result for result in reported.run.run.results if result.case.id == "dl-009-g"]
    own, other = ("正确", "错误") if found.scores["answer_correct"] else ("错误", "正确")
    page = open_report()
    choose(page, "结果", own)
    page.get_by_label("搜索").fill("ＷＲＩＴＴＥＮ NOWHERE")
    expect(page.locator(".question")).to_have_count(0)
    expect(page.locator("#count")).to_have_text(f"符合条件 0 题，共 {len(reported.run.run.results)} 题")
    page.get_by_label("搜索").fill("论文 要求")
    assert shown(page) == ["dl-009-g"]
    choose(page, "结果", other)
    assert shown(page) == []


def test_a_group_of_a_chart_shows_its_questions(open_report: OpenReport, reported: Reported) -> None:
    page = open_report()
    page.get_by_role("region", name="按题型").get_by_role("button", name="followup").click()
    assert shown(page) == ids(reported, lambda r: r.case.type == "followup")
    expect(page.get_by_label("题型", exact=True)).to_have_value("=followup")


def test_a_chart_says_in_text_what_its_bars_show(open_report: OpenReport, reported: Reported) -> None:
    page = open_report()
    row = page.get_by_role("region", name="按题型").get_by_role("row", name=re.compile("^followup"))
    now, before = (run.run.groups["type"]["followup"] for run in (reported.run, reported.baseline))
    difference = now["citation_recall"] - before["citation_recall"]
    expect(row).to_contain_text(f"{now['citation_recall']:.3f} {difference:+.3f}", use_inner_text=True)


def test_each_card_tells_value_interval_change_and_gate(open_report: OpenReport, reported: Reported) -> None:
    page = open_report()
    run, gates = reported.run.run, {gate.metric: gate for gate in reported.gates}
    cards = {card.locator("code").inner_text(): card.inner_text() for card in page.locator(".card").all()}
    assert list(cards) == [name for name in run.summary if name != "n" and run.summary[name] is not None]
    text, (low, high) = cards["citation_recall"], run.intervals["citation_recall"]
    change = next(change for change in reported.comparison.metrics if change.name == "citation_recall")
    assert f"{run.summary['citation_recall']:.3f}" in text
    assert f"95% 区间 {low:.3f} – {high:.3f}" in text
    assert f"基线 {change.before:.3f}，差 {change.now - change.before:+.3f}" in text
    assert f"门槛 ≥ {gates['citation_recall'].limit:.3f}（基线 {change.before:.3f}）" in text
    assert "未达标" in text


def test_a_gate_leads_to_the_questions_behind_it(open_report: OpenReport, reported: Reported) -> None:
    page = open_report()
    choose(page, "题型", "lookup")
    name = reported.comparison.newly_wrong[0]
    page.locator(".verdict").get_by_role("link", name=name).first.click()
    expect(page.get_by_role("article", name=name)).to_be_visible()
    expect(page.locator(".question button", has_text=name)).to_be_focused()


def test_a_question_opens_to_all_that_is_known_of_it(open_report: OpenReport, reported: Reported) -> None:
    page = open_report()
    name = "dl-009-g"
    result = next(result for result in reported.run.run.results if result.case.id == name)
    before, now = (reported.outputs(run)[name] for run in (reported.baseline, reported.run))
    article = open_question(page, name)
    for text in (result.case.question, result.case.history[0].content, result.case.note, *result.failures):
        expect(article).to_contain_text(text)
    for group in result.case.must_include:
        expect(article).to_contain_text("” 或 “".join(group), use_inner_text=True)
    expect(article.locator(".answer")).to_have_text(now["answer"]["text"], use_inner_text=True)
    pieces = article.locator(".difference")
    assert (
        pieces.evaluate("p => [...p.querySelectorAll('span, del')].map(e => e.textContent).join('')")
        == (before["answer"]["text"])
    )
    assert (
        pieces.evaluate("p => [...p.querySelectorAll('span, ins')].map(e => e.textContent).join('')")
        == (now["answer"]["text"])
    )
    assert article.locator(".retrieved > li").count() == 10


def test_the_quote_is_marked_in_its_clause(open_report: OpenReport, reported: Reported) -> None:
    page = open_report()
    checked = 0
    for name, output in reported.outputs(reported.run).items():
        if "script" in name or not output["answer"]["citations"]:
            continue
        article = open_question(page, name)
        for number, citation in enumerate(output["answer"]["citations"]):
            original = article.locator(".citations > li").nth(number).locator(".original")
            marked = original.locator("mark").text_content() or ""
            assert "".join(marked.split()) == "".join(citation["quote"].split())
            assert len(original.text_content() or "") >= len(marked)
            checked += 1
    assert checked > 5


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_hostile_text_stays_text(open_report: OpenReport, viewport: dict[str, int]) -> None:
    page = open_report(viewport)
    hostile = page.locator(".question", has_text="HYPERLINK")
    hostile.get_by_role("button").press("Enter")
    article = page.locator(".detail article")
    as_shown = HOSTILE.partition("\u2028")[0]
    for place in (hostile.locator(".asked"), article.locator(".answer"), article.locator(".turns")):
        assert as_shown in (place.text_content() or "")
    assert as_shown in (page.get_by_role("region", name="按题型").text_content() or "")
    assert page.locator("img, b, script:not([type])").count() == 1
    expect(page.get_by_role("heading", level=1)).to_have_text("本次 <b>")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=ARTIFACTS / f"report-hostile-{viewport['width']}.png", full_page=True)


def test_a_quote_or_clause_that_the_corpus_lacks_is_told(open_report: OpenReport) -> None:
    page = open_report()
    page.locator(".question", has_text="HYPERLINK").get_by_role("button").press("Enter")
    citations = page.locator(".citations > li")
    expect(citations.nth(0)).to_contain_text("引文与条款原文不符")
    expect(citations.nth(1)).to_contain_text("语料中没有这一条")
    expect(page.locator(".detail .clause", has_text="语料中没有")).to_have_count(1)


def test_headings_labels_and_language(open_report: OpenReport) -> None:
    page = open_report()
    open_question(page, "dl-008-a")
    levels = [
        int(tag[1]) for tag in page.locator("h1, h2, h3, h4").evaluate_all("e => e.map(e => e.tagName)")
    ]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    unnamed = "e => e.filter(e => !e.labels.length).length"
    assert page.locator("input, select").evaluate_all(unnamed) == 0


def test_a_retrieval_run_shows_ranks_before_and_now(
    open_report: OpenReport, assistant: PolicyAssistant, tmp_path_factory: pytest.TempPathFactory
) -> None:
    searched = Reported(assistant, tmp_path_factory.mktemp("searches"), Mode.RETRIEVAL)
    page = open_report(of=searched)
    name = searched.comparison.newly_wrong[0]
    article = open_question(page, name)
    expect(article).to_contain_text("未检出")
    expect(article.locator(".retrieved > li").first).to_contain_text("基线前 10 位没有")


def test_a_long_table_is_shown_a_hundred_questions_at_a_time(
    open_report: OpenReport, reported: Reported
) -> None:
    page = open_report()
    many = json.dumps([{"id": f"q{n}"} for n in range(250)])
    page.evaluate(
        "many => { const [first] = questions; questions.length = 0;"
        "questions.push(...JSON.parse(many).map(({ id }) => ({ ...first, id }))); showAll(); }",
        many,
    )
    expect(page.locator(".question")).to_have_count(100)
    page.get_by_role("button", name="再显示 100 题（还有 150 题）").click()
    page.get_by_role("button", name="再显示 50 题").click()
    expect(page.locator(".question")).to_have_count(250)
    expect(page.locator("#more")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1280", "390"])
def test_how_it_looks(open_report: OpenReport, viewport: dict[str, int], scheme: str) -> None:
    page = open_report(viewport, color_scheme=scheme)
    open_question(page, "dl-009-g")
    page.screenshot(path=ARTIFACTS / f"report-{viewport['width']}-{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
