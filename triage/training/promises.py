"""Thresholds that keep a promise: the error above them is at most alpha, with confidence 1 - delta.

Learn-then-Test with a fixed sequence (Angelopoulos et al. 2021): thresholds are tested from the strictest to
the laxest, each by the exact binomial bound (Clopper–Pearson), and the walk ends at the first that fails. The
sequence is fixed by the confidences alone, before any label is looked at: trying many costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from triage.classifier.calibration import Probabilities
from triage.classifier.conventions import Convention
from triage.classifier.member import Head, Labels
from triage.classifier.thresholds import Promise, level1_of
from triage.training.conventions import is_coarse
from triage.training.data import TrainingRow

ALPHAS = (0.01, 0.03, 0.05, 0.10)
DELTA = 0.05
START = 0.3
"""Share of the messages at which the walk starts: stricter thresholds promise little to a centre."""
STEP = 0.01
"""Share of the messages by which each threshold is laxer than the one before."""


def clopper_pearson(wrong: int, n: int, delta: float = DELTA) -> float:
    """One-sided upper bound of an error rate, with confidence 1 - delta."""
    return 1.0 if wrong >= n else float(beta.ppf(1 - delta, wrong + 1, n - wrong))


def choose_promise(
    head: str,
    confidence: npt.NDArray[np.float64],
    right: npt.NDArray[np.bool_],
    *,
    alpha: float,
    delta: float = DELTA,
    data_hash: str = "",
) -> Promise:
    """The laxest threshold of the sequence that the data show to keep the promise."""
    order = np.argsort(-confidence, kind="stable")
    ranked, wrong = confidence[order], np.cumsum(~right[order])
    best = 0
    for n in _sequence(ranked, alpha, delta):
        if clopper_pearson(int(wrong[n - 1]), n, delta) > alpha:
            break
        best = n
    if not best:
        return Promise(head, alpha, delta, None, calibration_n=len(ranked), data_hash=data_hash)
    return Promise(
        head, alpha, delta, float(ranked[best - 1]), best, int(wrong[best - 1]), len(ranked), data_hash
    )


def choose_promises(
    head: str,
    confidence: npt.NDArray[np.float64],
    right: npt.NDArray[np.bool_],
    data_hash: str,
    alphas: Sequence[float] = ALPHAS,
) -> tuple[Promise, ...]:
    """A promise for each alpha; each holds by itself."""
    return tuple(
        choose_promise(head, confidence, right, alpha=alpha, data_hash=data_hash) for alpha in alphas
    )


def promises_of(
    found: Mapping[Head, Probabilities], rows: Sequence[TrainingRow], labels: Labels, data_hash: str
) -> tuple[Promise, ...]:
    """The promises of level 1 and of the department, from out-of-fold probabilities of `rows`.

    An acceptable department (`dept_ok`) counts as right; rows without the label do not count.
    """
    heads: tuple[Head, ...] = ("level1", "department")
    return tuple(
        promise for head in heads for promise in _promises_of(head, head, found, rows, labels, data_hash)
    )


def convention_promises(
    convention: Convention,
    found: Mapping[Head, Probabilities],
    rows: Sequence[TrainingRow],
    labels: Labels,
    data_hash: str,
) -> tuple[Promise, ...]:
    """The promises of level 1 for a centre that asks for the classes of one convention.

    `found`: probabilities by that convention. Only rows that are labelled by it count.
    """
    own = [n for n, row in enumerate(rows) if is_coarse(row) == (convention == "contest")]
    part: dict[Head, Probabilities] = {"level1": found["level1"][own]}
    name = level1_of(convention)
    return _promises_of(name, "level1", part, [rows[n] for n in own], labels, data_hash)


def _promises_of(
    name: str,
    head: Head,
    found: Mapping[Head, Probabilities],
    rows: Sequence[TrainingRow],
    labels: Labels,
    data_hash: str,
) -> tuple[Promise, ...]:
    known = [n for n, row in enumerate(rows) if (row.dept if head == "department" else row.level1)]
    if not known:
        return ()
    part = found[head][known]
    first = [labels.of(head)[column] for column in part.argmax(axis=1)]
    right = np.array([_right(rows[n], head, label) for n, label in zip(known, first, strict=True)])
    return choose_promises(name, part.max(axis=1), right, data_hash)


def _right(row: TrainingRow, head: Head, label: str) -> bool:
    return label in (row.dept, *row.dept_ok) if head == "department" else label == row.level1


def _sequence(ranked: npt.NDArray[np.float64], alpha: float, delta: float) -> list[int]:
    """How many messages stand above each threshold, strictest first; equal confidences are not divided.

    Fewer than `least` messages could not prove the promise even without an error; the walk starts at three
    times as many where there are so many, so that one error does not end it.
    """
    total = len(ranked)
    least = math.ceil(math.log(delta) / math.log(1 - alpha))
    first = max(math.ceil(START * total), min(3 * least, total), least)
    step = max(1, round(STEP * total))
    counts = [*range(first, total, step), total] if first <= total else []
    ends = [int(np.searchsorted(-ranked, -ranked[n - 1], side="right")) for n in counts]
    return sorted(set(ends))
