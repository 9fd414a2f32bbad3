"""Checks, comparisons and clauses as HTML: what is told, in the language of the page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from assistant.checking.model import Difference, DifferenceKind, Item, Kind, Target, Verdict
from assistant.clause_search import FoundBy, Hit
from assistant.clause_view import ClauseView
from assistant.comparing.model import AlignedClauses, DocumentComparison, FactDifference, FactKind, Relation
from assistant.office.uploads import pasted
from assistant.page.check_rendering import render_check
from assistant.page.compare_rendering import render_comparison
from assistant.page.lookup_rendering import render_hits, render_view
from assistant.reference_links import Link, LinkState
from assistant.rendering import load_words
from corpus.model import Clause, ClauseKind, PolicyDocument, Span, Status
from tests.html_page import Page

WORDS = load_words()["zh"]
ENGLISH = load_words()["en"]
LAW = PolicyDocument("law", "law", "Act on Doctors", date="2018", status=Status.IN_FORCE, region="X")
NARRATED = "没有加引号的叙述只与所引条款核对了数字和否定词"


def article(number: str, text: str = "It ends.") -> Clause:
    return Clause("law", "law", number, ClauseKind.CLAUSE, f"Art. {number}", "", (), Span(0, len(text)), text)


def target(clause: Clause) -> Target:
    return Target(clause.id, LAW.title, "", clause.label, LAW.region, LAW.status, clause.text)


def item(verdict: Verdict, *differences: Difference, is_narrated: bool = False) -> Item:
    own = target(article("1"))
    return Item("Art. 1", Kind.REFERENCE, verdict, Span(0, 6), own, own, differences, is_narrated=is_narrated)


def compared(*rows: tuple[str, str]) -> DocumentComparison:
    """Two versions, of which rows have clauses of these numbers, "" for none."""
    sides = [tuple((article(number),) if number else () for number in row) for row in rows]
    relations = [Relation.SAME if all(row) else Relation.ONLY_LEFT for row in rows]
    facts = tuple(FactDifference(kind, "hours", "3", "2", "law:1", "law:2") for kind in FactKind)
    return DocumentComparison(
        LAW,
        replace(LAW, date="2024"),
        tuple(
            AlignedClauses(left, right, relation, is_renumbered=True)
            for (left, right), relation in zip(sides, relations, strict=True)
        ),
        facts,
        frozenset(),
        are_versions=True,
    )


def test_words_without_quotation_marks_are_not_called_right() -> None:
    items = [item(Verdict.EXACT), item(Verdict.EXACT, is_narrated=True)]
    assert NARRATED in Page(render_check(items, pasted("x"), WORDS)).text()
    assert "for numbers and negations only" in Page(render_check(items, pasted("x"), ENGLISH)).text()
    assert NARRATED not in Page(render_check(items[:1], pasted("x"), WORDS)).text()


def test_a_check_names_verdict_kind_and_difference() -> None:
    wrong = item(Verdict.NEAR, Difference("3", "2", DifferenceKind.NUMBER))
    for words, told in (
        (WORDS, ("文字有出入", "引用", "数字", "1 处有问题")),
        (ENGLISH, ("Words differ", "reference", "number", "1 of them wrong")),
    ):
        text = Page(render_check([wrong], pasted("x"), words)).text()
        assert all(part in text for part in told)


def test_a_check_shows_what_is_written_what_the_source_has_and_where() -> None:
    wrong = replace(item(Verdict.WRONG_REFERENCE, Difference("3", "2")), claimed=target(article("2")))
    page = Page(render_check([wrong], pasted("x"), WORDS))
    assert (page.text("del"), page.text("ins")) == ("2", "3")
    assert [link["data-clause"] for link in page.having("data-clause")] == ["law:1", "law:2"]
    assert "条款：《Act on Doctors》Art. 1" in page.text()
    assert "所称：《Act on Doctors》Art. 2" in page.text()
    nowhere = Page(render_check([item(Verdict.NOT_FOUND)], pasted("x"), WORDS))
    assert "最接近：《Act on Doctors》Art. 1" in nowhere.text()


def test_numbers_that_moved_between_versions_are_listed_old_to_new() -> None:
    page = Page(render_comparison(compared(("1", "1"), ("2", "3"), ("4", "")), WORDS))
    assert page.of_class("numbers")
    assert "条号对照（2018→2024）" in page.text("h3")
    assert re.sub(r"\s", "", page.text("ul")) == "Art.2→Art.3Art.4→（删去）"
    unmoved = Page(render_comparison(compared(("1", "1")), WORDS))
    assert "条号没有变化" in unmoved.text()


def test_documents_that_are_no_versions_have_no_map_of_numbers() -> None:
    page = Page(render_comparison(replace(compared(("2", "3")), are_versions=False), WORDS))
    assert not page.of_class("numbers")
    assert "条号对照" not in page.text()


@pytest.mark.parametrize("state", [LinkState.ABSENT, LinkState.AMBIGUOUS])
def test_a_reference_that_leads_nowhere_says_why(state: LinkState) -> None:
    view = ClauseView(article("1", "See Art. 9."), LAW, (), (), (Link(Span(4, 10), state),), (), None, None)
    titles = [Page(render_view(view, words)).having("title")[0]["title"] for words in (WORDS, ENGLISH)]
    assert titles == [words[f"reference_{state}"] for words in (WORDS, ENGLISH)]


def english_pages() -> list[str]:
    differences = [Difference("a", "b", kind) for kind in DifferenceKind]
    links = tuple(Link(Span(0, 2), state) for state in (LinkState.ABSENT, LinkState.AMBIGUOUS))
    views = [ClauseView(article("1"), LAW, (), (), (link,), (), article("1"), article("2")) for link in links]
    return [
        render_check(
            [item(verdict, *differences, is_narrated=True) for verdict in Verdict], pasted("x"), ENGLISH
        ),
        render_comparison(compared(("1", "1"), ("2", "3"), ("4", ""), ("", "5")), ENGLISH),
        render_hits([Hit("law:1", LAW, "Art. 1", "It ends.", found_by) for found_by in FoundBy], ENGLISH),
        *(render_view(view, ENGLISH) for view in views),
    ]


@pytest.mark.parametrize("html", english_pages())
def test_the_english_page_has_no_chinese_words_of_its_own(html: str) -> None:
    """What an English document says is English; a status is called as the corpus calls it, places as the upload does."""
    page = Page(html)
    told = [page.text(), *(shown[name] for name in ("title", "aria-label") for shown in page.having(name))]
    own = "\n".join(told).replace(LAW.status.value, "").replace("第1行", "")
    assert not re.findall("[\u4e00-\u9fff]+", own)
