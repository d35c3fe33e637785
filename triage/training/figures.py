"""Figures of predictions against their rows, by head, as the manifest and the model card hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from triage.classifier.calibration import Probabilities
from triage.classifier.member import HEADS, Head, Labels
from triage.training.calibrate import target_columns
from triage.training.data import TrainingRow
from triage.training.measure import accuracy, calibration_error, hits_at, interval, macro_f1


def head_figures(
    found: Mapping[Head, Probabilities], rows: Sequence[TrainingRow], labels: Labels
) -> dict[str, dict[str, Any]]:
    """By head and source (`level1/c2`, `department/gold`): n, accuracy, macro-F1, top-3, ECE, intervals."""
    result = {}
    for head in HEADS:
        target = target_columns(rows, labels, head)
        for source in sorted({row.source for row in rows}):
            chosen = np.array([row.source == source for row in rows]) & (target >= 0)
            if chosen.any():
                part = [row for row, is_chosen in zip(rows, chosen, strict=True) if is_chosen]
                result[f"{head}/{source}"] = _figures(found[head][chosen], target[chosen], head, part, labels)
    return result


def _figures(
    p: Probabilities, target: Any, head: Head, rows: Sequence[TrainingRow], labels: Labels
) -> dict[str, Any]:
    predicted = p.argmax(axis=1)
    right = predicted == target
    figures: dict[str, Any] = {
        "n": len(target),
        "accuracy": round(accuracy(target, predicted), 4),
        "accuracy_95": interval(len(target), lambda i: accuracy(target[i], predicted[i])),
        "macro_f1": round(macro_f1(target, predicted), 4),
        "macro_f1_95": interval(len(target), lambda i: macro_f1(target[i], predicted[i]), draws=200),
        "top3": round(float(hits_at(target, p, 3).mean()), 4),
        "ece": round(calibration_error(p.max(axis=1), right), 4),
    }
    if head == "department":
        accepted = acceptable(predicted, rows, labels)
        figures["acceptable"] = round(float(accepted.mean()), 4)
        figures["acceptable_95"] = interval(len(target), lambda i: float(accepted[i].mean()))
    return figures


def acceptable(predicted: Any, rows: Sequence[TrainingRow], labels: Labels) -> Any:
    """Whether each predicted department is the right one or one of those to which dispatch is not wrong."""
    return np.array(
        [
            labels.departments[column] in (row.dept, *row.dept_ok)
            for column, row in zip(predicted, rows, strict=True)
        ]
    )
