"""Scores of several channels -> one score.

A small network makes it, whose weights stand in ``fusion.toml``; ``python benchmarks/fuse.py`` fits them on questions
with known answers and reports cross-validated figures.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

WEIGHTS = Path(__file__).with_name("fusion.toml")

DEPTH = 600
"""Rank whose score a channel counts as 0; the best counts as 1."""

_BEST_OF_DOCUMENT = 3
"""Clauses whose mean score speaks for their document."""

_OFTEN = 10
"""References to a clause beyond which more make no difference."""


@dataclass(frozen=True, slots=True)
class Channels:
    """What is known of each candidate for a query, float32 ``[n]`` where nothing else is said."""

    clause: Floats  # cosine of the clause
    sentence: Floats  # highest cosine of its sentences
    text: Floats  # BM25 of title, headings and text
    title: Floats  # BM25 of the document's title alone
    headings: Floats  # BM25 of the headings above the clause and its own
    documents: NDArray[np.int32]  # ordinal of its document
    places: NDArray[np.int32]  # ordinal of the place that the document binds
    sets_scale: Mask  # whether it counts for what is best and what is worst
    lengths: NDArray[np.int32]  # characters
    numbered: Mask  # whether it bears a number
    cited: NDArray[np.int32]  # how many other clauses refer to it
    in_law: Mask  # whether its document is a law, and no regulation or policy

    def features(self) -> dict[str, Floats]:
        """What the network reads, by name."""
        basis = self.sets_scale if self.sets_scale.any() else ~self.sets_scale
        best_at_1 = {name: scaled(getattr(self, name), basis) for name in ("clause", "sentence", "text")}
        mean: Floats = np.maximum(np.mean(list(best_at_1.values()), axis=0), 0)
        return {
            **best_at_1,
            "title": share_of_best(self.title, basis),
            "headings": share_of_best(self.headings, basis),
            "document": _of_document(mean, self.documents, self.places),
            "numbered": self.numbered.astype(np.float32),
            "length": (np.log1p(self.lengths) / 5).astype(np.float32),
            "cited": (np.log1p(np.minimum(self.cited, _OFTEN)) / np.log1p(_OFTEN)).astype(np.float32),
            "law": _behind_best(self.in_law.astype(np.float32), self.places),
        }


@dataclass(frozen=True, slots=True)
class Unit:
    """A hidden unit: the weight of each feature and of the unit itself."""

    weight: float
    bias: float
    features: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Network:
    """A score of features: ``offset`` and the weighted hyperbolic tangents of a few sums."""

    units: tuple[Unit, ...]
    offset: float

    @classmethod
    def load(cls, file: Path) -> Self:
        """The network in a file."""
        found = tomllib.loads(file.read_text(encoding="utf-8"))
        return cls(tuple(Unit(**unit) for unit in found["units"]), found["offset"])

    def scores(self, features: Mapping[str, Floats]) -> Floats:
        """Score of each clause, float32 ``[n]``: one by one, so that those of one do not depend on the others."""
        total = np.full(len(next(iter(features.values()))), self.offset, np.float32)
        for unit in self.units:
            terms = (np.float32(weight) * features[name] for name, weight in unit.features.items())
            total += np.float32(unit.weight) * np.tanh(sum(terms, np.float32(unit.bias)))
        return total


def fuse(channels: Channels) -> Floats:
    """Fused scores: about 1 for the best clause of a search, 0 for one in the middle."""
    return _network().scores(channels.features())


def dense_scores(channels: Channels) -> Floats:
    """Mean of the cosines of clause and best sentence: how near the clause is, whatever else there is."""
    mean: Floats = np.mean([channels.clause, channels.sentence], axis=0)
    return mean


@cache
def _network() -> Network:
    return Network.load(WEIGHTS)


def scaled(scores: Floats, basis: Mask) -> Floats:
    """``scores`` with the best of ``basis`` at 1 and its :data:`DEPTH`-th, or last, at 0.

    Where all of ``basis`` are equal they are the best, a single one too; without any score all are 0.
    """
    own = scores[basis]
    kth = max(0, len(own) - DEPTH)
    low, high = np.partition(own, kth)[kth], own.max()
    found: Floats = (
        (scores - low) / (high - low) if high > low else ((scores >= high) & (high > 0)).astype(np.float32)
    )
    return found


def share_of_best(scores: Floats, basis: Mask) -> Floats:
    """``scores`` with the best of ``basis`` at 1 and 0 at 0."""
    high = scores[basis].max()
    return scores / high if high > 0 else np.zeros_like(scores)


def _of_document(scores: Floats, documents: NDArray[np.int32], places: NDArray[np.int32]) -> Floats:
    """How far the document of each candidate stays behind the best document of the same place.

    A document is worth the mean of the best scores of its candidates; missing ones count 0. Documents of
    different places do not compete: an answer keeps places apart.
    """
    order = np.lexsort((-scores, documents))
    ordered = documents[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    ranks = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    counted = np.where(ranks < _BEST_OF_DOCUMENT, scores[order], 0)
    worth = np.add.reduceat(counted, starts) / _BEST_OF_DOCUMENT
    own: Floats = worth[np.searchsorted(ordered[starts], documents)].astype(np.float32)
    return _behind_best(own, places)


def _behind_best(scores: Floats, places: NDArray[np.int32]) -> Floats:
    """How far each score stays behind the best one of the same place: 0 or less."""
    best = np.full(places.max() + 1, -np.inf)
    np.maximum.at(best, places, scores)
    behind: Floats = (scores - best[places]).astype(np.float32)
    return behind
