"""What the documents of a place say on the point of a sentence of another place, if anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.evidence import Evidence
from assistant.quotation import pairs, text_of
from assistant.selection import can_answer
from assistant.understanding import Query
from corpus import places
from corpus.model import Span
from index.model import Filter, Hit
from index.normalize import normalize_for_search
from index.store import ClauseStore

_FAR, _STRANGE = 0.93, 0.25
"""Cosine, and share of its character pairs, below which a sentence has no counterpart in a place. Of the
201 sentences of the shipped policies 20 lie below both, and none of these has a counterpart; where one
only lies below, it may have. Of the 50 without one, the other 30 stay undecided."""

_LEAST = 12
"""Character pairs from which a sentence says enough for that."""

_DEPTH = 20


class Search(Protocol):
    """Finds the clauses that fit a text best."""

    def __call__(self, query: str, where: Filter, limit: int) -> list[Hit]:
        """Best first."""


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The sentence of a place that comes nearest to one of another place.

    ``share`` is how much of that sentence's character pairs any sentence nearby has, 0..1.
    """

    evidence: Evidence
    span: Span
    cosine: float
    share: float


class Counterparts:
    """Looks for counterparts in an index."""

    def __init__(self, store: ClauseStore, search: Search) -> None:
        self._store = store
        self._search = search
        self._documents = {document.id: document for document in store.documents()}

    def nearest(self, sentence: str, region: str) -> Counterpart | None:
        """The nearest sentence in the documents that bind a place; None where they hold no clause."""
        return self._nearest(sentence, self._near(sentence, region))

    def is_missing(self, sentence: str, region: str) -> bool:
        """Whether a place surely has no rule on the point of a sentence: nothing resembles it, in meaning or words."""
        near = self.nearest(sentence, region)
        is_telling = len(self._words(sentence)) >= _LEAST
        return near is None or (is_telling and near.cosine < _FAR and near.share < _STRANGE)

    def is_silent(self, query: Query, region: str) -> bool:
        """Whether no clause of a place that is near to a question holds what its form asks for."""
        return not any(can_answer(query, evidence) for evidence in self._near(_subject(query), region))

    def is_unnamed(self, query: Query, names: Sequence[str], sentence: str, region: str) -> bool:
        """Whether no clause of a place that is near to a question has any of the names of a thing, nor
        the words of the sentence that has them, by which another name could be told.
        """
        texts = [normalize_for_search(e.clause.text) for e in self._near(_subject(query), region)]
        near = self.nearest(sentence, region)
        is_named = any(name in text for name in names for text in texts)
        return not is_named and (near is None or near.share < _STRANGE)

    def _nearest(self, sentence: str, found: Sequence[Evidence]) -> Counterpart | None:
        scored = [(hit.score, evidence, hit.span) for evidence in found for hit in evidence.sentences]
        if not scored:
            return None
        cosine, evidence, span = max(scored, key=lambda item: item[0])
        return Counterpart(evidence, span, cosine, self._share(sentence, found))

    def _near(self, sentence: str, region: str) -> list[Evidence]:
        where = Filter(regions=self._binding(region))
        return [
            Evidence(clause, self._documents[clause.document_id], sentences=hit.sentences)
            for hit in self._search(normalize_for_search(sentence), where, _DEPTH)
            for clause in (self._store.clause(hit.clause_id),)
        ]

    def _binding(self, region: str) -> tuple[str, ...]:
        place = places.named(region)
        bound = (document.region for document in self._documents.values() if document.region)
        return tuple(dict.fromkeys(r for r in bound if r == region or (place and places.related(r, place))))

    def _share(self, sentence: str, found: Iterable[Evidence]) -> float:
        wanted = self._words(sentence)
        texts = (normalize_for_search(text_of(e, hit.span)) for e in found for hit in e.sentences)
        return max((len(wanted & pairs(text)) for text in texts), default=0) / max(1, len(wanted))

    def _words(self, sentence: str) -> set[str]:
        """Character pairs of a sentence, without those of titles, which are in every other sentence."""
        titles = " ".join(document.title for document in self._documents.values())
        return pairs(normalize_for_search(sentence)) - pairs(normalize_for_search(titles))


def _subject(query: Query) -> str:
    """What retrieval has looked for, so that its vector is there."""
    return query.topic or query.text
