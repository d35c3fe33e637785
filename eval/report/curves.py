"""What a probability is worth: reliability in bins, risk against coverage, the promises on these messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.report.cases import Flags, Floats
from triage.classifier.thresholds import Promise
from triage.training.measure import BINS
from triage.training.promises import ALPHAS, DELTA, choose_promise, clopper_pearson

POINTS = 240
"""Points of a curve: as many as the eye can tell apart."""
SMALLEST = 20
"""A curve begins at so many messages: the error of fewer says nothing."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Messages of about the same probability."""

    n: int
    confidence: float
    """Mean probability of the first label."""
    accuracy: float
    low: float
    high: float
    """Exact 95 % interval of the accuracy."""


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """If the surest `n` messages were dispatched without a person."""

    n: int
    coverage: float
    threshold: float
    error: float
    bound: float
    """One-sided 95 % upper bound of the error (Clopper–Pearson)."""


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One threshold on these messages."""

    alpha: float
    delta: float
    threshold: float | None
    """`None`: nothing could be promised."""
    stored: bool
    """Whether it comes from the model; else it was chosen on these messages."""
    n: int
    share: float
    wrong: int
    bound: float | None
    """One-sided upper bound of the error with confidence 1 - delta; `None`: no message stands above."""

    @property
    def standing(self) -> str:
        """`never` (no threshold), `empty` (nothing above it), `kept`, `broken` (beyond chance), `open`."""
        if self.threshold is None:
            return "never"
        if self.bound is None:
            return "empty"
        if self.bound <= self.alpha:
            return "kept"
        lower = 1 - clopper_pearson(self.n - self.wrong, self.n, self.delta)
        return "broken" if lower > self.alpha else "open"


def exact_interval(count: int, n: int) -> tuple[float, float]:
    """The exact two-sided 95 % interval of a share (Clopper–Pearson)."""
    return round(1 - clopper_pearson(n - count, n, 0.025), 6), round(clopper_pearson(count, n, 0.025), 6)


def reliability(confidence: Floats, right: Flags, bins: int = BINS) -> tuple[Bin, ...]:
    """Bins of equal mass, the same ones that the calibration error is made of."""
    order = np.argsort(confidence, kind="stable")
    found = []
    for part in np.array_split(order, bins):
        if len(part):
            good = int(right[part].sum())
            low, high = exact_interval(good, len(part))
            mean = round(float(confidence[part].mean()), 6)
            found.append(Bin(len(part), mean, round(good / len(part), 6), low, high))
    return tuple(found)


def risk_curve(confidence: Floats, right: Flags) -> tuple[RiskPoint, ...]:
    """Error and its bound against the share that is dispatched; equal probabilities are not divided."""
    order = np.argsort(-confidence, kind="stable")
    ranked, wrong = confidence[order], np.cumsum(~right[order])
    total = len(ranked)
    wanted = np.unique(np.linspace(min(SMALLEST, total), total, POINTS).astype(np.int64))
    ends = sorted({int(np.searchsorted(-ranked, -ranked[n - 1], side="right")) for n in wanted})
    return tuple(
        RiskPoint(
            n,
            round(n / total, 6),
            float(ranked[n - 1]),
            round(float(wrong[n - 1]) / n, 6),
            round(clopper_pearson(int(wrong[n - 1]), n, DELTA), 6),
        )
        for n in ends
    )


def promise_rows(
    head: str, confidence: Floats, right: Flags, stored: Sequence[Promise] | None, alpha: float
) -> tuple[PromiseRow, ...]:
    """The model's thresholds on these messages; without a model, thresholds that are chosen on them."""
    if stored is not None:
        return tuple(_promise_row(one, confidence, right, True) for one in stored)
    alphas = sorted({alpha, *ALPHAS})
    chosen = (choose_promise(head, confidence, right, alpha=one) for one in alphas)
    return tuple(_promise_row(one, confidence, right, False) for one in chosen)


def _promise_row(promise: Promise, confidence: Floats, right: Flags, stored: bool) -> PromiseRow:
    if promise.threshold is None:
        return PromiseRow(promise.alpha, promise.delta, None, stored, 0, 0.0, 0, None)
    above = confidence >= promise.threshold
    n, wrong = int(above.sum()), int((above & ~right).sum())
    bound = round(clopper_pearson(wrong, n, promise.delta), 6) if n else None
    share = round(n / len(right), 6)
    return PromiseRow(promise.alpha, promise.delta, promise.threshold, stored, n, share, wrong, bound)
