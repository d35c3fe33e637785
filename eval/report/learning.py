"""The learning curve: would more labelled messages help?

The linear recipe is trained on a quarter, half, three quarters and all of the training rows and measured on
the same messages each time: the test part of level 1, and one fold of five of the rows with a department.
Twins stay together: in a part of the training rows as between training and test.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eval.classification import Columns, class_scores
from eval.errors import DataMissing
from eval.result import Score
from foundation.progress import Progress, silent
from triage.classifier.conventions import COARSE, FINE, has_two_conventions
from triage.classifier.member import Head, Labels, Logits
from triage.training.calibrate import target_columns
from triage.training.conventions import is_coarse
from triage.training.data import TrainingRow
from triage.training.labels import current_labels
from triage.training.recipe import Recipe, Workshop, fit_members
from triage.training.split import folds, split_rows, twin_groups

SHARES = (0.25, 0.5, 0.75, 1.0)
FOLDS = 5
MEASURED: tuple[Head, ...] = ("level1", "department")


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One training on a part of the rows."""

    share: float
    head: str
    trained_on: int
    """Training rows that carry the label."""
    tested_on: int
    accuracy: Score
    macro_f1: Score


def learning_curve(
    rows: Sequence[TrainingRow], recipe: Recipe | None = None, progress: Progress = silent
) -> tuple[CurvePoint, ...]:
    """The points of every head that the rows carry; expensive: four trainings of the linear recipe.

    Raises `DataMissing` where the rows leave nothing to train on or to measure.
    """
    recipe, labels, shop = recipe or Recipe(), current_labels(), Workshop()
    twins = twin_groups(rows)
    test = _test_positions(rows, twins)
    touched = {twins[n] for n in test}
    left = [n for n in range(len(rows)) if twins[n] not in touched]
    if not test or not left:
        raise DataMissing(
            "数据太少，画不出学习曲线",
            expected="训练与测试两侧都有留言",
            found=f"{len(rows)} 条",
            remedy="补充数据",
        )
    tested = [rows[n] for n in test]
    points: list[CurvePoint] = []
    for done, share in enumerate(SHARES):
        part = [rows[n] for n in left if share >= 1 or _place(twins[n], rows) < share]
        points += _measure(share, part, tested, labels, recipe, shop)
        progress(done + 1, len(SHARES), "学习曲线")
    return tuple(points)


def _measure(
    share: float,
    part: Sequence[TrainingRow],
    tested: Sequence[TrainingRow],
    labels: Labels,
    recipe: Recipe,
    shop: Workshop,
) -> list[CurvePoint]:
    members = fit_members(part, labels, Recipe(linear=recipe.linear), shop=shop)
    outputs = members["linear"].logits([row.text for row in tested])
    points = []
    for head in MEASURED:
        target = target_columns(tested, labels, head)
        known = target >= 0
        taught = int((target_columns(part, labels, head) >= 0).sum())
        if not known.any() or not taught:
            continue
        scores = class_scores("head", target[known], _first(outputs, head, tested)[known])
        n = int(known.sum())
        points.append(CurvePoint(share, head, taught, n, scores["head.accuracy"], scores["head.macro_f1"]))
    return points


def _first(outputs: Mapping[str, Logits], head: Head, rows: Sequence[TrainingRow]) -> Columns:
    """The first label of each row; of level 1 by the expert for the convention in which it is labelled."""
    if head != "level1" or not has_two_conventions(outputs):
        return np.asarray(outputs[head].argmax(axis=1), dtype=np.int64)
    coarse = np.array([is_coarse(row) for row in rows])
    first: Columns = np.where(coarse, outputs[COARSE].argmax(axis=1), outputs[FINE].argmax(axis=1))
    return first


def _test_positions(rows: Sequence[TrainingRow], twins: Sequence[int]) -> list[int]:
    """The test part of level 1, and the first fold of the rows with a department."""
    outside = {row.id for row in split_rows(rows).test}
    gold = [n for n, row in enumerate(rows) if row.dept is not None]
    numbers = folds([rows[n] for n in gold], FOLDS, twins=[twins[n] for n in gold]) if gold else []
    fold = {n for n, number in zip(gold, numbers, strict=True) if number == 0}
    return [n for n, row in enumerate(rows) if row.id in outside or n in fold]


def _place(twin: int, rows: Sequence[TrainingRow]) -> float:
    """A number from 0 to 1 for a group of twins, the same on every machine."""
    digest = hashlib.sha256(rows[twin].id.encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
