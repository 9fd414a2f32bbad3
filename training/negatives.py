"""Hard negatives: clauses that are near a query and do not answer it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from training.collection import Vectors
from training.recipe import Negatives
from training.rows import Pair

_AT_ONCE = 256  # queries: 75 MB of scores over 72,000 clauses


def mine(
    pairs: Sequence[Pair],
    queries: Vectors,
    clauses: Vectors,
    positions: NDArray[np.intp],
    options: Negatives,
    random: Random,
) -> Iterator[int]:
    """Position of a hard negative for each pair.

    Args:
        queries: vectors of the pairs' queries.
        clauses: vectors of the clauses to choose from, which stand at ``positions``.
    """
    row_of = {int(position): row for row, position in enumerate(positions)}
    for pair, nearest in zip(pairs, _nearest(queries, clauses, _depth(options)), strict=True):
        first, last = options.of_questions if pair.kind == "questions" else options.of_made_pairs
        answers = [row_of[at] for at in pair.clauses if at in row_of]
        wrong = [row for row in nearest if row not in set(answers)]
        alike = (clauses[wrong] @ clauses[answers].T).max(1, initial=-1) >= options.too_alike
        wrong = [row for row, is_alike in zip(wrong, alike, strict=True) if not is_alike]
        yield int(positions[random.choice(wrong[first:last] or wrong)])


def pool(
    pairs: Sequence[Pair], queries: Vectors, clauses: Vectors, options: Negatives, random: Random
) -> NDArray[np.intp]:
    """Positions of the clauses among which to mine anew, ascending: all answers, those that are near most queries
    of questions, and of the others as many as there is room for."""
    chosen = {at for pair in pairs for at in pair.clauses if pair.kind == "questions"}
    chosen |= {pair.position for pair in pairs}
    asked = [row for row, pair in enumerate(pairs) if pair.kind == "questions"]
    for nearest in _nearest(queries[asked], clauses, _depth(options)):
        chosen.update(map(int, nearest))
    others = random.sample(range(len(clauses)), len(clauses))
    for at in others:
        if len(chosen) >= options.pool:
            break
        chosen.add(at)
    return np.sort(np.fromiter(chosen, np.intp))


def _depth(options: Negatives) -> int:
    """Clauses to look at for a query, answers among them."""
    return 2 * max(options.of_questions[1], options.of_made_pairs[1])


def _nearest(queries: Vectors, clauses: Vectors, depth: int) -> Iterator[list[int]]:
    """Rows of the clauses nearest to each query, nearest first."""
    for start in range(0, len(queries), _AT_ONCE):
        scores = queries[start : start + _AT_ONCE] @ clauses.T
        best = np.argpartition(-scores, min(depth, len(clauses) - 1), axis=1)[:, :depth]
        for row, near in zip(scores, best, strict=True):
            yield near[np.argsort(-row[near])].tolist()
