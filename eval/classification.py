"""Scores of a ranked classification with their intervals, and the rows that may honestly be scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.bootstrap import bootstrap_by_index
from eval.errors import ContaminatedData, DataMissing
from eval.result import Score, with_interval
from triage.classifier.router import Router
from triage.training.data import TrainingRow, load_rows
from triage.training.measure import accuracy, calibration_error, f1_by_class, hits_at, macro_f1

Columns = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.float64]

DRAWS = 500
FEW = 10
"""A class with fewer rows says more of chance than of the model: `macro_f1_frequent` leaves it out."""


def unseen_rows(router: Router, rows: Sequence[TrainingRow], remedy: str) -> list[TrainingRow]:
    """The rows that the router was not trained on; `ContaminatedData` where there is none."""
    seen = router.seen([row.text for row in rows])
    left = [row for row, known in zip(rows, seen, strict=True) if not known]
    if not left:
        raise ContaminatedData(
            "所有评测数据都用于训练过，无法给出可信的数字",
            expected="至少一行未参与训练的数据",
            found=f"{len(rows)} 行全部见过",
            remedy=remedy,
        )
    return left


def labelled_unseen(data: Path, router: Router) -> tuple[list[TrainingRow], int]:
    """The rows that carry a level 1 or a department and were not trained on; how many others were.

    Raises `DataMissing` where no row carries either label, `ContaminatedData` where all rows were seen.
    """
    rows = [row for row in load_rows([data]) if row.by_hand and (row.level1 or row.dept)]
    if not rows:
        raise DataMissing(f"{data.name} 中没有一级事项或单位标签", found="没有", remedy="检查文件")
    kept = unseen_rows(router, rows, "换用未参与训练的数据")
    return kept, len(rows) - len(kept)


def class_scores(name: str, target: Columns, predicted: Columns) -> dict[str, Score]:
    """Accuracy and macro-F1 of one head; where a class has fewer than `FEW` rows, macro-F1 without it too."""
    scores = {
        f"{name}.accuracy": score(len(target), lambda i: accuracy(target[i], predicted[i])),
        f"{name}.macro_f1": score(len(target), lambda i: macro_f1(target[i], predicted[i])),
    }
    counts = np.bincount(target)
    frequent = np.flatnonzero(counts >= FEW)
    if 1 < len(frequent) < np.count_nonzero(counts):
        scores[f"{name}.macro_f1_frequent"] = score(
            len(target), lambda i: _mean_f1(target[i], predicted[i], frequent)
        )
    return scores


def ranked_scores(name: str, target: Columns, probabilities: Matrix) -> dict[str, Score]:
    """Accuracy, macro-F1, top-3 and calibration error of one head."""
    predicted = probabilities.argmax(axis=1)
    top = hits_at(target, probabilities, 3)
    right = predicted == target
    confidence = probabilities.max(axis=1)
    return {
        **class_scores(name, target, predicted),
        f"{name}.top3": score(len(target), lambda i: float(top[i].mean())),
        f"{name}.ece": score(len(target), lambda i: calibration_error(confidence[i], right[i])),
    }


def per_class(labels: Sequence[Any], target: Columns, predicted: Columns) -> dict[str, float]:
    """F1 of every class that occurs, by its name."""
    return {str(labels[column]): round(value, 4) for column, value in f1_by_class(target, predicted).items()}


def count_by_class(labels: Sequence[Any], target: Columns) -> dict[str, int]:
    """Rows of every class that occurs, by its name."""
    counts = np.bincount(target)
    return {str(labels[column]): int(counts[column]) for column in np.flatnonzero(counts).tolist()}


def _mean_f1(target: Columns, predicted: Columns, classes: Columns) -> float:
    """Mean F1 of these classes; one that neither stands nor is predicted counts nothing."""
    found = f1_by_class(target, predicted)
    return float(np.mean([found[label] for label in classes.tolist() if label in found]))


def score(n: int, statistic: Callable[[Columns], float]) -> Score:
    """A figure over all items with its bootstrap interval."""
    return with_interval(statistic(np.arange(n)), bootstrap_by_index(n, statistic, draws=DRAWS), n)
