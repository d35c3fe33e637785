"""Bootstrap intervals: reproducible, near the textbook value, and honest about nothing to resample."""

import math

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import f1_score

from eval.bootstrap import bootstrap_by_index, bootstrap_interval
from eval.result import mean_score


def test_the_interval_of_a_mean_is_that_of_scipy() -> None:
    values = np.random.default_rng(1).random(400)
    ours = bootstrap_interval(values, draws=4000)
    theirs = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=4000, rng=2
    ).confidence_interval
    assert ours.low == pytest.approx(theirs.low, abs=0.004)
    assert ours.high == pytest.approx(theirs.high, abs=0.004)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    values = np.random.default_rng(1).random(50)
    assert bootstrap_interval(values) == bootstrap_interval(values)
    assert bootstrap_interval(values, seed=1) != bootstrap_interval(values, seed=2)


def test_a_statistic_over_values_may_be_any() -> None:
    values = [0.0, 1.0, 2.0, 3.0, 100.0]
    low, high = bootstrap_interval(values, lambda chosen: float(np.median(chosen)))
    assert {low, high} <= set(values) and low < high


def test_macro_f1_is_resampled_by_index() -> None:
    generator = np.random.default_rng(3)
    truth = generator.integers(0, 4, 300)
    guess = np.where(generator.random(300) < 0.8, truth, generator.integers(0, 4, 300))

    def macro(chosen: np.ndarray) -> float:
        return float(f1_score(truth[chosen], guess[chosen], average="macro"))

    low, high = bootstrap_by_index(300, macro, draws=200)
    assert low < macro(np.arange(300)) < high
    assert 0.03 < high - low < 0.2


def test_a_wider_level_gives_a_wider_interval() -> None:
    values = np.random.default_rng(1).random(50)
    narrow, wide = bootstrap_interval(values, level=0.5), bootstrap_interval(values, level=0.99)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_no_items_no_interval() -> None:
    assert math.isnan(bootstrap_interval([]).low)
    with pytest.raises(ValueError, match="no items"):
        mean_score([])


def test_identical_values_leave_no_doubt() -> None:
    score = mean_score([0.5] * 10)
    assert (score.value, score.low, score.high, score.n) == (0.5, 0.5, 0.5, 10)
