"""Texts that quotations are compared with: a clause, or a clause and those that follow it."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from assistant.checking.extents import inner_borders
from assistant.checking.folding import Folded, fold
from assistant.checking.tokens import Token, tokens
from corpus.model import Clause, Span
from index.store import ClauseStore

_RECENT = 256
_ELLIPSIS = re.compile(r"…+|\.{3,}|。{3,}|⋯+")


@dataclass(frozen=True)
class Passage:
    """The text of ``clauses``, which follow each other in their document."""

    clauses: tuple[Clause, ...]

    @property
    def clause(self) -> Clause:
        """The first clause."""
        return self.clauses[0]

    @cached_property
    def text(self) -> str:
        """The clauses joined."""
        return "".join(clause.text for clause in self.clauses)

    @cached_property
    def folded(self) -> Folded:
        """What counts of the text."""
        return fold(self.text)

    @cached_property
    def tokens(self) -> list[Token]:
        """The pieces of the folded text."""
        return tokens(self.folded)

    @cached_property
    def inner_borders(self) -> dict[int, Span]:
        """The places of the folded text that lie within a quantity and its bounds."""
        return inner_borders(self.folded, self.tokens)

    def holding(self, span: Span) -> tuple[Clause, ...]:
        """The clauses that have a part of ``text[span.start:span.end]``."""
        held, start = [], 0
        for clause in self.clauses:
            if start < span.end and span.start < start + len(clause.text):
                held.append(clause)
            start += len(clause.text)
        return tuple(held)


@dataclass(frozen=True)
class Given:
    """Words quoted, and the words that stand before and behind them in the text that quotes."""

    text: str
    before: str = ""
    behind: str = ""

    @cached_property
    def folded(self) -> Folded:
        """What counts of the words."""
        return fold(self.text)

    @cached_property
    def tokens(self) -> list[Token]:
        """The pieces of the folded words."""
        return tokens(self.folded)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Where the folded words have the parts between marks of omission (……)."""
        borders = [0, *self._omissions, len(self.folded.text)]
        return tuple(Span(start, end) for start, end in itertools.pairwise(borders) if start < end)

    @property
    def parts(self) -> tuple[str, ...]:
        """The words of these parts."""
        return tuple(self.folded.text[span.start : span.end] for span in self.spans)

    @cached_property
    def breaks(self) -> frozenset[int]:
        """Positions among the tokens before which something is marked as left out."""
        starts = {token.start: index for index, token in enumerate(self.tokens)}
        return frozenset(starts[border] for border in self._omissions if border in starts)

    @cached_property
    def _omissions(self) -> tuple[int, ...]:
        places = (match.start() for match in _ELLIPSIS.finditer(self.text))
        return tuple(bisect_left(self.folded.offsets, place) for place in places)


def original_words(text: Given | Passage, start: int, end: int) -> str:
    """What the text has for ``folded.text[start:end]``."""
    span = text.folded.original(start, end)
    return text.text[span.start : span.end]


class Passages:
    """The clauses of a store as passages; those used last stay ready."""

    def __init__(self, store: ClauseStore) -> None:
        self._store = store
        self.of = lru_cache(_RECENT)(self._of)

    def _of(self, clause_id: str) -> Passage:
        """The passage of one clause."""
        return Passage((self._store.clause(clause_id),))

    def long_enough(self, clause_id: str, given: Given) -> Passage:
        """The passage from a clause on that can hold the words: as many of the following clauses as it takes."""
        alone = self.of(clause_id)
        missing = len(given.folded.text) - len(alone.folded.text)
        if missing <= 0:
            return alone
        siblings = self._store.clauses(alone.clause.document_id)
        start = next(index for index, clause in enumerate(siblings) if clause.id == clause_id)
        return Passage(tuple(_until(siblings[start:], len(given.text))))


def _until(clauses: Sequence[Clause], length: int) -> Iterator[Clause]:
    """Clauses until their texts are longer than ``length`` by half."""
    total = 0
    for clause in clauses:
        yield clause
        total += len(clause.text)
        if total > 1.5 * length:
            return
