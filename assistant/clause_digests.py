"""Digests of clauses, by which stored answers and cases notice that a clause has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from index.errors import UnknownIdError
from index.store import ClauseStore


def clause_digests(clauses: Iterable[str], store: ClauseStore) -> dict[str, str]:
    """The digest of the text of each clause by id, white space aside; ids that the store lacks are left out."""
    return {clause: digest for clause in clauses if (digest := _digest(clause, store))}


def _digest(clause: str, store: ClauseStore) -> str:
    try:
        text = store.clause(clause).text
    except UnknownIdError:
        return ""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:16]
