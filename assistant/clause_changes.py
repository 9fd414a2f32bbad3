"""What has become of clauses between two states of an index."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.clause_digests import text_digest
from corpus.model import Clause, ClauseKind
from index.store import ClauseStore


@dataclass(frozen=True, slots=True)
class ClauseChanges:
    """Clauses by id that have changed ``since`` then, with digests of their texts.

    ``changed`` gives the old and the new digest, ``vanished`` the old one. A clause of the same words under
    another path or number is ``renumbered`` (old id: new id); an id that it left or took counts as nothing else,
    but one that another clause has taken over and whose own words are gone is ``vanished``.
    """

    since: str  # ISO 8601, UTC, to the minute
    changed: Mapping[str, tuple[str, str]]
    vanished: Mapping[str, str]
    renumbered: Mapping[str, str]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownClause:
    """What is compared of a clause: digests of the whole text, and of its words without the number before them."""

    id: str
    digest: str
    words: str


Difference = Mapping[str, tuple[KnownClause | None, KnownClause | None]]
"""Clauses by id as they were and as they are now, of which None says that there was or is none."""


def difference(before: ClauseStore, now: ClauseStore) -> Difference:
    """The clauses that are not the same in both stores."""
    digests = before.source_digests(), now.source_digests()
    same = {source for source, digest in digests[0].items() if digests[1].get(source) == digest}
    old, new = (
        {clause.id: clause for clause in _clauses(store, set(found) - same)}
        for store, found in zip((before, now), digests, strict=True)
    )
    return _differing({name: (old.get(name), new.get(name)) for name in (*old, *new)})


def joined(earlier: Difference, later: Difference) -> Difference:
    """What two changes, one after the other, come to."""
    first, last = {**later, **earlier}, {**earlier, **later}
    return _differing({name: (first[name][0], last[name][1]) for name in first})


def _differing(clauses: Difference) -> Difference:
    return {name: ends for name, ends in clauses.items() if len({end and end.digest for end in ends}) == 2}


def _clauses(store: ClauseStore, sources: set[str]) -> Iterator[KnownClause]:
    for document in store.documents():
        if document.source_id in sources:
            for clause in store.clauses(document.id):
                if clause.kind is ClauseKind.CLAUSE:
                    yield KnownClause(clause.id, text_digest(clause.text), text_digest(_words(clause)))


def _words(clause: Clause) -> str:
    """``拓展全科医生职业发展前景。…`` of clause ``三/（九）``."""
    number = re.sub(r"\[\d+\]$", "", clause.path.rpartition("/")[2])
    return clause.text.strip().removeprefix(number).lstrip(".．、 \u3000")


def changes_of(found: Difference, since: str) -> ClauseChanges:
    """What became of the clauses."""
    left = [old for old, _ in found.values() if old]
    come = [new for _, new in found.values() if new]
    new = {clause.id: clause for clause in come}
    renumbered = _renumbered(left, come)
    taken = set(renumbered.values())
    gone = [clause for clause in left if clause.id not in renumbered]
    changed = {c.id: (c.digest, new[c.id].digest) for c in gone if c.id in new and c.id not in taken}
    return ClauseChanges(
        since,
        changed=changed,
        vanished={clause.id: clause.digest for clause in gone if clause.id not in changed},
        renumbered=renumbered,
        added=tuple(clause.id for clause in come if clause.id not in changed and clause.id not in taken),
    )


def _renumbered(left: list[KnownClause], come: list[KnownClause]) -> dict[str, str]:
    """Old and new ids of clauses of the same words: first within a source, then anywhere."""
    inside = _paired(left, come, lambda clause: (clause.id.partition(":")[0], clause.words))
    taken = set(inside.values())
    across = _paired(
        (clause for clause in left if clause.id not in inside),
        (clause for clause in come if clause.id not in taken),
        lambda clause: clause.words,
    )
    return inside | across


def _paired(
    left: Iterable[KnownClause], come: Iterable[KnownClause], key: Callable[[KnownClause], Any]
) -> dict[str, str]:
    """Ids of clauses whose key is that of one clause on either side; ids that stay are none."""
    targets = _unique(come, key)
    found = ((clause.id, targets.get(name)) for name, clause in _unique(left, key).items())
    return {old: target.id for old, target in found if target and target.id != old}


def _unique(clauses: Iterable[KnownClause], key: Callable[[KnownClause], Any]) -> dict[Any, KnownClause]:
    groups: dict[Any, list[KnownClause]] = {}
    for clause in clauses:
        groups.setdefault(key(clause), []).append(clause)
    return {name: group[0] for name, group in groups.items() if len(group) == 1}
