"""Level-1 classification of messages by a router artefact: `zhili eval router --data FILE`.

Only rows that the artefact was not trained on are scored; how many were left out is part of the result.
A router that knows two conventions of labelling is also scored by the convention of each row (`level1_own`),
and each member alone beside the whole, with the paired difference (`gain_over_linear`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eval.classification import (
    Columns,
    Matrix,
    class_scores,
    per_class,
    ranked_scores,
    score,
    unseen_rows,
)
from eval.errors import DataMissing, must_exist
from eval.provenance import Stopwatch
from eval.result import Result, Score
from triage.classifier.conventions import Convention
from triage.classifier.router import Router
from triage.training.calibrate import target_columns
from triage.training.conventions import is_coarse
from triage.training.data import TrainingRow, load_rows
from triage.training.measure import macro_f1


def evaluate_router(data: Path, model: Path | None = None) -> Result:
    """Scores of the artefact in `model` (or the packaged one) on the rows of `data` with a level 1.

    `level1.*` takes the best of all labels; `level1_restricted.*` the best of those that occur in the file;
    `level1_own.*` asks for the classes of the convention by which each row was labelled.
    Raises `ContaminatedData` where every row was trained on.
    """
    watch = Stopwatch()
    router = Router.load(model)
    rows = labelled_rows(data)
    kept = unseen_rows(router, rows, "换用未参与训练的数据，或用 zhili eval dispatch --cross-validate")
    found = router.probabilities([row.text for row in kept])["level1"]
    target = target_columns(kept, router.labels, "level1")
    inside = np.unique(target_columns(rows, router.labels, "level1"))
    restricted = np.full_like(found, 0.0)
    restricted[:, inside] = found[:, inside] / np.maximum(found[:, inside].sum(axis=1, keepdims=True), 1e-12)
    return Result(
        "router",
        {
            **ranked_scores("level1", target, found),
            **ranked_scores("level1_restricted", target, restricted),
            **_by_own_convention(router, kept, target),
        },
        watch.record(data=[data], model_hash=router.manifest.hash),
        _details(rows, kept, router, target, found, restricted),
    )


def own_convention(router: Router, rows: Sequence[TrainingRow], *, only: str | None = None) -> Matrix:
    """Level 1 of each row by the convention that it is labelled in: level 1 alone, or both levels."""
    texts = [row.text for row in rows]
    coarse = np.array([[is_coarse(row)] for row in rows])
    if coarse.all() or not coarse.any():
        kind: Convention = "contest" if coarse.all() else "national"
        return router.probabilities(texts, convention=kind, only=only)["level1"]
    contest = router.probabilities(texts, convention="contest", only=only)["level1"]
    national = router.probabilities(texts, convention="national", only=only)["level1"]
    return np.where(coarse, contest, national)


def _by_own_convention(router: Router, rows: Sequence[TrainingRow], target: Columns) -> dict[str, Score]:
    """The whole router, each member alone, and what the whole gains over the linear member."""
    whole = own_convention(router, rows)
    scores = ranked_scores("level1_own", target, whole)
    members = list(router.manifest.details["members"])
    if len(members) < 2:
        return scores
    alone = {name: own_convention(router, rows, only=name).argmax(axis=1) for name in members}
    for name, predicted in alone.items():
        scores |= class_scores(f"level1_own.{name}", target, predicted)
    both, linear = whole.argmax(axis=1), alone["linear"]
    scores["level1_own.gain_over_linear.macro_f1"] = score(
        len(target), lambda i: macro_f1(target[i], both[i]) - macro_f1(target[i], linear[i])
    )
    return scores


def labelled_rows(data: Path) -> list[TrainingRow]:
    """The rows of the file that carry a level 1, cleaned and masked as inference sees them."""
    must_exist(data)
    rows = [row for row in load_rows([data]) if row.level1 is not None]
    if not rows:
        raise DataMissing(
            f"{data.name} 中没有一级事项标签", expected="label 或 level1 列", found="没有", remedy="检查文件"
        )
    return rows


def _details(
    rows: list[TrainingRow], kept: list[TrainingRow], router: Router, target: Any, found: Any, restricted: Any
) -> dict[str, Any]:
    labels = router.labels.level1
    return {
        "model": router.name,
        "rows": len(rows),
        "seen_in_training": len(rows) - len(kept),
        "f1_by_class": per_class(labels, target, found.argmax(axis=1)),
        "f1_by_class_restricted": per_class(labels, target, restricted.argmax(axis=1)),
    }
