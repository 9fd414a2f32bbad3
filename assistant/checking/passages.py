"""Texts that quotations are compared with: a clause, or a clause and those that follow it."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from assistant.checking.folding import Folded, fold
from assistant.checking.tokens import NEGATIVES, Token, tokens
from corpus.model import Clause, Span
from index.store import ClauseStore

_RECENT = 256
_ELLIPSIS = re.compile(r"…+|\.{3,}|。{3,}|⋯+")
_NUMERAL = re.compile(r"[0-9.零〇一二三四五六七八九十百千]{2}")
_TELLING = 5
"""Characters from which a quotation says enough that a negation cut off before it matters."""


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
    """Words quoted, and ``before``, the words that stand before them in the text that quotes."""

    text: str
    before: str = ""

    @cached_property
    def folded(self) -> Folded:
        """What counts of the words."""
        return fold(self.text)

    @cached_property
    def tokens(self) -> list[Token]:
        """The pieces of the folded words."""
        return tokens(self.folded)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The folded words between marks of omission (……)."""
        borders = [0, *self._omissions, len(self.folded.text)]
        pieces = (self.folded.text[start:end] for start, end in itertools.pairwise(borders))
        return tuple(piece for piece in pieces if piece)

    @cached_property
    def breaks(self) -> frozenset[int]:
        """Positions among the tokens before which something is marked as left out."""
        starts = {token.start: index for index, token in enumerate(self.tokens)}
        return frozenset(starts[border] for border in self._omissions if border in starts)

    @cached_property
    def _omissions(self) -> tuple[int, ...]:
        places = (match.start() for match in _ELLIPSIS.finditer(self.text))
        return tuple(bisect_left(self.folded.offsets, place) for place in places)

    @property
    def is_negated(self) -> bool:
        """Whether the words before deny what is quoted: 不得“截留、挪用”."""
        return bool(
            re.search(
                r"(?:不得|不[准许可能应]|不|未|没有|无|非|严?禁|防止|避免|杜绝)[^。；\n]{0,4}$", self.before
            )
        )


def places(given: Given, passage: Passage) -> Iterator[Span]:
    """Where a passage has the words, parts in order, as spans of its folded text.

    A place where a number or a negation is cut in two is none: 少于 in 不少于, 0学时 in 100学时.
    """
    if not given.parts:
        return
    first, *others = given.parts
    for start in _occurrences(first, given, passage, 0):
        end = start + len(first)
        for part in others:
            at = next(_occurrences(part, given, passage, end), None)
            if at is None:
                return
            end = at + len(part)
        yield Span(start, end)


def _occurrences(part: str, given: Given, passage: Passage, start: int) -> Iterator[int]:
    text = passage.folded.text
    while (start := text.find(part, start)) >= 0:
        end = start + len(part)
        is_cut = _splits_number(passage.folded, start) or _splits_number(passage.folded, end)
        if not is_cut and not negation_before(given, passage, start, len(part)):
            yield start
        start += 1


def _splits_number(folded: Folded, border: int) -> bool:
    beside = folded.text[max(0, border - 1) : border + 1]
    return border not in folded.parts and bool(_NUMERAL.fullmatch(beside))


def negation_before(given: Given, passage: Passage, start: int, length: int) -> Token | None:
    """The negation that the words at a place of the folded passage are cut from, if the text that quotes has none."""
    if length < _TELLING or given.is_negated:
        return None
    index = bisect_left(passage.tokens, start, key=lambda token: token.end)
    token = passage.tokens[index] if index < len(passage.tokens) and start else None
    if token is None or token.text not in NEGATIVES:
        return None
    is_inside = token.start < start < token.end
    is_beside = token.end == start and start not in passage.folded.parts
    return token if is_inside or is_beside else None


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

    def ids(self, clause_ids: Sequence[str], given: Given) -> Iterator[Passage]:
        """A passage for each clause, long enough for the words."""
        for clause_id in dict.fromkeys(clause_ids):
            yield self.long_enough(clause_id, given)


def _until(clauses: Sequence[Clause], length: int) -> Iterator[Clause]:
    """Clauses until their texts are longer than ``length`` by half."""
    total = 0
    for clause in clauses:
        yield clause
        total += len(clause.text)
        if total > 1.5 * length:
            return
