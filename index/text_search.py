"""Clauses by the words that they have, letter by letter: an FTS5 table over the trigrams of their texts.

What is searched are condensed texts: one spelling, without white space and punctuation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import accumulate
from math import ceil, log
from typing import Any

from index.normalize import normalize_characters

TABLES = """
CREATE VIRTUAL TABLE clause_texts USING fts5(
    text, content='', columnsize=0, tokenize='trigram case_sensitive 1'
);
CREATE VIRTUAL TABLE trigram_places USING fts5vocab(clause_texts, instance);
"""
"""The row number of a text is the ordinal of its clause."""

FREQUENCIES = """
INSERT INTO clause_texts (clause_texts) VALUES ('optimize');
CREATE TABLE common_trigrams (trigram TEXT PRIMARY KEY, clauses INTEGER) WITHOUT ROWID;
CREATE VIRTUAL TABLE temp.trigrams USING fts5vocab(main, clause_texts, row);
INSERT INTO common_trigrams SELECT term, doc FROM trigrams WHERE doc > 20;
"""
"""Run when all texts are in. Trigrams of fewer clauses are read so fast that nobody need know how many."""

_N = 3
_END = "\n" * (_N - 1)
"""Behind each text, so that its last one and two characters begin a trigram, too."""

_MOST_TRIGRAMS = 400
"""Trigrams of a text that are looked up at most, evenly spread over it."""

_MOST_PLACES = 10_000
"""Occurrences that are counted for a text at most, those of rare trigrams first: below 10 ms."""

_WORTHLESS = re.compile(r"[^\w%‰]|_")

Rows = Callable[..., list[Any]]
"""Runs a query with parameters."""


def condensed(text: str) -> str:
    """``text`` in one width, case and script, without white space and punctuation (but for % and ‰).

    It goes character by character, so a part of a text condenses to a part of what the text does.
    """
    return _WORTHLESS.sub("", normalize_characters(text))


def indexed(text: str) -> str:
    """What the table holds for the text of a clause."""
    return condensed(text) + _END


def containing(rows: Rows, text: str, limit: int) -> list[int]:
    """Ordinals of the clauses whose text has ``text``, ascending; none for a text without letters.

    Beyond ``limit``, the first ones are left, or for a text of one or two letters any.
    """
    wanted = condensed(text)
    if len(wanted) >= _N:
        query = "SELECT rowid FROM clause_texts WHERE clause_texts MATCH ? ORDER BY rowid LIMIT ?"
        return [ordinal for (ordinal,) in rows(query, f'"{wanted}"', limit)]
    if not wanted:
        return []
    query = "SELECT DISTINCT doc FROM trigram_places WHERE term >= ? AND term < ? LIMIT ?"
    behind = wanted[:-1] + chr(ord(wanted[-1]) + 1)
    return sorted(ordinal for (ordinal,) in rows(query, wanted, behind, limit))


def sharing(rows: Rows, text: str, limit: int) -> list[int]:
    """Ordinals of the clauses that share most trigrams with ``text``, best first; rare trigrams count more."""
    [(n_clauses,)] = rows("SELECT count(*) FROM clauses")
    scores: Counter[int] = Counter()
    for trigram in _telling(rows, _spread(condensed(text))):
        found = rows("SELECT rowid FROM clause_texts WHERE clause_texts MATCH ?", f'"{trigram}"')
        weight = log(1 + n_clauses / max(1, len(found)))
        for (ordinal,) in found:
            scores[ordinal] += weight  # type: ignore[assignment]  # typeshed: counts are integers
    return [ordinal for ordinal, _ in scores.most_common(limit)]


def _spread(text: str) -> list[str]:
    trigrams = list(dict.fromkeys(text[start : start + _N] for start in range(len(text) - _N + 1)))
    return trigrams[:: ceil(len(trigrams) / _MOST_TRIGRAMS) or 1]


def _telling(rows: Rows, trigrams: list[str]) -> list[str]:
    """The rarest trigrams, as many as may be counted, and at least one."""
    marks = ", ".join("?" * len(trigrams))
    frequencies = dict(rows(f"SELECT * FROM common_trigrams WHERE trigram IN ({marks})", *trigrams))
    ordered = sorted(trigrams, key=lambda trigram: frequencies.get(trigram, 0))
    places = accumulate(frequencies.get(trigram, 0) for trigram in ordered)
    return [trigram for n, trigram in zip(places, ordered, strict=True) if n <= _MOST_PLACES] or ordered[:1]
