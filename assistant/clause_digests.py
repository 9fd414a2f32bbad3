"""Digests of clauses, by which stored answers and cases notice that a clause has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from index.store import ClauseStore


def clause_digests(clauses: Iterable[str], store: ClauseStore) -> dict[str, str]:
    """The digest of the text of each clause by id; ids that the store lacks are left out."""
    found = (store.find_clause(clause) for clause in clauses)
    return {clause.id: text_digest(clause.text) for clause in found if clause}


def text_digest(text: str) -> str:
    """Equal for texts that differ in white space only."""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:16]
