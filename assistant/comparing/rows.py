"""The clauses side by side, with what differs inside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from assistant.comparing.alignment import Alignment, Row
from assistant.comparing.changes import changes
from assistant.comparing.matching import Match
from assistant.comparing.model import AlignedClauses, Change, Relation
from assistant.comparing.text import ComparedText, Passage
from corpus.model import Clause
from corpus.versions import are_versions


def aligned_clauses(
    left: ComparedText, right: ComparedText, alignment: Alignment, matched: Sequence[Match]
) -> Iterator[AlignedClauses]:
    """All rows of a comparison, in order."""
    versions = are_versions(left.document, right.document)
    by_clause = _by_clause(matched)
    for row in alignment.rows:
        lefts = tuple(left.clauses[at] for at in row.left)
        rights = tuple(right.clauses[at] for at in row.right)
        found = (match for clause in (*lefts, *rights) for match in by_clause[clause.id])
        own = list({id(match): match for match in found}.values())
        yield AlignedClauses(
            lefts,
            rights,
            _relation(left, right, row),
            tuple(_changes(lefts, rights, own)) if lefts and rights else (),
            versions and bool(lefts and rights) and _labels(lefts) != _labels(rights),
            tuple(left.clauses[at] for at in _elsewhere(row.right, row.left, alignment.pairs)),
            tuple(right.clauses[at] for at in _elsewhere(row.left, row.right, alignment.turned_pairs)),
        )


def _by_clause(matched: Sequence[Match]) -> dict[str, list[Match]]:
    by_clause: dict[str, list[Match]] = defaultdict(list)
    for match in matched:
        for clause in dict.fromkeys(
            sentence.clause.id for sentence in (*match.left.sentences, *match.right.sentences)
        ):
            by_clause[clause].append(match)
    return by_clause


def _relation(left: ComparedText, right: ComparedText, row: Row) -> Relation:
    if not row.right:
        return Relation.ONLY_LEFT
    if not row.left:
        return Relation.ONLY_RIGHT
    is_same = left.passage(row.left).text == right.passage(row.right).text
    return Relation.SAME if is_same else Relation.CHANGED


def _labels(clauses: Sequence[Clause]) -> list[str]:
    return [clause.label for clause in clauses]


def _elsewhere(
    own: Collection[int], beside: Collection[int], pairs: Collection[tuple[int, int]]
) -> list[int]:
    """Partners of a side's clauses that stand in other rows; pairs have the partner first."""
    return sorted({other for other, clause in pairs if clause in own and other not in beside})


def _changes(left: Sequence[Clause], right: Sequence[Clause], own: Sequence[Match]) -> list[Change]:
    """Differences of the sentences of clauses side by side, in the order of the left side."""
    found: list[Change] = []
    place = right[0].span.start
    for match in sorted((m for m in own if m.left.sentences), key=lambda m: m.left.sentences[0].offsets):
        found += changes(match, place)
        place = _end(match.right, right, place)
    place = left[0].span.start
    for match in sorted((m for m in own if m.right.sentences), key=lambda m: m.right.sentences[0].offsets):
        found += () if match.left.sentences else changes(match, place)
        place = _end(match.left, left, place)
    return sorted(found, key=lambda change: (change.left.start, change.right.start))


def _end(passage: Passage, clauses: Collection[Clause], place: int) -> int:
    """Where a passage ends, as far as it stands in these clauses; else the place before."""
    return max((s.span.end for s in passage.sentences if s.clause in clauses), default=place)
