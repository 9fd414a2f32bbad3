"""BM25 over search tokens, one index for each field of a clause."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

K1 = 1.5
B = 0.75
"""Saturation and length normalisation: the customary values of BM25 (Robertson and Zaragoza 2009)."""


class LexicalWriter:
    """Collects the tokens of one field, clause by clause, and writes the index of the field."""

    def __init__(self) -> None:
        self._vocabulary: dict[str, int] = {}
        self._clauses: list[array[int]] = []

    def add(self, tokens: Sequence[str]) -> None:
        """Appends the next clause."""
        ids = (self._vocabulary.setdefault(token, len(self._vocabulary)) for token in tokens)
        self._clauses.append(array("i", ids))

    def write(self, folder: Path) -> None:
        """Computes the scores and saves them below ``folder``."""
        index = bm25s.BM25(k1=K1, b=B, method="lucene")
        with np.errstate(invalid="ignore"):  # 0/0 in a field that is empty throughout
            index.index((self._clauses, self._vocabulary), create_empty_token=False, show_progress=False)
        index.save(folder, show_progress=False)


class LexicalIndex:
    """The saved indexes of all fields, read by memory mapping.

    Args:
        folder: holds one folder for each field.
        fields: their names; the first field holds all text.
    """

    def __init__(self, folder: Path, fields: Sequence[str]) -> None:
        self._fields = {
            name: bm25s.BM25.load(folder / name, mmap=True, show_progress=False) for name in fields
        }
        self._first = self._fields[fields[0]]
        self._n_clauses = int(self._first.scores["num_docs"])

    def vocabulary(self) -> Iterator[str]:
        """Every token of the first field."""
        return iter(self._first.vocab_dict)

    def knows(self, token: str) -> bool:
        """Whether any clause has the token."""
        return token in self._first.vocab_dict

    def frequency(self, token: str) -> int:
        """How many clauses have the token."""
        at = self._first.vocab_dict.get(token)
        starts = self._first.scores["indptr"]
        return 0 if at is None else int(starts[at + 1] - starts[at])

    def scores(self, tokens: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """BM25 of every clause in each field: float32 ``[n_clauses]``, from 0 up.

        A token that the query repeats counts twice at most.
        """
        counted = list(_at_most_twice(tokens))
        return {name: self._scores(index, counted) for name, index in self._fields.items()}

    def _scores(self, index: bm25s.BM25, tokens: list[str]) -> NDArray[np.float32]:
        ids = index.get_tokens_ids(tokens)
        if not ids:
            return np.zeros(self._n_clauses, np.float32)
        scores: NDArray[np.float32] = index.get_scores_from_ids(ids)
        return scores


def _at_most_twice(tokens: Iterable[str]) -> Iterator[str]:
    """A word of two characters comes twice, as word and as pair, and should; a tirade should not count."""
    counts: Counter[str] = Counter()
    for token in tokens:
        counts[token] += 1
        if counts[token] <= 2:
            yield token
