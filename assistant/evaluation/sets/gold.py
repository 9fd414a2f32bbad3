"""Gold clauses -> clauses of the corpus."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from assistant.evaluation.metrics import matches, without_paragraph
from assistant.evaluation.sets.cases import GoldClause
from corpus.model import Clause
from index.errors import UnknownIdError
from index.store import ClauseStore


class GoldFinder:
    """Finds gold clauses in a store; sets ask for the same ones again and again."""

    def __init__(self, store: ClauseStore) -> None:
        self._store = store
        self._found = lru_cache(maxsize=4096)(self._find)
        self._ids = cache(self._ids_of)  # reading the clauses of a long law takes a while

    def clauses(self, gold: Iterable[GoldClause]) -> tuple[Clause, ...]:
        """The clauses that the gold clauses name, each once; what the corpus lacks is left out."""
        found = {clause.id: clause for item in gold for clause in self._found(item)}
        return tuple(found.values())

    def resolved(self, gold: Iterable[GoldClause]) -> tuple[GoldClause, ...]:
        """The gold clauses with their whole paths, so that one that is written in two ways is one.

        What names no clause of the corpus, or several, stays as it is written.
        """
        return tuple(dict.fromkeys(map(self._whole, gold)))

    def _whole(self, gold: GoldClause) -> GoldClause:
        found = self._found(gold)
        if len(found) != 1:
            return gold
        _, mark, paragraph = gold.clause.partition("#")
        return GoldClause(doc=gold.doc, clause=f"{found[0].path}{mark}{paragraph}")

    def _find(self, gold: GoldClause) -> tuple[Clause, ...]:
        whole = self._store.find_clause(f"{gold.doc}:{without_paragraph(gold.clause)}")
        if whole:
            return (whole,)
        return tuple(self._store.clause(name) for name in self._ids(gold.doc) if matches(name, gold))

    def _ids_of(self, source_id: str) -> tuple[str, ...]:
        try:
            return tuple(clause.id for clause in self._store.source(source_id).clauses)
        except UnknownIdError:
            return ()
