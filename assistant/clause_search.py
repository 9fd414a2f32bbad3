"""The documents and clauses of a store to browse, and what is found while somebody types. Needs no model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from assistant.lookup import ClauseFinder
from corpus.model import Clause, ClauseKind, PolicyDocument
from index.store import ClauseStore
from index.text_search import condensed

_LIMIT, _MOST = 20, 100
"""Clauses that are shown, and that are looked at for each kind: those in force go first."""

_LONGEST = 200
"""Characters that are searched for."""

_OPENING = 30
_AROUND = 16
"""Letters of a text that are shown: of one without heading, and on both sides of words that were found."""


class FoundBy(StrEnum):
    """What of a clause the typed words are."""

    REFERENCE = "reference"
    TITLE = "title"
    HEADING = "heading"
    TEXT = "text"
    SIMILAR = "similar"


@dataclass(frozen=True, slots=True)
class Entry:
    """A clause or heading in the outline of a document, ``depth`` levels below its top.

    ``heading`` is what it is about, or how its text begins.
    """

    clause_id: str
    label: str
    heading: str
    depth: int
    is_section: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause for the words typed; of a document whose title has them, the first one. ``snippet`` shows where."""

    clause_id: str
    document: PolicyDocument
    label: str
    snippet: str
    found_by: FoundBy


class ClauseBrowser:
    """Outlines and search over a store."""

    def __init__(self, store: ClauseStore, finder: ClauseFinder) -> None:
        self._store = store
        self._finder = finder

    def outline(self, document_id: str) -> tuple[Entry, ...]:
        """The clauses and headings of a document, in text order.

        Raises:
            UnknownIdError: there is no such document.
        """
        return tuple(
            Entry(
                clause.id,
                clause.path.rpartition("/")[2],
                _about(clause),
                clause.path.count("/"),
                clause.kind is ClauseKind.SECTION,
            )
            for clause in self._store.clauses(document_id)
        )

    def search(self, words: str) -> tuple[Hit, ...]:
        """Up to 20 clauses for what somebody has typed so far: as a reference first, then by title, heading and text,
        each with the texts in force first. Only where none has the words come those that share most of their letters.
        """
        found: dict[str, Hit] = {}
        words = words.strip()[:_LONGEST]
        for clause_id, found_by in self._candidates(words):
            if clause_id not in found and len(found) < _LIMIT:
                found[clause_id] = self._hit(clause_id, words, found_by)
        return tuple(found.values())

    def _candidates(self, words: str) -> Iterator[tuple[str, FoundBy]]:
        if not condensed(words):
            return
        found = self._finder.lookup(words)
        named = found.nearest if found.lacks else found.matches
        yield from ((clause.id, FoundBy.REFERENCE) for clause in named)
        literal = [
            *((id_, FoundBy.TITLE) for id_ in self._titled(words)),
            *((id_, FoundBy.HEADING) for id_ in self._store.headed(words, (), _MOST)),
            *((id_, FoundBy.TEXT) for id_ in self._store.containing(words, _MOST)),
        ]
        yield from sorted(literal, key=lambda entry: self._finder.is_outdated(entry[0]))
        if not (named or literal):
            yield from ((id_, FoundBy.SIMILAR) for id_ in self._store.sharing(words, _LIMIT))

    def _titled(self, words: str) -> Iterator[str]:
        """Where the documents begin whose title, number or alias has the words."""
        for document in self._finder.names.having(words):
            yield from self._store.clause_ids(document.id, 1)

    def _hit(self, clause_id: str, words: str, found_by: FoundBy) -> Hit:
        clause = self._store.clause(clause_id)
        document = self._store.document(clause.document_id)
        if found_by is FoundBy.TEXT:
            snippet = _around(clause.text, words)
        else:
            snippet = document.title if found_by is FoundBy.TITLE else _about(clause)
        return Hit(clause_id, document, clause.label, snippet, found_by)


def _about(clause: Clause) -> str:
    is_named = clause.heading and clause.heading != clause.path.rpartition("/")[2]
    return clause.heading if is_named else _shortened("".join(clause.text.split()))


def _shortened(text: str) -> str:
    return text if len(text) <= _OPENING else f"{text[:_OPENING]}…"


def _around(text: str, words: str) -> str:
    """The first place where a text has the words, with what stands around it."""
    plain = " ".join(text.split())
    letters: Iterable[str] = (re.escape(letter) for letter in condensed(words))
    match = re.search(r"[\W_]*".join(letters), plain, re.IGNORECASE)
    if match is None:  # spelt otherwise
        return _shortened(plain)
    start, end = max(0, match.start() - _AROUND), min(len(plain), match.end() + _AROUND)
    return f"{'…' if start else ''}{plain[start:end]}{'…' if end < len(plain) else ''}"
