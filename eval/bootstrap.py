"""Percentile bootstrap intervals: how far a figure could move if other items had been drawn.

The interval speaks of sampling error alone; it knows nothing of wrong labels or of a shifted distribution.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = Sequence[float] | NDArray[np.float64]
Indices = NDArray[np.int64]

DRAWS = 1000
LEVEL = 0.95
SEED = 20261122


class Interval(NamedTuple):
    """Both ends of an interval."""

    low: float
    high: float


def mean(values: NDArray[np.float64]) -> float:
    """The arithmetic mean; the default statistic."""
    return float(np.mean(values))


def bootstrap_interval(
    values: Values,
    statistic: Callable[[NDArray[np.float64]], float] = mean,
    *,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = SEED,
) -> Interval:
    """The `level` interval of `statistic` over per-item `values`: items are drawn with replacement."""
    array = np.asarray(values, dtype=np.float64)
    return bootstrap_by_index(
        len(array), lambda chosen: statistic(array[chosen]), draws=draws, level=level, seed=seed
    )


def bootstrap_by_index(
    n: int,
    statistic: Callable[[Indices], float],
    *,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = SEED,
) -> Interval:
    """The same for a statistic that is no mean of items, such as macro-F1.

    `statistic(chosen)` is given the resampled positions (with repeats) among `range(n)`. With no items
    there is no interval: both ends are not-a-number.
    """
    if n == 0:
        return Interval(float("nan"), float("nan"))
    generator = np.random.default_rng(seed)
    drawn = [statistic(generator.integers(0, n, n)) for _ in range(draws)]
    tail = (1.0 - level) / 2
    low, high = np.quantile(drawn, [tail, 1.0 - tail])
    return Interval(float(low), float(high))
