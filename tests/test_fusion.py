import numpy as np
import pytest

from index.fusion import DENSE_WEIGHT, SENTENCE_WEIGHT, dense_scores, fuse


def floats(*values: float) -> np.ndarray:
    return np.asarray(values, np.float32)


def test_dense_score_is_the_weighted_mean_of_clause_and_best_sentence() -> None:
    assert SENTENCE_WEIGHT == 0.5
    assert dense_scores(floats(0.8, 0.2), floats(0.6, 1.0)) == pytest.approx([0.7, 0.6])


def test_both_channels_are_scaled_before_they_are_added() -> None:
    assert DENSE_WEIGHT == 0.5
    # 0.70, 0.80, 0.90 -> 0, 0.5, 1; 30, 0, 15 -> 1, 0, 0.5
    assert fuse(floats(0.7, 0.8, 0.9), floats(30, 0, 15)) == pytest.approx([0.5, 0.25, 0.75], abs=1e-5)


def test_best_on_both_channels_scores_one_and_worst_zero() -> None:
    assert fuse(floats(0.9, 0.1), floats(7, 0)) == pytest.approx([1, 0])


def test_a_channel_that_tells_nothing_apart_adds_nothing() -> None:
    assert fuse(floats(0.9, 0.1), floats(0, 0)) == pytest.approx([0.5, 0])
    assert fuse(floats(0.4), floats(3)) == pytest.approx([0])
