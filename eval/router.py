"""Level-1 classification of messages by a router artefact: `zhili eval router --data FILE`.

Only rows that the artefact was not trained on are scored; how many were left out is part of the result.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from eval.classification import per_class, ranked_scores, unseen_rows
from eval.errors import DataMissing
from eval.provenance import Stopwatch
from eval.result import Result
from triage.classifier.router import Router
from triage.training.calibrate import target_columns
from triage.training.data import TrainingRow, load_rows


def evaluate_router(data: Path, model: Path | None = None) -> Result:
    """Scores of the artefact in `model` (or the packaged one) on the rows of `data` with a level 1.

    `level1.*` takes the best of all labels; `level1_restricted.*` the best of those that occur in the file.
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
        },
        watch.record(data=[data], model_hash=router.manifest.hash),
        _details(rows, kept, router, target, found, restricted),
    )


def labelled_rows(data: Path) -> list[TrainingRow]:
    """The rows of the file that carry a level 1, cleaned and masked as inference sees them."""
    if not data.is_file():
        raise DataMissing(f"找不到评测数据 {data}", expected="可读的文件", found="不存在", remedy="检查路径")
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
