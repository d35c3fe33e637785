"""Does the router decide the same of the same matter? `zhili eval robustness --data FILE`.

Flips: share of messages whose first label changes when names, phones, places or gender words are swapped.
Losses: macro-F1 of level 1 (and department, where labelled) lost under noise, paired with the clean messages.
Only rows that the router was not trained on are read.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.bootstrap import bootstrap_by_index
from eval.classification import DRAWS, labelled_unseen
from eval.errors import must_exist
from eval.perturb import NOISE, SWAPS, Change
from eval.provenance import Stopwatch
from eval.result import Result, Score, mean_score, with_interval
from foundation.progress import Progress, silent
from triage.classifier.calibration import Probabilities
from triage.classifier.member import Head, Labels
from triage.classifier.router import Router
from triage.training.calibrate import target_columns
from triage.training.data import TrainingRow, clean_texts
from triage.training.measure import macro_f1

Columns = npt.NDArray[np.int64]
Predict = Callable[[Sequence[str]], "dict[Head, Probabilities]"]
WATCHED: tuple[Head, ...] = ("level1", "department")


def evaluate_robustness(data: Path, model: Path | None = None, *, progress: Progress = silent) -> Result:
    """Flips and losses of a router on the rows of `data` that it was not trained on.

    Raises `DataMissing` where no row is labelled, `ContaminatedData` where all rows were seen.
    """
    watch = Stopwatch()
    must_exist(data)
    router = Router.load(model)
    kept, seen = labelled_unseen(data, router)
    scores = robustness(kept, router.probabilities, router.labels, progress)
    details = {"model": router.name, "rows": len(kept) + seen, "seen_in_training": seen}
    return Result("robustness", scores, watch.record(data=[data], model_hash=router.manifest.hash), details)


def robustness(
    rows: Sequence[TrainingRow], predict: Predict, labels: Labels, progress: Progress = silent
) -> dict[str, Score]:
    """All flips and losses of `predict` on the rows, in one table."""
    scores: dict[str, Score] = {}
    texts = [row.text for row in rows]
    plain = _first(predict(texts))
    done, total = 0, len(SWAPS) + len(NOISE)
    for name, (before, after) in SWAPS.items():
        changed = changed_texts(rows, after)
        one = plain if before is None else _first(predict(changed_texts(rows, before)))
        touched = np.array([a != b for a, b in zip(texts, changed, strict=True)])
        other = _first(predict(changed))
        for head in WATCHED:
            flips = (one[head] != other[head]).astype(np.float64)
            scores[f"{head}.flips.{name}"] = mean_score(flips)
            if touched.any() and not touched.all():
                scores[f"{head}.flips.{name}.where_there_is_one"] = mean_score(flips[touched])
        progress(done := done + 1, total, "更换")
    for noise, change in NOISE.items():
        other = _first(predict(changed_texts(rows, change)))
        for head in WATCHED:
            target = target_columns(rows, labels, head)
            scores.update(_loss(head, noise, target, plain[head], other[head]))
        progress(done := done + 1, total, "干扰")
    return scores


def changed_texts(rows: Sequence[TrainingRow], change: Change) -> list[str]:
    """The messages after the change, clean and masked again as they would come in."""
    return clean_texts([change(row.text, random.Random(f"{row.id} {change.__name__}")) for row in rows])


def _first(found: dict[Head, Probabilities]) -> dict[Head, Columns]:
    return {head: found[head].argmax(axis=1) for head in WATCHED}


def _loss(head: str, noise: str, target: Columns, plain: Columns, other: Columns) -> dict[str, Score]:
    """Macro-F1 lost (clean minus noisy, same rows) with its paired interval, and flips."""
    known = target >= 0
    if not known.any():
        return {}
    target, plain, other = target[known], plain[known], other[known]

    def lost(chosen: Any) -> float:
        return macro_f1(target[chosen], plain[chosen]) - macro_f1(target[chosen], other[chosen])

    n = len(target)
    return {
        f"{head}.lost.{noise}": with_interval(
            lost(np.arange(n)), bootstrap_by_index(n, lost, draws=DRAWS), n
        ),
        f"{head}.flips.{noise}": mean_score((plain != other).astype(np.float64)),
    }
