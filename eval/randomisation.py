"""Paired randomisation test: is one run better than another, or is it luck of the questions?

Under the null hypothesis the two systems are the same, so each question's two values may be swapped. The
p-value is the share of random swaps whose mean difference is at least as large as the one observed
(two-sided, the observed arrangement counted in: Phipson and Smyth 2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ROUNDS = 10_000
_STEP = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean of the first minus mean of the second, and how likely so much is by chance."""

    value: float
    p: float
    n: int


def paired_test(
    first: Sequence[float], second: Sequence[float], *, rounds: int = ROUNDS, seed: int = 0
) -> Difference:
    """Compare two runs question by question; both hold one value a question, in the same order."""
    if len(first) != len(second) or not len(first):
        raise ValueError("both runs need one value for each of the same questions")
    gaps = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    observed = abs(float(gaps.mean()))
    draw = np.random.default_rng(seed)
    reached = 0
    for start in range(0, rounds, _STEP):
        signs = draw.choice((-1.0, 1.0), size=(min(_STEP, rounds - start), len(gaps)))
        # A hair of tolerance: sums of the same numbers in another order differ in the last bit.
        reached += int((np.abs((signs * gaps).mean(axis=1)) >= observed - 1e-12).sum())
    return Difference(float(gaps.mean()), (reached + 1) / (rounds + 1), len(gaps))
