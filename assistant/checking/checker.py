"""A text -> the verdicts on its quotations and references, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from assistant.checking.ascriber import Ascriber
from assistant.checking.ascription import NOWHERE
from assistant.checking.citations import Citation, CitationReader
from assistant.checking.claims import ReferenceJudge
from assistant.checking.folding import fold
from assistant.checking.judging import QuotationJudge
from assistant.checking.levelling import levelled
from assistant.checking.model import Item, Verdict
from assistant.checking.narration import tells
from assistant.checking.neighbours import Neighbours
from assistant.checking.passages import Given
from assistant.checking.quotations import (
    APART,
    HIDDEN,
    Quotation,
    announced,
    hidden,
    marked,
    sentence_end,
    sentence_start,
    unbracketed,
)
from assistant.checking.search import QuotationSearch
from assistant.checking.targets import Targets
from assistant.checking.versions import Versions
from assistant.lookup import ClauseFinder
from corpus.model import Span
from corpus.numerals import NUMERAL
from corpus.references import Reference
from index.store import ClauseStore

_WHOLE = 2_000
"""Characters up to which a text is judged as one quotation; a longer one without marks is judged by paragraph."""

_MARKED = 0.5
"""Share of a text in quotation marks up to which it can be the wording of a clause itself."""

_VERBATIM = (Verdict.EXACT, Verdict.NEAR, Verdict.WRONG_REFERENCE)

_NUMBERED = re.compile(rf".{{2,60}}?{NUMERAL}\W?[条款项点]?")
"""What ends like a reference."""

_BESIDE = 8
"""Characters around a quotation that can complete what it is cut from."""


class Checker:
    """Checks quotations and references against the clauses of a store."""

    def __init__(self, store: ClauseStore, finder: ClauseFinder) -> None:
        self._store, self._finder = store, finder
        self._versions = Versions(store)
        targets = Targets(store)
        self._quotations = QuotationJudge(QuotationSearch(store), targets)
        self._references = ReferenceJudge(targets)

    def check(self, text: str) -> tuple[Item, ...]:
        """A verdict on every quotation and every reference of a text, in the order of the text.

        A text without any is judged as a quotation, and so is one that as a whole is the wording of a clause,
        with the quotations and references that it has itself.
        """
        parts = re.finditer(f"[^{APART}]+", text)
        found = tuple(_moved(item, part.start()) for part in parts for item in self._of_part(part[0]))
        return found or tuple(self._unquoted(text))

    def _of_part(self, text: str) -> list[Item]:
        """The verdicts on a text that stands for itself, none where it neither quotes nor refers to anything."""
        plain = levelled(text)
        in_marks = marked(plain)
        reader = CitationReader(self._store, self._finder, hidden(plain, in_marks))
        reader.read()
        blocks = list(self._blocks(text, reader, in_marks))
        quotations = _outermost([*in_marks, *blocks])
        ascriber = Ascriber(reader, quotations, self._versions)
        if not blocks and (whole := self._wording(text, quotations, ascriber)):
            return [whole]
        judged = zip(quotations, self._judged(text, quotations, ascriber), strict=True)
        found = [
            *(item for quotation, item in judged if _is_quoted(quotation, item)),
            *self._cited(text, hidden(reader.text, blocks), ascriber.citations),
        ]
        return sorted(found, key=lambda item: item.span.start)

    def _blocks(
        self, text: str, reader: CitationReader, in_marks: Sequence[Quotation]
    ) -> Iterator[Quotation]:
        """Quotations without marks: words behind a colon, and lines beside a reference."""
        ascriber = Ascriber(reader, in_marks, self._versions)
        cited = [citation.span for citation in reader.citations]
        clauses = [citation.span for citation in reader.citations if citation.reference.parts]
        beside = Neighbours(reader.text, cited).cells(clauses)
        found = _outermost([*announced(reader.text, cited), *beside])
        for quotation, item in zip(found, self._judged(text, found, ascriber), strict=True):
            if _is_quoted(quotation, item):
                yield quotation

    def _unquoted(self, text: str) -> Iterator[Item]:
        """The verdict on a text without quotations and references, or on its paragraphs."""
        ascriber = Ascriber(CitationReader(self._store, self._finder, ""), (), self._versions)
        for span in _pieces(text):
            item = self._judged_whole(text, span, ascriber)
            yield self._typed(item) or item

    def _wording(self, text: str, quotations: Sequence[Quotation], ascriber: Ascriber) -> Item | None:
        """The text judged as quotation, if it is the wording of a clause that quotes or refers itself."""
        spans = _pieces(text)
        covered = sum(quotation.span.end - quotation.span.start for quotation in quotations)
        is_quoting = bool(quotations or ascriber.citations)
        beside = _beside(text, [citation.span for citation in ascriber.citations])
        if not is_quoting or len(spans) != 1 or covered > _MARKED * len(text) or not tells(beside):
            return None
        item = self._quotations.judge(Given(text[spans[0].start : spans[0].end]), spans[0], NOWHERE)
        cited = (text[citation.span.start : citation.span.end] for citation in ascriber.citations)
        return item if _is_wording(item, cited) else None

    def _judged_whole(self, text: str, span: Span, ascriber: Ascriber) -> Item:
        """A piece without marks, which may name its origin: 大连意见规定，…."""
        length, ascription = ascriber.lead_in(text[span.start : span.end])
        own = Span(span.start + length, span.end)
        return self._quotations.judge(Given(text[own.start : own.end]), own, ascription)

    def _typed(self, item: Item) -> Item | None:
        """What is no clause's wording, but names one as people type it: 大连意见17."""
        is_reference = item.verdict not in _VERBATIM and _NUMBERED.fullmatch(item.text)
        found = self._finder.lookup(item.text) if is_reference else None
        if found is None or len(found.matches) != 1:
            return None
        return self._references.judge(Citation(item.span, Reference(item.span), found, ()), item.text, "")

    def _judged(self, text: str, quotations: Sequence[Quotation], ascriber: Ascriber) -> Iterator[Item]:
        for quotation, ascription in zip(quotations, ascriber.all(quotations), strict=True):
            span, lead = quotation.span, quotation.lead
            before, behind = text[max(0, lead - _BESIDE) : lead], text[span.end + 1 :][:_BESIDE]
            yield self._quotations.judge(Given(text[span.start : span.end], before, behind), span, ascription)

    def _cited(self, text: str, plain: str, citations: Sequence[Citation]) -> Iterator[Item]:
        borders = [0, *(c.span.end for c in citations)], [*(c.span.start for c in citations[1:]), len(text)]
        for citation, earlier, following in zip(citations, *borders, strict=False):
            claim = _claim(plain, citation.span, earlier, following)
            yield self._references.judge(citation, text[citation.span.start : citation.span.end], claim)


def _moved(item: Item, offset: int) -> Item:
    """An item of a part of the text that begins at ``offset``."""
    return replace(item, span=Span(item.span.start + offset, item.span.end + offset))


def _is_quoted(quotation: Quotation, item: Item) -> bool:
    """Whether what may be a quotation is one: some clause has the words at least nearly, or it stands beside its reference."""
    is_beside = quotation.is_beside and item.verdict is Verdict.CONTRADICTED
    return quotation.is_certain or item.verdict in _VERBATIM or is_beside


def _is_wording(item: Item, cited: Iterable[str]) -> bool:
    """Whether a text is from beginning to end the wording of a clause, which cites the same itself."""
    if item.target is None or item.verdict not in (Verdict.EXACT, Verdict.NEAR):
        return False
    own, words = fold(item.target.text).text, fold(item.text).text
    framed = any(
        given and (words.startswith(given) or words.endswith(given))
        for given in (fold(difference.given).text for difference in item.differences)
    )
    return not framed and all(fold(name).text in own for name in cited)


def _claim(text: str, span: Span, earlier: int, following: int) -> str:
    """What the sentence of a reference says besides in its cell, up to the references around it; without quotations."""
    start = max(earlier, sentence_start(text, span.start))
    before = text[start : span.start].rpartition("\t")[2]
    behind = text[span.end : min(following, sentence_end(text, span.end))].partition("\t")[0]
    return (before + behind).replace(HIDDEN, "")


def _beside(text: str, spans: Iterable[Span]) -> str:
    """The words around some ranges in order, parted by commas."""
    borders = [0, *(border for span in spans for border in (span.start, span.end)), len(text)]
    return "，".join(text[start:end] for start, end in zip(borders[::2], borders[1::2], strict=True))


def _pieces(text: str) -> list[Span]:
    """The text, or the paragraphs of a long one, without the white space around."""
    lines = [Span(0, len(text))] if len(text) <= _WHOLE else _paragraphs(text)
    trimmed = (
        Span(
            line.end - len(text[line.start : line.end].lstrip()),
            line.start + len(text[line.start : line.end].rstrip()),
        )
        for line in lines
    )
    return [unbracketed(text, span) for span in trimmed if span.start < span.end]


def _paragraphs(text: str) -> list[Span]:
    """Paragraphs; those that are longer than a whole text may be are cut behind a sentence."""
    pieces = re.finditer(rf"[^\n]{{0,{_WHOLE - 1}}}[。；;！!？?\n]|[^\n]{{1,{_WHOLE}}}", text)
    return [Span(*match.span()) for match in pieces]


def _outermost(quotations: Sequence[Quotation]) -> list[Quotation]:
    """Quotations that lie in no other one, in order."""
    ordered = sorted(quotations, key=lambda q: (q.span.start, -q.span.end))
    kept: list[Quotation] = []
    for quotation in ordered:
        if not kept or quotation.span.start >= kept[-1].span.end:
            kept.append(quotation)
    return kept
