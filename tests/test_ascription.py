"""Quotations and the references that stand above, beside, behind or below them, in the layouts that people use."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from assistant.checking.checker import Checker
from assistant.checking.model import Kind, Verdict
from assistant.lookup import ClauseFinder
from corpus.model import Clause
from index.sentences import split_sentences
from index.store import ClauseStore

LAYOUTS = [
    "{name}规定：“{words}”",
    "{name}规定：\n“{words}”",
    "{name}规定如下。“{words}”",
    "{name}\n“{words}”",
    "{name}\n{words}",
    "{name}\t{words}",
    "|{name}|{words}|",
    "依据：{name}\n引文：{words}",
    "{name}原文\n\n1\n\n“{words}”",
    "“{words}”（{name}）",
    "“{words}”，见{name}。",
    "“{words}”\n{name}",
    "引文：{words}\n出处：{name}",
]


@pytest.fixture(scope="module")
def checker(law_store: ClauseStore) -> Checker:
    return Checker(law_store, ClauseFinder(law_store))


def articles(store: ClauseStore) -> Iterator[tuple[Clause, Clause, str]]:
    """Every fortieth article of a few laws with the one before it and a sentence that only itself has."""
    for document_id in ("劳动合同法", "劳动法", "医师法", "社会保险法", "工伤保险条例"):
        own = [c for c in store.clauses(document_id) if c.label.endswith("条")]
        for before, clause in list(pairwise(own))[::40]:
            sentences = (clause.text[span.start : span.end].strip() for span in split_sentences(clause.text))
            longest = max(sentences, key=len).partition("\n")[0]
            words = longest.partition(clause.label)[2].strip() or longest
            if len(words) > 12 and store.containing(words, 2) == [clause.id]:
                yield before, clause, words


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_quotation_is_exact_with_its_own_article_and_never_with_another(
    checker: Checker, law_store: ClauseStore, layout: str
) -> None:
    cases = list(articles(law_store))
    assert len(cases) > 5
    for before, clause, words in cases:
        title = law_store.document(clause.document_id).title
        for named, verdict in ((clause, Verdict.EXACT), (before, Verdict.WRONG_REFERENCE)):
            text = layout.format(name=f"《{title}》{named.label}", words=words)
            quoted = [item.verdict for item in checker.check(text) if item.kind is Kind.QUOTE]
            assert quoted == [verdict], text
