"""Clauses that have the words of a quotation, or most of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.checking.alignment import Alignment, align
from assistant.checking.ascription import Ascription
from assistant.checking.folding import Folded
from assistant.checking.passages import Given, Passage, Passages, places
from corpus.model import Clause, ClauseKind, Span
from index.store import ClauseStore

MOST = 60
"""Clauses that are looked at for the same words, and as many as a section may have to be looked at whole."""

_CANDIDATES = 12
"""Clauses that are compared with a quotation that nothing has word for word."""

_FEW = 3
"""Documents that are looked through whole for words that too many clauses have."""

_PIECE = 6
"""Characters of the shorter part at least, to call a quotation put together of two clauses."""


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A place where a passage has the words; ``span`` belongs to its folded text."""

    passage: Passage
    span: Span

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses that have them."""
        return self.passage.holding(self.passage.folded.original(self.span.start, self.span.end))


@dataclass(frozen=True, slots=True)
class Similar:
    """A passage that has most of the words."""

    passage: Passage
    alignment: Alignment

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses that have them."""
        blocks = self.alignment.blocks
        if not blocks:
            return self.passage.clauses[:1]
        first, last = blocks[0].source, blocks[-1].source + blocks[-1].size - 1
        start, end = self.passage.tokens[first].start, self.passage.tokens[last].end
        return self.passage.holding(self.passage.folded.original(start, end))


class QuotationSearch:
    """Looks for quotations in the clauses of a store."""

    def __init__(self, store: ClauseStore) -> None:
        self._store = store
        self._passages = Passages(store)

    def verbatim(self, given: Given, ascription: Ascription) -> list[Verbatim]:
        """Where the words stand, those places first that they are ascribed to."""
        longest = max(given.parts, key=len, default="")
        ids = [*self._named(ascription), *self._store.containing(longest, MOST)]
        if len(ids) >= MOST:
            ids += self._below(ascription)
        found = [hit for id_ in dict.fromkeys(ids) for hit in self._hits(given, self._passages.of(id_))]
        found = found or [hit for passage in self._runs(given) for hit in self._hits(given, passage)]
        return sorted(found, key=lambda hit: not ascription.covers(hit.clauses[0]))

    def similar(self, given: Given, ascription: Ascription) -> list[Similar]:
        """Passages that are like the words, the likest first."""
        ids = [*self._named(ascription), *self._store.sharing(given.text, _CANDIDATES)]
        passages = [self._passages.long_enough(id_, given) for id_ in dict.fromkeys(ids)]
        found = [Similar(passage, align(given.tokens, passage.tokens, given.breaks)) for passage in passages]
        return sorted(
            found, key=lambda item: (-item.alignment.similarity, not ascription.covers(item.passage.clause))
        )

    def splice(self, folded: Folded) -> tuple[Clause, Clause] | None:
        """The clauses that have the beginning of a quotation and the rest, if no clause has both."""
        text = folded.text
        head = _longest(len(text), lambda size: self._has(text[:size]))
        tail = _longest(len(text), lambda size: self._has(text[len(text) - size :]))
        borders = range(max(_PIECE, len(text) - tail), min(head, len(text) - _PIECE) + 1)
        border = next((b for b in reversed(borders) if b in folded.parts), max(borders, default=0))
        if not border:
            return None
        first, second = (self._store.containing(part, MOST) for part in (text[:border], text[border:]))
        if set(first) & set(second):
            return None
        return self._store.clause(first[0]), self._store.clause(second[0])

    def scattered(self, given: Given) -> list[Clause]:
        """A clause for each part of a quotation with marks of omission; none where a part stands nowhere."""
        found = [self._store.containing(part, 1) for part in given.parts if len(part) >= _PIECE]
        return [self._store.clause(ids[0]) for ids in found] if found and all(found) else []

    def _has(self, text: str) -> bool:
        return bool(self._store.containing(text, 1))

    def _named(self, ascription: Ascription) -> Iterator[str]:
        """Ids of the clauses named, and of those below a section named."""
        for clause in ascription.clauses[:MOST]:
            yield clause.id
            if clause.kind is ClauseKind.SECTION:
                below = (c for c in self._store.clauses(clause.document_id) if ascription.covers(c))
                yield from (c.id for c in list(below)[:MOST])

    def _below(self, ascription: Ascription) -> list[str]:
        """Ids of all clauses of the documents named, where these are few."""
        documents = ascription.documents if len(ascription.documents) <= _FEW else ()
        return [clause.id for document in documents for clause in self._store.clauses(document.id)]

    def _hits(self, given: Given, passage: Passage) -> Iterator[Verbatim]:
        return (Verbatim(passage, span) for span in places(given, passage))

    def _runs(self, given: Given) -> Iterator[Passage]:
        """Passages of several clauses that begin where the quotation begins."""
        for clause_id in self._store.containing(given.folded.text[: 3 * _PIECE], _CANDIDATES):
            passage = self._passages.long_enough(clause_id, given)
            if len(passage.clauses) > 1:
                yield passage


def _longest(most: int, holds: Callable[[int], bool]) -> int:
    """The largest size up to ``most`` that holds, where a size holds if a larger one does."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
