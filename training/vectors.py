"""Vectors of clauses and sentences: which folders have the plain encoder's, how others are made, what is nearest."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from index import bundled_encoder
from index.arrays import Floats, Positions, VectorArrays
from index.encoder import BUNDLED_PLAIN, Encoder
from index.generations import Generation, current_generation
from index.manifest import read_manifest
from index.passages import SPLIT_FROM
from training.files import appearing

Halves = NDArray[np.float16]


class ExactArrays(VectorArrays):
    """Vectors by position, and exactly what is nearest; the product asks ChromaDB, which is nearly exact."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._owners = np.repeat(np.arange(len(self.lengths)), np.diff(self._starts))

    def nearest(self, positions: Positions, query: Floats, n: int) -> Iterator[Positions]:
        """Which of the clauses at ``positions`` bear the ``n`` nearest vectors of clauses, and of sentences.

        Equal vectors count once, and sentences that share the vector of a short clause do not, as in the index.
        """
        yield positions[_highest(self.clause_scores(positions, query), n)]
        is_split = np.zeros(len(self.lengths), bool)
        is_split[positions] = self.lengths[positions] > SPLIT_FROM
        rows = np.flatnonzero(is_split[self._owners])
        cosines = self._sentences[rows].astype(np.float32) @ query
        yield np.unique(self._owners[rows[_highest(cosines, n)]])


def plain_generation(data: Path) -> Generation:
    """The index of a data folder. Raises ValueError where another encoder than the plain one made its vectors."""
    generation = current_generation(data)
    manifest = read_manifest(generation.folder)
    if (manifest.encoder, manifest.encoder_digest) != (BUNDLED_PLAIN, bundled_encoder.digest()):
        raise ValueError(
            f"the vectors in {data} are not the plain encoder's: ingest with POLICY_ENCODER={BUNDLED_PLAIN}"
        )
    return generation


def is_plain(encoder: Encoder) -> bool:
    """Whether this is the bundled encoder without an adapter."""
    return encoder.digest == bundled_encoder.digest()


def kept(file: Path, make: Callable[[], Halves]) -> Halves:
    """The array in a file, which is made where it is missing and never stands there by half."""
    if not file.exists():
        with appearing(file) as draft:
            np.save(draft, make())
    array: Halves = np.load(file, mmap_mode="r")
    return array


def encoded(texts: Sequence[str], encoder: Encoder, what: str) -> Halves:
    """Vectors of texts with half precision, as the index keeps them; equal texts are encoded once."""
    rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}
    with tqdm(total=len(rows), desc=f"{what} encoded", file=sys.stderr) as bar:
        vectors = encoder.encode_passages(list(rows), bar.update).astype(np.float16)
    return vectors[[rows[text] for text in texts]]


def _highest(scores: Floats, n: int) -> Positions:
    """Where the ``n`` highest scores stand, equal ones counted once."""
    distinct = np.unique(scores)[-n:]
    return np.flatnonzero(scores >= distinct[0]) if len(distinct) else np.arange(0)
