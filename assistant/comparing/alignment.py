"""Which clauses of two documents belong side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from assistant.comparing.likeness import Words
from assistant.comparing.matching import Link
from assistant.comparing.text import ComparedText

Node = tuple[int, int]
"""Side, 0 or 1, and position of a clause."""


@dataclass(frozen=True, slots=True)
class Row:
    """Clauses side by side, by their positions; one side is empty where only the other has them."""

    left: tuple[int, ...]
    right: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """All rows, and the clauses that share a rule, by their positions."""

    rows: tuple[Row, ...]
    pairs: frozenset[tuple[int, int]]  # left and right

    @property
    def turned_pairs(self) -> frozenset[tuple[int, int]]:
        """The pairs, right and left."""
        return frozenset((there, here) for here, there in self.pairs)


def align(left: ComparedText, right: ComparedText, links: Sequence[Link], words: Words) -> Alignment:
    """Each clause stands with the one that it has most in common with, by their corresponding sentences."""
    common = _common(left, right, links, words)
    united = [
        Row(tuple(sorted(n for side, n in group if side == 0)), tuple(sorted(n for side, n in group if side)))
        for group in _groups(len(left.clauses), len(right.clauses), common)
    ]
    return Alignment(_in_order(united), frozenset(common))


def _common(
    left: ComparedText, right: ComparedText, links: Iterable[Link], words: Words
) -> dict[tuple[int, int], float]:
    """What two clauses have in common: the weight of the words of corresponding sentences."""
    common: dict[tuple[int, int], float] = defaultdict(float)
    for here, there in links:
        pair = left.clause_numbers[here], right.clause_numbers[there]
        common[pair] += fsum(words.weights[word] for word in words.left[here] & words.right[there])
    return common


def _groups(n_left: int, n_right: int, common: dict[tuple[int, int], float]) -> list[list[Node]]:
    """All clauses, each together with the one that it has most in common with."""
    group = {node: [node] for node in [*((0, n) for n in range(n_left)), *((1, n) for n in range(n_right))]}
    best: dict[Node, tuple[float, Node]] = {}
    for (here, there), weight in common.items():
        for node, other in (((0, here), (1, there)), ((1, there), (0, here))):
            best[node] = max(best.get(node, (-1.0, node)), (weight, other))
    for node, (_, other) in best.items():
        if group[node] is not group[other]:
            group[node] += group[other]
            for moved in group[other]:
                group[moved] = group[node]
    return list({id(nodes): nodes for nodes in group.values()}.values())


def _in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows in the order of the left side; what only the right side has follows what it follows there."""
    rows = list(rows)
    ordered = sorted((row for row in rows if row.left), key=lambda row: row.left)
    for row in sorted((row for row in rows if not row.left), key=lambda row: row.right):
        before = row.right[0] - 1
        place = next((at for at, other in enumerate(ordered) if before in other.right), -1)
        ordered.insert(place + 1, row)
    return tuple(ordered)
