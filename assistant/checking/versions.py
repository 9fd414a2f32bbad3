"""The other versions of what a text names without a date."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from corpus.model import PolicyDocument
from corpus.versions import are_versions
from index.store import ClauseStore


class Versions:
    """Knows which documents of a store are texts of one instrument."""

    def __init__(self, store: ClauseStore) -> None:
        self._store = store
        self._of = lru_cache(1_000)(self._others)

    def others(self, named: Iterable[PolicyDocument]) -> tuple[PolicyDocument, ...]:
        """The other versions of some documents."""
        own = tuple(named)
        found = (other for document in own for other in self._of(document.id))
        return tuple(other for other in dict.fromkeys(found) if other not in own)

    def _others(self, document_id: str) -> tuple[PolicyDocument, ...]:
        own = self._store.document(document_id)
        return tuple(d for d in self._store.documents() if d.id != own.id and are_versions(d, own))
