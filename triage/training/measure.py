"""Metrics of classification, used by the model card and by `eval`; each is checked against scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Columns = npt.NDArray[np.int64]
Matrix = npt.NDArray[Any]

BINS = 15


def accuracy(target: Columns, predicted: Columns) -> float:
    """Share of right answers."""
    return float(np.mean(target == predicted))


def f1_by_class(target: Columns, predicted: Columns) -> dict[int, float]:
    """F1 of every class that stands among the targets or the predictions."""
    result = {}
    for label in np.union1d(target, predicted):
        right = float(np.sum((target == label) & (predicted == label)))
        result[int(label)] = 2 * right / float(np.sum(target == label) + np.sum(predicted == label))
    return result


def macro_f1(target: Columns, predicted: Columns) -> float:
    """Mean F1 over the classes that occur among the targets.

    A class that is only predicted lowers the others' precision or recall, but is no row of the data.
    """
    scores = f1_by_class(target, predicted)
    return float(np.mean([scores[int(label)] for label in np.unique(target)]))


def hits_at(target: Columns, probabilities: Matrix, k: int) -> npt.NDArray[np.bool_]:
    """Whether the target is among the `k` most probable labels; ties go to the earlier label."""
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    found: npt.NDArray[np.bool_] = (best == target[:, None]).any(axis=1)
    return found


def calibration_error(confidence: Matrix, right: Matrix, bins: int = BINS) -> float:
    """Expected calibration error over bins of equal mass (about as many answers in each)."""
    order = np.argsort(confidence, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [abs(float(confidence[part].mean()) - float(right[part].mean())) * len(part) for part in parts]
    return float(sum(gaps) / max(1, len(order)))


def interval(
    n: int, statistic: Callable[[Columns], float], *, draws: int = 500, seed: int = 7
) -> list[float]:
    """95 % bootstrap interval of a statistic of resampled positions."""
    random = np.random.default_rng(seed)
    values = [statistic(random.integers(0, n, n)) for _ in range(draws)]
    return [round(float(value), 4) for value in np.quantile(values, [0.025, 0.975])]
