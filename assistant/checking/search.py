"""Clauses that have the words of a quotation, or most of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.checking.alignment import Alignment, Block, align
from assistant.checking.ascription import Ascription
from assistant.checking.excerpts import Place, cut_places, places
from assistant.checking.folding import Folded
from assistant.checking.passages import Given, Passage, Passages
from corpus.model import Clause, ClauseKind, Span
from index.store import ClauseStore

MOST = 60
"""Clauses that are looked at for the same words, and as many as a section may have to be looked at whole."""

_CANDIDATES = 12
"""Clauses that are compared with a quotation that nothing has word for word."""

_FEW = 3
"""Documents that are looked through whole for words that too many clauses have."""

_PIECE = 6
"""Characters of the shortest part at least, to call a quotation put together of several clauses."""


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A place where a passage has the words."""

    passage: Passage
    place: Place

    @property
    def span(self) -> Span:
        """From the first to the last of the words in the folded text of the passage."""
        return Span(self.place[0].start, self.place[-1].end)

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
        ids = [*self._named(ascription), *self._holding(given)]
        if len(ids) >= MOST:
            ids += self._below(ascription)
        found = [hit for id_ in dict.fromkeys(ids) for hit in self._hits(given, self._passages.of(id_))]
        found = found or [hit for passage in self._runs(given) for hit in self._hits(given, passage)]
        return sorted(found, key=lambda hit: (not ascription.covers(hit.clauses[0]), _length(hit.span)))

    def similar(self, given: Given, ascription: Ascription) -> list[Similar]:
        """Passages that are like the words, the likest first."""
        ids = [*self._named(ascription), *self._holding(given)[:_CANDIDATES]]
        ids += self._store.sharing(given.text, _CANDIDATES)
        passages = [self._passages.long_enough(id_, given) for id_ in dict.fromkeys(ids)]
        found = [Similar(passage, _alignment(given, passage)) for passage in passages]

        def rank(item: Similar) -> tuple[float, int]:
            clause = item.passage.clause
            region = self._store.document(clause.document_id).region
            return -item.alignment.similarity, ascription.distance(clause, region)

        return sorted(found, key=rank)

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
        """A clause for each part of a quotation with marks of omission, if each stands somewhere.

        Only one where it has all of them in another order, none where it has them in this one.
        """
        texts = {id_: self._passages.of(id_).folded.text for id_ in self._holding(given)}
        common = [id_ for id_, text in texts.items() if all(part in text for part in given.parts)]
        if any(_are_in_order(given.parts, texts[id_]) for id_ in common):
            return []
        if not common and min(map(len, given.parts)) < _PIECE:
            return []
        found = [common or self._having(Given(part)) for part in given.parts]
        return [self._store.clause(ids[0]) for ids in found] if all(found) else []

    def _having(self, part: Given) -> list[str]:
        """Ids of clauses that have words and nothing that they must not be cut from."""
        ids = self._store.containing(part.text, MOST)
        return [id_ for id_ in ids if next(places(part, self._passages.of(id_)), None)]

    def _holding(self, given: Given) -> list[str]:
        """Ids of the clauses that have the part of a quotation that fewest have."""
        found = (self._store.containing(part, MOST) for part in given.parts)
        return min(found, key=len, default=[])

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
        return (Verbatim(passage, place) for place in places(given, passage))

    def _runs(self, given: Given) -> Iterator[Passage]:
        """Passages of several clauses that begin where the quotation begins."""
        for clause_id in self._store.containing(given.folded.text[: 3 * _PIECE], _CANDIDATES):
            passage = self._passages.long_enough(clause_id, given)
            if len(passage.clauses) > 1:
                yield passage


def _alignment(given: Given, passage: Passage) -> Alignment:
    """How the words stand to a passage, which may have all of them and more that must not be cut off."""
    place = next(cut_places(given, passage), None)
    if place is None:
        return align(given.tokens, passage.tokens, given.breaks)
    first = bisect_right(passage.tokens, place[0].start, key=lambda token: token.start) - 1
    last = bisect_left(passage.tokens, place[-1].end, key=lambda token: token.end)
    return Alignment((Block(first, 0, last - first + 1),), (), 1.0, len(given.folded.text))


def _are_in_order(parts: Sequence[str], text: str) -> bool:
    end = 0
    for part in parts:
        start = text.find(part, end)
        if start < 0:
            return False
        end = start + len(part)
    return True


def _length(span: Span) -> int:
    return span.end - span.start


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
