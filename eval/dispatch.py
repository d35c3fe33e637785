"""Dispatch: department, matter, kind and urgency against gold: `zhili eval dispatch --data FILE`.

Without `--cross-validate` the artefact is scored on rows that it was not trained on. With it the artefact's
own recipe is trained anew for each fold, on everything but the fold and its near-duplicates, and the rows are
scored out of fold; temperatures of a fold come from the other folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from eval.classification import (
    class_scores,
    count_by_class,
    per_class,
    ranked_scores,
    score,
    unseen_rows,
)
from eval.errors import DataMissing, must_exist
from eval.pipeline import gains, with_catalogue
from eval.provenance import Stopwatch
from eval.report.predictions import Predictions, predicted_rows, write_predictions
from eval.result import Result, Score
from foundation.canonical import to_plain
from foundation.progress import Progress, silent
from triage.catalogue.joining import JoinWeights
from triage.classifier.beliefs import beliefs
from triage.classifier.calibration import Probabilities, probabilities
from triage.classifier.conventions import Convention
from triage.classifier.member import HEADS, Head, Labels, Logits
from triage.classifier.router import Router
from triage.training.calibrate import calibrate, target_columns
from triage.training.conventions import is_coarse
from triage.training.data import TrainingRow, load_rows
from triage.training.figures import acceptable
from triage.training.joining import fit_joining
from triage.training.recipe import Recipe, Workshop, fit_members
from triage.training.split import cross_validation, split_rows, twin_groups

Found = dict[Head, Probabilities]


def evaluate_dispatch(data: Path, model: Path | None = None) -> Result:
    """Scores of an artefact on the rows that it was not trained on, the dispatch catalogue joined to it.

    Raises `ContaminatedData` where no row is left.
    """
    watch = Stopwatch()
    router = Router.load(model)
    rows = gold_rows(data)
    kept = unseen_rows(router, rows, "加 --cross-validate 5：按同一配方逐折重新训练并评测")
    texts = [row.text for row in kept]
    asked = convention_of(kept)
    alone = router.probabilities(texts, convention=asked)
    weights = None if router.joining is None else JoinWeights.from_plain(router.joining)
    joined = with_catalogue(alone, router.beliefs(texts), kept, convention=asked, weights=weights)
    details = {
        "model": router.name,
        "rows": len(rows),
        "seen_in_training": len(rows) - len(kept),
        "pipeline": "router+catalogue",
    }
    result = _result(kept, joined, router.labels, watch, [data], router.manifest.hash, details)
    gain = gains(alone, joined, kept, router.labels)
    return replace(result, scores={**result.scores, **gain})


def cross_validate_dispatch(
    data: Path,
    folds: int,
    *,
    model: Path | None = None,
    also: Sequence[Path] | None = None,
    recipe: Recipe | None = None,
    pipeline: bool = False,
    predictions: Path | None = None,
    progress: Progress = silent,
) -> Result:
    """Out-of-fold scores of the recipe that made the artefact.

    `also`: further training files; by default those that the artefact names and that lie beside `data`.
    `pipeline`: the dispatch catalogue is joined with matter and department, and its gain is given.
    `predictions`: where the out-of-fold predictions are written, for `zhili eval report`.
    """
    watch = Stopwatch()
    router = Router.load(model)
    others = list(also) if also is not None else siblings(router, data)
    rows = load_rows([data, *others])
    tested = {row.id for row in gold_rows(data)}
    outside = {row.id for row in split_rows(rows).test}
    rows = [row for row in rows if row.id not in outside]
    recipe = recipe or Recipe()
    scored, parts = _out_of_fold(rows, tested, folds, router.labels, recipe, progress)
    found, together = _calibrated(parts, scored, router.labels, pipeline=pipeline)
    flat = [row for part in scored for row in part]
    details = {
        "folds": folds,
        "rows": len(flat),
        "training_files": [path.name for path in others],
        "recipe": "linear" if recipe.encoder is None else "linear+encoder",
    }
    joined = found
    if pipeline:
        joined = together
        details["pipeline"] = "router+catalogue"
    result = _result(flat, joined, router.labels, watch, [data, *others], "", details)
    if predictions is not None:
        origin = {**to_plain(result.provenance), **details, "files": [data.name]}
        write_predictions(Predictions(predicted_rows(flat, joined, router.labels), origin), predictions)
    if not pipeline:
        return result
    gain = gains(found, joined, flat, router.labels)
    return replace(result, scores={**result.scores, **gain})


def gold_rows(data: Path) -> list[TrainingRow]:
    """The rows of the file that carry a department."""
    must_exist(data)
    rows = [row for row in load_rows([data]) if row.dept is not None and row.by_hand]
    if not rows:
        raise DataMissing(
            f"{data.name} 中没有单位标签", expected="dept 或 department 列", found="没有", remedy="检查文件"
        )
    return rows


def siblings(router: Router, data: Path) -> list[Path]:
    """The artefact's other training files, where they lie beside `data`."""
    names = router.manifest.details["data"]["files"]
    return [data.parent / name for name in names if name != data.name and (data.parent / name).is_file()]


def _out_of_fold(
    rows: Sequence[TrainingRow],
    tested: set[str],
    folds: int,
    labels: Labels,
    recipe: Recipe,
    progress: Progress,
) -> tuple[list[list[TrainingRow]], list[dict[str, dict[str, Logits]]]]:
    """The rows of each fold and their logits from members that saw neither them nor their twins."""
    shop = Workshop()
    shop.bar(rows, twin_groups(rows))
    scored, parts = [], []
    for number, split in enumerate(cross_validation(rows, folds)):
        members = fit_members(split.train, labels, recipe, shop=shop)
        part = [row for row in split.test if row.id in tested]
        texts = [row.text for row in part]
        scored.append(part)
        parts.append({name: member.logits(texts) for name, member in members.items()})
        progress(number + 1, folds, "交叉验证")
    return scored, parts


def _calibrated(
    parts: Sequence[dict[str, dict[str, Logits]]],
    scored: Sequence[Sequence[TrainingRow]],
    labels: Labels,
    *,
    pipeline: bool,
) -> tuple[Found, Found]:
    """Probabilities of each fold, its temperatures fitted on the other folds: alone, and with the catalogue.

    Without `pipeline` both are the same. The weights of the joining, too, come from the other folds.
    """
    alone: list[Found] = []
    together: list[Found] = []
    asked = convention_of([row for part in scored for row in part])
    for fold, part in enumerate(parts):
        others = [number for number in range(len(parts)) if number != fold]
        joined = {
            name: {head: np.concatenate([parts[n][name][head] for n in others]) for head in part[name]}
            for name in part
        }
        rows = [row for n in others for row in scored[n]]
        calibration = calibrate(joined, rows, labels)
        found = probabilities(part, calibration, labels, asked)
        alone.append(found)
        if pipeline:
            weights = fit_joining(beliefs(joined, calibration, labels), rows)
            believed = beliefs(part, calibration, labels)
            found = with_catalogue(found, believed, scored[fold], convention=asked, weights=weights)
        together.append(found)
    return _stacked(alone), _stacked(together)


def _stacked(found: Sequence[Found]) -> Found:
    return {head: np.concatenate([part[head] for part in found]) for head in HEADS}


def convention_of(rows: Sequence[TrainingRow]) -> Convention:
    """The convention in which all rows are labelled; `auto` where both occur.

    The expert of a convention that no row follows cannot be calibrated on them, and need not be asked.
    """
    coarse = {is_coarse(row) for row in rows if row.level1 is not None}
    return "auto" if len(coarse) != 1 else "contest" if coarse.pop() else "national"


def _result(
    rows: Sequence[TrainingRow],
    found: Found,
    labels: Labels,
    watch: Stopwatch,
    files: Sequence[Path],
    model_hash: str,
    details: dict[str, Any],
) -> Result:
    scores: dict[str, Score] = {}
    classes: dict[str, Any] = {}
    counts: dict[str, Any] = {}
    for head in HEADS:
        target = target_columns(rows, labels, head)
        known = target >= 0
        if not known.any():
            continue
        part, p = target[known], found[head][known]
        if head == "department":
            accepted = acceptable(found[head].argmax(axis=1), rows, labels)
            scores["department.acceptable"] = score(len(rows), lambda i, a=accepted: float(a[i].mean()))  # type: ignore[misc]
        if head in ("kind", "urgency"):
            scores.update(class_scores(head, part, p.argmax(axis=1)))
        else:
            scores.update(ranked_scores(head, part, p))
        if head != "level2":
            classes[head] = per_class(labels.of(head), part, p.argmax(axis=1))
            counts[head] = count_by_class(labels.of(head), part)
    record = watch.record(data=files, model_hash=model_hash)
    return Result("dispatch", scores, record, {**details, "f1_by_class": classes, "n_by_class": counts})
