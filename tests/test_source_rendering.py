"""Source texts as HTML: what is marked, what stands above them, and that none of it is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.rendering import load_words
from assistant.source_rendering import quoted_span, render_source
from corpus.library import find_sources, load
from corpus.model import Clause, PolicyDocument, Source, Span
from corpus.model import Status as DocumentStatus
from tests.html_page import Page

TEXTS = Path(__file__).parent.parent / "corpus" / "texts"
WORDS = load_words()["zh"]


@pytest.fixture(scope="module", params=["dalian", "jilin"])
def source(request: pytest.FixtureRequest) -> Source:
    return next(load(file) for file in find_sources([TEXTS]) if file.id == request.param)


def main_document(source: Source) -> tuple[PolicyDocument, list[Clause]]:
    document = next(document for document in source.documents if document.id == source.id)
    return document, [clause for clause in source.clauses if clause.document_id == document.id]


def test_the_mark_is_the_quoted_sentence_wherever_it_stands(source: Source) -> None:
    document, clauses = main_document(source)
    for clause in clauses:
        for quote in sentences(clause):
            original = source.clean.offsets.span_to_source(quote)
            found = quoted_span(clause, source.clean.offsets, original.start, original.end)
            page = Page(render_source(document, clauses, clause.id, found, WORDS))
            expected = source.clean.text[quote.start : quote.end]
            assert page.text("mark") == expected.replace("\n", "")
            assert [attributes["id"] for attributes in page.of_class("target")] == [clause.id]


def sentences(clause: Clause) -> list[Span]:
    """First and last sentence of a clause, and the whole over all its lines."""
    text = clause.text.rstrip("\n")
    first, last = text.find("。") + 1 or len(text), text[:-1].rfind("。") + 1
    start = clause.span.start
    return [Span(start, start + first), Span(start + last, start + len(text)), Span(start, start + len(text))]


def test_offsets_outside_the_clause_mark_nothing(source: Source) -> None:
    document, clauses = main_document(source)
    assert quoted_span(clauses[3], source.clean.offsets, 0, 1) is None
    assert "<mark>" not in render_source(document, clauses, clauses[3].id, None, WORDS)


def test_the_source_text_is_complete_in_order_and_each_clause_can_be_addressed(source: Source) -> None:
    document, clauses = main_document(source)
    page = Page(render_source(document, clauses, clauses[0].id, None, WORDS))
    assert page.text("section") == "".join(clause.text for clause in clauses).replace("\n", "")
    assert [attributes["id"] for attributes in page.having("id")] == [clause.id for clause in clauses]


def test_title_number_place_and_status_stand_above_the_text(source: Source) -> None:
    document, clauses = main_document(source)
    page = Page(render_source(document, clauses, clauses[0].id, None, WORDS))
    for fact in (document.title, document.number or "无文号", document.region, document.status):
        assert fact in page.text("header")
    assert ("不是正式文件" in page.text("header")) is (document.status is DocumentStatus.CONSULTATION)


def test_label_and_heading_of_a_clause_stand_out() -> None:
    document = PolicyDocument("law", "law", "某法")
    article = Clause(
        "law", "law", "第一章/第二条", "clause", "第二条", "", ("总则",), Span(5, 16), "第二条　应当公开。\n"
    )
    page = Page(render_source(document, [article], article.id, None, WORDS))
    assert page.text("strong") == "第二条"
