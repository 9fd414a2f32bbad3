"""What a training step sees: rows of texts, and which clauses answer the query of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from index.bundled_encoder import PROMPTS


@dataclass(frozen=True, slots=True)
class Pair:
    """A query and a passage that answers it.

    ``clauses`` are the positions of all clauses that answer the query: none may be its negative.
    ``position`` is the clause that the passage is, or is taken from.
    """

    kind: str
    query: str
    passage: str
    position: int
    clauses: frozenset[int]


@dataclass(frozen=True, slots=True)
class Row:
    """A pair with its hard negative, and a text whose vector shall stay: text with prompt, and vector."""

    pair: Pair
    negative: str
    negative_position: int
    kept: str
    kept_vector: NDArray[np.float32]

    def texts(self) -> dict[str, str]:
        """What the encoder reads, by column."""
        query, passage = PROMPTS["query"], PROMPTS["document"]
        return {
            "query": query + self.pair.query,
            "passage": passage + self.pair.passage,
            "negative": passage + self.negative,
            "kept": self.kept,
        }


def is_other_answer(rows: Sequence[Row]) -> torch.Tensor:
    """Whether each candidate of a batch answers each query without being its own passage: bool [n, 2n].

    Candidates are all passages, then all hard negatives.
    """
    n = len(rows)
    positions = [row.pair.position for row in rows] + [row.negative_position for row in rows]
    texts = [row.pair.passage for row in rows] + [row.negative for row in rows]
    found = torch.zeros(n, 2 * n, dtype=torch.bool)
    for at, row in enumerate(rows):
        pair = row.pair
        for other in range(2 * n):
            answers = positions[other] in pair.clauses or texts[other] == pair.passage
            found[at, other] = answers and other != at
    return found
