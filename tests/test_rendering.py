"""Answers as HTML: what is shown, what is marked, and that all of it is text."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace

import pytest

from assistant.conversation import ClauseLink, Exchange, growing
from assistant.evaluation.reports.html import PAGE as REPORT
from assistant.model import Answer, Claim, ComparisonTable, Role, Row, Status
from assistant.page.chat_rendering import render_conversation
from assistant.rendering import PAGE, load_words, render_answer, render_notice
from assistant.source_rendering import render_source
from corpus.model import Span
from index.store import ClauseStore
from tests.html_page import Page
from tests.sample_answers import ANSWER, COMPARED, DALIAN

WORDS = load_words()["zh"]


def test_claims_stand_under_their_place_with_the_status_of_what_they_cite() -> None:
    page = Page(render_answer(ANSWER, WORDS))
    assert page.texts["h3"] == ["大连市", "现行有效", "吉林省", "征求意见稿", WORDS["draft_note"]]
    assert [attributes["class"] for attributes in page.of_class("badge")][:2] == [
        "badge in-force",
        "badge draft",
    ]


def test_every_citation_leads_to_its_clause_and_sentence_and_shows_what_it_is() -> None:
    html = render_answer(ANSWER, WORDS)
    targets = [(a["data-clause"], a["data-start"], a["data-end"]) for a in Page(html).having("data-clause")]
    assert targets.count(("dalian:五/（十七）", "10", "30")) == 2  # the mark in the claim and the card below
    assert targets.count(("jilin:四/（五）/23", "40", "60")) == 2
    for shown in ("[1]", "《大连意见》", "大政办发〔2018〕159号", "五、（十七）", DALIAN.quote, "无文号"):
        assert shown in Page(html).text()


def test_a_comparison_is_a_table_with_headers_and_citations_in_its_cells() -> None:
    page = Page(render_answer(COMPARED, WORDS))
    heads = [attributes["scope"] for tag, attributes in page.elements if tag == "th"]
    assert heads == ["col", "col", "col", "row", "row"]
    places = [attributes["data-place"] for tag, attributes in page.elements if tag == "td"]
    assert places == ["大连市 · 现行有效", "吉林省 · 征求意见稿"] * 2
    for shown in (
        "职称晋升政策",
        "征求意见稿",
        WORDS["draft_note"],
        "连续工作满10年。",
        "在贫困县工作满10年。",
    ):
        assert shown in page.text("table")
    assert len(page.of_class("cite")) == 3
    assert not page.of_class("place")


def test_a_cell_without_a_rule_says_so_and_what_that_means() -> None:
    page = Page(render_answer(COMPARED, WORDS))
    assert len(page.of_class("unstated")) == 1
    assert "未规定" in page.text("td")
    assert WORDS["unstated_note"] in page.text()
    assert COMPARED.table
    full = replace(COMPARED, table=replace(COMPARED.table, rows=COMPARED.table.rows[:1]))
    assert WORDS["unstated_note"] not in Page(render_answer(full, WORDS)).text()


@pytest.mark.parametrize("role", Role)
def test_each_claim_shows_what_it_is_in_its_answer(role: Role) -> None:
    claims = (Claim("先申请。", (1,), "大连市", role), Claim("再审核。", (1,), "大连市", role))
    page = Page(render_answer(replace(ANSWER, claims=claims, citations=(DALIAN,)), WORDS))
    assert len(page.of_class(role)) == 2
    assert len(page.of_class("cite")) == 2


def test_an_answer_says_that_it_is_no_official_interpretation() -> None:
    notice = "本回答依据所列文件原文自动生成，不构成官方解释；请以发布机关的正式文本为准。"
    assert notice in Page(render_answer(ANSWER, WORDS)).text()


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ANSWERED])
def test_a_declined_answer_looks_different_and_has_no_citation(status: Status) -> None:
    declined = Answer(
        "月薪多少元？", status, "文件没有规定。最接近的条款：…", citations=(DALIAN,), reason="文件没有规定。"
    )
    page = Page(render_answer(declined, WORDS))
    assert page.of_class("declined")
    assert not page.of_class("cite")
    assert not page.of_class("citation")
    assert DALIAN.quote not in page.text()


def test_a_declined_answer_names_the_nearest_clauses_as_links() -> None:
    nearest = (ClauseLink("dalian:三/（七）", "大连意见", "三、（七）"),)
    page = Page(
        render_answer(Answer("月薪？", Status.NOT_FOUND, "没有规定。", reason="没有规定。"), WORDS, nearest)
    )
    assert "最接近的条款" in page.text()
    assert [link["data-clause"] for link in page.having("data-clause")] == ["dalian:三/（七）"]


def test_an_answer_grows_claim_by_claim_and_never_shows_a_citation_before_its_claim() -> None:
    first, last = growing(ANSWER)
    assert (first.claims, first.citations) == (ANSWER.claims[:1], (DALIAN,))
    assert last == ANSWER


def test_a_comparison_is_shown_whole_at_once() -> None:
    assert list(growing(COMPARED)) == [COMPARED]


def test_a_question_waits_for_its_answer_in_the_conversation() -> None:
    answered = Exchange("怎样评副高？", ANSWER, is_pending=False)
    page = Page(render_conversation([answered, Exchange("那吉林呢？")], WORDS))
    assert len(page.of_class("exchange")) == 2
    assert len(page.of_class("pending")) == 1


@pytest.mark.parametrize("clause_id", ["dalian:五/（十七）", "jilin:三"])
@pytest.mark.parametrize(
    "trick",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '" onmouseover="alert(1)',
        "' autofocus onfocus='x",
        "**粗体** [链接](javascript:alert(1)) # 标题",
        "${1+1} {{value}} {% raw %}",
        "&lt;b&gt; &amp; &#x41;",
        "</div></article>",
    ],
)
def test_tricks_in_question_and_corpus_are_shown_as_text(
    trick: str, clause_id: str, store: ClauseStore
) -> None:
    citation = replace(
        DALIAN, clause=trick, document=trick, number=trick, label=trick, region=trick, quote=trick
    )
    claim = Claim(trick, (1,), trick)
    answer = Answer(trick, Status.ANSWERED, trick, (claim,), (citation,))
    compared = replace(answer, table=ComparisonTable((trick, trick), (Row(trick, ((claim,), ())),)))
    declined = Answer(trick, Status.NOT_FOUND, trick, reason=trick)
    clause = store.clause(clause_id)
    document = store.document(clause.document_id)
    hostile = replace(clause, text=trick, heading=trick, path=trick, source_id=trick)
    for html in (
        render_conversation([Exchange(trick, answer), Exchange(trick)], WORDS),
        render_answer(compared, WORDS),
        render_answer(declined, WORDS, (ClauseLink(trick, trick, trick),)),
        render_notice(trick),
        render_source(
            replace(document, title=trick, number=trick, issuer=trick, region=trick, date=trick),
            [hostile],
            hostile.id,
            Span(hostile.span.start, hostile.span.start + 4),
            WORDS,
        ),
    ):
        page = Page(html)
        assert trick in page.text()
        assert not {tag for tag, _ in page.elements} & {"script", "img", "a", "b", "em"}
        assert not [
            name for _, attributes in page.elements for name in attributes if name.startswith(("on", "auto"))
        ]


def test_both_languages_say_the_same_things() -> None:
    words = load_words()
    assert words["zh"].keys() == words["en"].keys()
    assert {str(status) for status in Status} - {"answered"} <= words["zh"].keys()


def test_the_page_offers_six_examples_and_a_follow_up() -> None:
    examples = tomllib.loads((PAGE / "examples.toml").read_text(encoding="utf-8"))
    assert len(examples["questions"]) == 6
    assert examples["follow_up"]


def test_colours_are_written_down_in_one_place() -> None:
    styles = [*PAGE.glob("*.css"), *REPORT.glob("*.css")]
    assert [file.name for file in styles if re.search(r"#[0-9a-f]{3,8}\b", file.read_text("utf-8"))] == [
        "colours.css"
    ]
