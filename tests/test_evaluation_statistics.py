"""Means, quantiles, intervals and tests, against values worked by hand."""

import random
from itertools import product

import pytest

from assistant.evaluation import statistics


def test_means_leave_out_what_is_not_defined():
    assert statistics.mean([1, None, 0, True]) == pytest.approx(2 / 3)
    assert statistics.mean([None]) is None
    assert statistics.mean([]) is None


def test_a_weighted_mean_counts_each_value_with_its_weight():
    assert statistics.weighted_mean([1, 0], [3, 1]) == 3 / 4
    assert statistics.weighted_mean([1], [0]) is None
    assert statistics.weighted_mean([], []) is None


def test_the_median_of_an_even_number_lies_in_the_middle():
    assert statistics.median([9, 1, 5]) == 5
    assert statistics.median([1, 2]) == 1.5
    assert statistics.median([]) is None


def test_percentiles_by_nearest_rank():
    assert statistics.percentile([40, 10, 30, 20], 0.50) == 20
    assert statistics.percentile(range(1, 101), 0.95) == 95
    assert statistics.percentile([7], 0.95) == 7
    assert statistics.percentile([], 0.5) is None


def test_an_interval_of_shares_is_that_of_the_binomial_distribution():
    # 80 of 100 right: resampled sums are binomial(100, 0.8), whose 2.5 % and 97.5 % points are 72 and 87
    low, high = statistics.confidence_interval([1] * 80 + [0] * 20, [1] * 100)
    assert (low, high) == (pytest.approx(0.72, abs=0.011), pytest.approx(0.87, abs=0.011))


def test_an_interval_draws_values_with_their_weights():
    heavy = statistics.confidence_interval([1, 0, 1, 0], [1000, 1, 1000, 1])
    assert heavy[1] == 1
    assert heavy[1] - heavy[0] > 0.9  # both of the heavy ones may be missing
    assert statistics.confidence_interval([1, 0] * 50, [1000, 1] * 50)[0] > 0.99


@pytest.mark.parametrize(
    ("values", "weights"), [([], []), ([1], [1]), ([1, 1, 1], [1, 2, 3]), ([0, 0], [1, 1])]
)
def test_equal_values_have_no_interval(values, weights):
    assert statistics.confidence_interval(values, weights) is None


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ([], 1),
        ([0, 0], 1),
        ([0, 1], 1),
        ([1, -1], 1),
        ([-1] * 5, 2 / 2**5),  # all of one sign, either way
        ([-1] * 5 + [0] * 200, 2 / 2**5),
        ([1, 1, 1, 1, -1], 12 / 2**5),  # |sum| >= 3: one or none of the five turned, either way
    ],
)
def test_few_differences_are_tested_exactly(differences, expected):
    assert statistics.paired_p_value(differences) == pytest.approx(expected)


def test_exact_p_values_are_those_of_all_sign_changes():
    draw = random.Random(4)
    for _ in range(20):
        given = [draw.choice([-1, -0.5, 0.25, 1 / 3, 1]) for _ in range(draw.randint(1, 9))]
        size = abs(sum(given)) - 1e-12
        signs = list(product([1, -1], repeat=len(given)))
        extreme = sum(abs(sum(s * d for s, d in zip(row, given, strict=True))) >= size for row in signs)
        assert statistics.paired_p_value(given) == pytest.approx(extreme / len(signs))


def test_many_differences_are_sampled_the_same_way_every_time():
    clear, unclear = [1] * 40, [1] * 21 + [-1] * 19
    assert statistics.paired_p_value(clear) < 0.001
    assert statistics.paired_p_value(unclear) > 0.5
    assert statistics.paired_p_value(unclear) == statistics.paired_p_value(unclear)
    assert statistics.confidence_interval(clear, clear) == statistics.confidence_interval(clear, clear)
