"""A tiny encoder for tests: texts are near each other where they share pairs of characters."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.model import EncoderChoice


class HashedEncoder:
    """Counts hashed pairs of characters; remembers the passages that it was given."""

    dim = 64

    def __init__(self, digest: str = "5ac1e0f0b1d2") -> None:
        self.digest = digest
        self.passages: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self._vector(text) for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.passages += texts
        return self.encode_queries(texts)

    def _vector(self, text: str) -> NDArray[np.float32]:
        vector = np.full(self.dim, 0.01, np.float32)
        for first, second in pairwise(text):
            vector[zlib.crc32(f"{first}{second}".encode()) % self.dim] += 1
        return vector / np.linalg.norm(vector)


def choice_of(encoder: HashedEncoder, name: str = "hashed") -> EncoderChoice:
    return EncoderChoice(name, partial(lambda it: it, encoder))
