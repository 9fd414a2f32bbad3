"""Clauses with what people call them."""

from __future__ import annotations

from assistant.checking.model import Target
from corpus.model import Clause
from index.store import ClauseStore


class Targets:
    """Names the clauses of a store."""

    def __init__(self, store: ClauseStore) -> None:
        self._store = store

    def of(self, clause: Clause) -> Target:
        """A clause with document, label, place and status."""
        document = self._store.document(clause.document_id)
        return Target(
            clause=clause.id,
            document=document.title,
            number=document.number,
            label=clause.label,
            region=document.region,
            status=document.status,
            text=clause.text.strip(),
        )
