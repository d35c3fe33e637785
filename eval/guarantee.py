"""The promise of automatic dispatch, re-checked: `zhili eval guarantee --router DIR --data FILE`.

Three questions. Does the stored threshold keep its promise on messages that the router never saw? How often
does the way of choosing thresholds break its promise, when it is repeated on other draws of the data? And how
much may be dispatched automatically?

How often it breaks is counted in two ways. `violations.population`: thresholds are chosen on draws with
replacement, and the error of all the rows counts as the truth (this is what the promise speaks of).
`violations.halves`: chosen on one half, and the error observed on the other half counts; its own sampling
error is in that figure, so it stands above delta even where the promise is kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt

from eval.bootstrap import SEED
from eval.classification import labelled_unseen
from eval.errors import must_exist
from eval.provenance import Stopwatch
from eval.result import Result, Score
from triage.classifier.calibration import conventions_of
from triage.classifier.conventions import Convention
from triage.classifier.router import Router
from triage.classifier.thresholds import Promise, level1_of
from triage.training.calibrate import target_columns
from triage.training.conventions import is_coarse
from triage.training.data import TrainingRow
from triage.training.figures import acceptable
from triage.training.promises import DELTA, choose_promise, clopper_pearson

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

RESAMPLES = 200
FEWEST = 200
"""Rows below which the choice of a threshold is not repeated."""


def evaluate_guarantee(
    data: Path, model: Path | None = None, *, alpha: float = 0.03, delta: float = DELTA
) -> Result:
    """The promises of a router on the rows of `data` that it was not trained on, by head.

    Raises `DataMissing` where no row carries either label, `ContaminatedData` where all rows were seen.
    """
    watch = Stopwatch()
    must_exist(data)
    router = Router.load(model)
    kept, seen = labelled_unseen(data, router)
    scores: dict[str, Score] = {}
    verdicts: dict[str, str] = {}
    conventions: tuple[Convention, ...] = ("auto", *conventions_of(router.calibration))
    for head in (*map(level1_of, conventions), "department"):
        confidence, right = judged(router, kept, head)
        if len(right) == 0:
            continue
        promise = stored_promise(router, head, alpha, delta)
        scores.update(recheck(head, confidence, right, promise))
        verdicts[head] = verdict(confidence, right, promise, alpha, delta)
        if len(right) >= FEWEST:
            scores.update(repeated(head, confidence, right, alpha, delta))
    details = {
        "model": router.name,
        "alpha": alpha,
        "delta": delta,
        "verdict": verdicts,
        "rows": len(kept) + seen,
        "seen_in_training": seen,
    }
    return Result("guarantee", scores, watch.record(data=[data], model_hash=router.manifest.hash), details)


def judged(router: Router, rows: list[TrainingRow], head: str) -> tuple[Floats, Flags]:
    """Probability of the first label, and whether it is right, of the rows that carry the label.

    `head`: `department`, `level1`, or level 1 by one convention (`thresholds.level1_of`), judged on the rows
    that are labelled by it.
    """
    if head == "department":
        rows = [row for row in rows if row.dept is not None]
        if not rows:
            return np.zeros(0), np.zeros(0, bool)
        found = router.probabilities([row.text for row in rows])["department"]
        accepted = np.asarray(acceptable(found.argmax(axis=1), rows, router.labels), dtype=bool)
        return found.max(axis=1), accepted
    convention = next(one for one in get_args(Convention) if level1_of(one) == head)
    rows = [row for row in rows if row.level1 is not None and _follows(row, convention)]
    if not rows:
        return np.zeros(0), np.zeros(0, bool)
    found = router.probabilities([row.text for row in rows], convention=convention)["level1"]
    return found.max(axis=1), found.argmax(axis=1) == target_columns(rows, router.labels, "level1")


def _follows(row: TrainingRow, convention: Convention) -> bool:
    return convention == "auto" or is_coarse(row) == (convention == "contest")


def stored_promise(router: Router, head: str, alpha: float, delta: float) -> Promise | None:
    """The artefact's promise; that of the department's automatic threshold where it has no other."""
    stored = router.thresholds
    found = stored.promise(head, alpha, delta)
    if found is None and head == "department" and stored.error_bound == alpha and stored.auto is not None:
        n, wrong = stored.n, stored.wrong
        return Promise(head, alpha, delta, stored.auto, n, wrong, stored.calibration_n, stored.data_hash)
    return found


def recheck(head: str, confidence: Floats, right: Flags, promise: Promise | None) -> dict[str, Score]:
    """Share above the stored threshold, its error and the upper bound of it on these rows."""
    if promise is None or promise.threshold is None:
        return {}
    above = confidence >= promise.threshold
    n, wrong = int(above.sum()), int((above & ~right).sum())
    total = len(right)
    share = Score(round(n / total, 6), *_exact(n, total), total)
    if not n:
        return {f"{head}.stored.share": share}
    bound = clopper_pearson(wrong, n, promise.delta)
    return {
        f"{head}.stored.share": share,
        f"{head}.stored.error": Score(round(wrong / n, 6), *_exact(wrong, n), n),
        f"{head}.stored.error_bound": Score(round(bound, 6), None, None, n),
    }


def verdict(confidence: Floats, right: Flags, promise: Promise | None, alpha: float, delta: float) -> str:
    """One sentence for people."""
    if promise is None:
        return f"模型中没有存 α={alpha:g}、δ={delta:g} 的阈值"
    if promise.threshold is None:
        return "校准数据不足以支持任何阈值：一律人工研判"
    above = confidence >= promise.threshold
    n, wrong = int(above.sum()), int((above & ~right).sum())
    if not n:
        return "新数据中没有达到阈值的留言"
    if clopper_pearson(wrong, n, delta) <= alpha:
        return f"承诺成立：{n} 条中错 {wrong} 条，上界不超过 {alpha:.0%}"
    # The lower bound: is the promise broken beyond chance?
    if 1 - clopper_pearson(n - wrong, n, delta) > alpha:
        return f"承诺被打破：{n} 条中错 {wrong} 条，显著高于 {alpha:.0%}，应重新校准"
    return f"未见违背，但数据不足以再次证明：{n} 条中错 {wrong} 条"


def repeated(
    head: str, confidence: Floats, right: Flags, alpha: float, delta: float, resamples: int = RESAMPLES
) -> dict[str, Score]:
    """How often choosing a threshold anew breaks its promise, and how much it dispatches."""
    random = np.random.default_rng(SEED)
    n = len(right)
    broken: dict[str, list[bool]] = {"population": [], "halves": []}
    shares = []
    for _ in range(resamples):
        drawn = random.integers(0, n, n)
        chosen = choose_promise(head, confidence[drawn], right[drawn], alpha=alpha, delta=delta)
        broken["population"].append(_error_above(confidence, right, chosen.threshold) > alpha)
        order = random.permutation(n)
        one, other = order[: n // 2], order[n // 2 :]
        chosen = choose_promise(head, confidence[one], right[one], alpha=alpha, delta=delta)
        broken["halves"].append(_error_above(confidence[other], right[other], chosen.threshold) > alpha)
        shares.append(_share_above(confidence[other], chosen.threshold))
    now = choose_promise(head, confidence, right, alpha=alpha, delta=delta)
    scores = {
        f"{head}.violations.{name}": Score(
            round(float(np.mean(found)), 6), *_exact(sum(found), resamples), resamples
        )
        for name, found in broken.items()
    }
    low, high = np.quantile(shares, [0.025, 0.975])
    return {
        f"{head}.auto_share": Score(round(now.share, 6), None, None, n),
        f"{head}.auto_share.halves": Score(
            round(float(np.mean(shares)), 6), round(float(low), 6), round(float(high), 6), resamples
        ),
        **scores,
    }


def _error_above(confidence: Floats, right: Flags, threshold: float | None) -> float:
    above = confidence >= threshold if threshold is not None else np.zeros(len(right), bool)
    return float((~right[above]).mean()) if above.any() else 0.0


def _share_above(confidence: Floats, threshold: float | None) -> float:
    return float((confidence >= threshold).mean()) if threshold is not None else 0.0


def _exact(count: int, n: int) -> tuple[float, float]:
    """The exact two-sided 95 % interval of a share."""
    return round(1 - clopper_pearson(n - count, n, 0.025), 6), round(clopper_pearson(count, n, 0.025), 6)
