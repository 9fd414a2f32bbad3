"""Hard negatives: clauses that are near a query and do not answer it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

import numpy as np
from numpy.typing import NDArray

from training.collection import Vectors
from training.recipe import Negatives
from training.rows import Pair

_AT_ONCE = 256  # queries: 75 MB of scores over 72,000 clauses


@dataclass(frozen=True)
class Clauses:
    """The clauses that negatives are chosen from: positions ``[n]`` and vectors ``[n, dim]``."""

    positions: NDArray[np.intp]
    vectors: Vectors

    def row(self, position: int) -> int:
        """Row of the clause at a position. Raises KeyError where it is none of these."""
        return self._rows[position]

    def rows(self, positions: Iterable[int]) -> list[int]:
        """Rows of those of these clauses that stand at one of the positions."""
        return [self._rows[at] for at in positions if at in self._rows]

    def answering(self, pair: Pair, too_alike: float, among: Sequence[int]) -> NDArray[np.bool_]:
        """Whether the clauses in these rows answer the pair's query, or say the same as one that does."""
        answers = self.vectors[self.rows(pair.clauses)]
        nearest: Vectors = (self.vectors[among] @ answers.T).max(1, initial=-1)
        return nearest >= too_alike

    @cached_property
    def _rows(self) -> dict[int, int]:
        return {int(position): row for row, position in enumerate(self.positions)}


def mine(
    pairs: Sequence[Pair], queries: Vectors, clauses: Clauses, options: Negatives, random: Random
) -> Iterator[int]:
    """Position of a hard negative for each pair; ``queries`` are the vectors of their queries."""
    answers = [clauses.rows(pair.clauses) for pair in pairs]
    for pair, nearest in zip(
        pairs, _nearest(queries, clauses.vectors, _depth(options), answers), strict=True
    ):
        first, last = options.of_questions if pair.kind == "questions" else options.of_made_pairs
        answering = clauses.answering(pair, options.too_alike, nearest)
        wrong = [row for row, is_answer in zip(nearest, answering, strict=True) if not is_answer]
        yield int(clauses.positions[random.choice(wrong[first:last] or wrong or nearest[-1:])])


def pool(pairs: Sequence[Pair], queries: Vectors, clauses: Vectors, options: Negatives) -> NDArray[np.intp]:
    """Positions of the clauses among which to mine anew, ascending: all answers; what is nearest to the questions, to
    half of the size; and what is nearest to all queries. ``clauses`` are the vectors of all.
    """
    chosen = {pair.position for pair in pairs}
    chosen.update(at for pair in pairs if pair.kind == "questions" for at in pair.clauses)
    near = np.array(list(_nearest(queries, clauses, _depth(options))))
    of_questions = near[[pair.kind == "questions" for pair in pairs]]
    for nearest, size in ((of_questions, options.pool // 2), (near, options.pool)):
        for at in nearest.T.flat:  # rank by rank
            if len(chosen) >= size:
                break
            chosen.add(int(at))
    return np.sort(np.fromiter(chosen, np.intp))


def _depth(options: Negatives) -> int:
    """Clauses to look at for a query, among them some that say the same as its answers."""
    return 2 * max(options.of_questions[1], options.of_made_pairs[1])


def _nearest(
    queries: Vectors, clauses: Vectors, depth: int, but: Sequence[Sequence[int]] = ()
) -> Iterator[list[int]]:
    """Rows of the clauses nearest to each query, nearest first, ``but`` those that it names for each."""
    for start in range(0, len(queries), _AT_ONCE):
        scores = queries[start : start + _AT_ONCE] @ clauses.T
        for row, rows in zip(scores, but[start : start + _AT_ONCE], strict=False):
            row[rows] = -np.inf
        best = np.argpartition(-scores, min(depth, len(clauses) - 1), axis=1)[:, :depth]
        for row, near in zip(scores, best, strict=True):
            yield near[np.argsort(-row[near])].tolist()
