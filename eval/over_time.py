"""The recipe trained on older messages and tested on later ones: `zhili eval time --data FILE --from DATE`.

A split by time shows what a random split hides: new matters, new words. Only dated rows are used; twins of a
test row leave the training side. Unlabelled messages of any date (`--pool`) shape the vocabulary, as they do
in a centre that trains anew; no label of a later message is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from eval.classification import class_scores, score
from eval.errors import DataMissing
from eval.provenance import Stopwatch
from eval.result import Result, Score
from foundation.progress import Progress, silent
from triage.classifier.calibration import probabilities
from triage.classifier.router import Router
from triage.training.calibrate import target_columns
from triage.training.data import TrainingRow, load_rows
from triage.training.measure import macro_f1
from triage.training.recipe import Recipe, fit_members
from triage.training.split import split_rows


def evaluate_over_time(
    data: Path,
    start: str,
    *,
    pool: Sequence[Path] = (),
    model: Path | None = None,
    encoder: str | None = None,
    progress: Progress = silent,
) -> Result:
    """Level 1 of the rows of `start` (ISO date) and later, by members trained on the rows before it.

    Temperatures and shares are those of the artefact `model`, so nothing is fitted on the test part.
    `encoder`: a pre-trained encoder that joins in. Raises `DataMissing` where one side has no rows.
    """
    watch = Stopwatch()
    router = Router.load(model)
    split = split_rows(_rows(data, pool), test_from=start)
    before = [row for row in split.train if row.by_hand]
    if not before or not split.test:
        raise DataMissing(
            f"按 {start} 无法划分 {data.name}",
            expected="该日之前和之后都有带日期、带一级事项的留言",
            found=f"之前 {len(before)} 条，之后 {len(split.test)} 条",
            remedy="换一个日期，或检查 time 列",
        )
    members = fit_members(split.train, router.labels, Recipe(encoder=encoder), progress)
    texts = [row.text for row in split.test]
    target = target_columns(split.test, router.labels, "level1")
    inside = np.unique(target_columns(before, router.labels, "level1"))
    outputs = {name: member.logits(texts) for name, member in members.items()}
    predicted = {}
    for name, chosen in {"all": list(outputs), **{name: [name] for name in outputs}}.items():
        asked = {each: outputs[each] for each in chosen}
        found = probabilities(asked, router.calibration, router.labels, "contest")["level1"]
        predicted[name] = inside[found[:, inside].argmax(axis=1)]
    scores: dict[str, Score] = {}
    for name, answers in predicted.items():
        scores |= class_scores("level1" if name == "all" else f"level1.{name}", target, answers)
    both, linear = predicted["all"], predicted["linear"]
    if len(outputs) > 1:
        scores["gain_over_linear.macro_f1"] = score(
            len(target), lambda i: macro_f1(target[i], both[i]) - macro_f1(target[i], linear[i])
        )
    record = watch.record(data=[data, *pool], model_hash=router.manifest.hash)
    return Result(
        "time", scores, record, {"from": start, "trained_on": len(before), "tested_on": len(split.test)}
    )


def _rows(data: Path, pool: Sequence[Path]) -> list[TrainingRow]:
    """The labelled rows of `data`, and the messages of `pool` without any label."""
    labelled = [row for row in load_rows([data]) if row.by_hand and row.level1 is not None]
    others = [row for row in load_rows(pool) if not row.by_hand] if pool else []
    return labelled + [row for row in others if row.dept is None]
