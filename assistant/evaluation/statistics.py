"""Means, quantiles, confidence intervals and tests, the same at every call."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median as _middle

import numpy as np
from numpy.typing import NDArray
from scipy import stats

RESAMPLES = 2000
"""Resamples of a bootstrap: both ends of an interval rest on about fifty of them."""

PERMUTATIONS = 9999
"""Random sign changes of a paired test; up to 13 differences all of them are tried instead."""

_SEED = 20181231
_AT_ONCE = 1_000_000  # numbers that a resampling holds in memory


def mean(values: Iterable[float | None]) -> float | None:
    """Arithmetic mean of the defined values."""
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float | None:
    """Mean in which each value counts with its weight; not defined where nothing weighs."""
    total = sum(weights)
    return sum(v * w for v, w in zip(values, weights, strict=True)) / total if total else None


def median(values: Sequence[float]) -> float | None:
    """The middle value, or the mean of the two in the middle."""
    return _middle(values) if values else None


def percentile(values: Iterable[float], share: float) -> float | None:
    """Smallest of the values that at least ``share`` (0..1) of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def confidence_interval(values: Sequence[float], weights: Sequence[float]) -> tuple[float, float] | None:
    """95 % percentile bootstrap interval (Efron 1979) of the weighted mean; None where all values are equal.

    Equal values, however few, would give an interval of no width, which reads as certainty.
    ``weights`` are positive and are drawn together with their values.
    """
    if len(set(values)) < 2:
        return None
    found = stats.bootstrap(
        (np.asarray(values, dtype=float), np.asarray(weights, dtype=float)),
        _weighted_means,
        paired=True,
        method="percentile",
        n_resamples=RESAMPLES,
        batch=_batch(len(values)),
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return float(found.low), float(found.high)


def paired_p_value(differences: Iterable[float]) -> float:
    """Two-sided p value of the paired permutation test: how likely signs by chance give such a mean.

    Differences of zero say nothing and are left out; with fewer than two others the value is 1.
    """
    counted = np.array([value for value in differences if value], dtype=float)
    if counted.size < 2:
        return 1.0
    found = stats.permutation_test(
        (counted,),
        np.mean,
        permutation_type="samples",
        n_resamples=PERMUTATIONS,
        batch=_batch(counted.size),
        rng=np.random.default_rng(_SEED),
    )
    return float(found.pvalue)


def _weighted_means(
    values: NDArray[np.float64], weights: NDArray[np.float64], axis: int
) -> NDArray[np.float64]:
    means: NDArray[np.float64] = (values * weights).sum(axis) / weights.sum(axis)
    return means


def _batch(size: int) -> int:
    return max(1, _AT_ONCE // size)
