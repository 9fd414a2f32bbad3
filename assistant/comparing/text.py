"""A document as a comparison reads it: its clauses, and their sentences in one spelling with a way back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from assistant.premises.passages import fold
from corpus import references
from corpus.labels import label_of
from corpus.model import Clause, ClauseKind, PolicyDocument, Span
from index.sentences import split_sentences

_UNITS = re.compile(r"[（(](?:牵头|配合|责任|负责|主办|协办|参与)(?:单位|部门)\s*[：:]")


class Part(Enum):
    """What a sentence is to its clause. Only sentences of one kind can correspond."""

    HEADING = "heading"
    UNITS = "units"  # （牵头单位：…）
    RULE = "rule"


@dataclass(frozen=True)
class Sentence:
    """A sentence without the number of its clause.

    ``text`` is in one spelling and without white space; ``offsets`` are the clean offsets of its
    characters. ``number`` counts the sentences of the clause from 0, ``position`` is 0..1 in the document.
    """

    clause: Clause
    number: int
    part: Part
    text: str
    offsets: tuple[int, ...]
    position: float

    @property
    def span(self) -> Span:
        """Clean offsets of the whole sentence."""
        return Span(self.offsets[0], self.offsets[-1] + 1)

    def span_of(self, own: Span) -> Span:
        """Clean offsets of characters of ``text``; an empty span lies behind the character before."""
        if own.start < own.end:
            return Span(self.offsets[own.start], self.offsets[own.end - 1] + 1)
        at = self.offsets[own.start - 1] + 1 if own.start else self.offsets[0]
        return Span(at, at)

    def verbatim(self, own: Span) -> str:
        """Characters of ``text`` as they stand in the source."""
        span, base = self.span_of(own), self.clause.span.start
        return self.clause.text[span.start - base : span.end - base]


@dataclass(frozen=True)
class ComparedText:
    """A document with the clauses that a comparison aligns, and all their sentences in order."""

    document: PolicyDocument
    clauses: tuple[Clause, ...]
    sentences: tuple[Sentence, ...]

    @cached_property
    def positions(self) -> tuple[tuple[int, ...], ...]:
        """Positions of the sentences of each clause."""
        found: dict[str, list[int]] = {clause.id: [] for clause in self.clauses}
        for at, sentence in enumerate(self.sentences):
            found[sentence.clause.id].append(at)
        return tuple(map(tuple, found.values()))

    @cached_property
    def clause_numbers(self) -> tuple[int, ...]:
        """Position of the clause of each sentence."""
        numbers = {clause.id: number for number, clause in enumerate(self.clauses)}
        return tuple(numbers[sentence.clause.id] for sentence in self.sentences)

    def passage(self, clauses: Iterable[int]) -> Passage:
        """The sentences of clauses by their positions."""
        return Passage(tuple(self.sentences[at] for clause in clauses for at in self.positions[clause]))


def compared_text(document: PolicyDocument, clauses: Iterable[Clause]) -> ComparedText:
    """A document by its clauses and headings in text order."""
    own = tuple(clause for clause in clauses if clause.kind is ClauseKind.CLAUSE and clause.text.strip())
    length = max(1, sum(len(clause.text) for clause in own))
    start = own[0].span.start if own else 0
    found = tuple(sentence for clause in own for sentence in _sentences(clause, start, length))
    return ComparedText(document, own, found)


def _sentences(clause: Clause, start: int, length: int) -> Iterator[Sentence]:
    label = label_of(clause.text.lstrip()) if references.steps_of(clause.path) else None
    body = len(clause.text) - len(clause.text.lstrip()) + label.end if label else 0
    spans = split_sentences(clause.text)
    for number, span in enumerate(spans):
        kept = [at for at in range(max(span.start, body), span.end) if not clause.text[at].isspace()]
        if kept:
            text = fold("".join(clause.text[at] for at in kept))
            offsets = tuple(clause.span.start + at for at in kept)
            part = _part(clause, text) if len(spans) > 1 else Part.RULE
            yield Sentence(clause, number, part, text, offsets, (offsets[0] - start) / length)


def _part(clause: Clause, text: str) -> Part:
    heading = fold("".join(clause.heading.split())).rstrip("。:")
    if heading and text.rstrip("。:") == heading:
        return Part.HEADING
    return Part.UNITS if _UNITS.match(text) else Part.RULE


@dataclass(frozen=True)
class Passage:
    """Corresponding sentences of one side, read as one text without white space."""

    sentences: tuple[Sentence, ...]

    @cached_property
    def text(self) -> str:
        """Their text in one spelling, one behind the other."""
        return "".join(sentence.text for sentence in self.sentences)

    @property
    def whole(self) -> Span:
        """All of the text."""
        return Span(0, len(self.text))

    def pieces(self, span: Span) -> Iterator[tuple[Sentence, Span]]:
        """The sentences that characters of the text belong to, and where in each.

        An empty span belongs to the sentence that ends there.
        """
        start, end = span.start, span.end
        for sentence in self.sentences:
            length = len(sentence.text)
            if start < min(end, length) or start == end <= length:
                yield sentence, Span(start, min(end, length))
            start, end = max(0, start - length), end - length
            if end <= 0:
                return

    def spans(self, span: Span) -> list[Span]:
        """Clean offsets of characters of the text, one span a sentence."""
        return [sentence.span_of(own) for sentence, own in self.pieces(span)]

    def verbatim(self, span: Span) -> str:
        """Characters of the text as they stand in the source, in one line."""
        return " ".join("".join(sentence.verbatim(own) for sentence, own in self.pieces(span)).split("\n"))

    def clause_at(self, start: int) -> Clause:
        """The clause of a character."""
        return next(sentence.clause for sentence, _ in self.pieces(Span(start, start + 1)))
