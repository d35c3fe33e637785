"""All figures of a report, head by head, before anything is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eval.classification import class_scores, score
from eval.provenance import Provenance
from eval.report.cases import Cases, Judged
from eval.report.curves import Bin, PromiseRow, RiskPoint, promise_rows, reliability, risk_curve
from eval.report.learning import CurvePoint
from eval.report.slices import SliceRow, slice_rows
from eval.report.tallies import ClassRow, Confusion, HeatMap, WorstError, class_rows, confusions, heat_map
from eval.report.tallies import worst_errors as worst
from eval.result import Result, Score
from foundation.canonical import to_plain
from triage.classifier.thresholds import Promise
from triage.training.measure import calibration_error

HEADS = ("level1", "department")


@dataclass(frozen=True, slots=True)
class HeadReport:
    """Everything that is said of one head."""

    head: str
    scores: dict[str, Score]
    confusions: tuple[Confusion, ...]
    heat: HeatMap
    bins: tuple[Bin, ...]
    risk: tuple[RiskPoint, ...]
    promises: tuple[PromiseRow, ...]
    alpha: float
    """The promise that is marked in the plot."""
    classes: tuple[ClassRow, ...]
    slices: tuple[SliceRow, ...]
    errors: tuple[WorstError, ...]

    @property
    def n(self) -> int:
        """Messages that carry the label."""
        return sum(one.n for one in self.bins)

    @property
    def marked(self) -> PromiseRow | None:
        """The promise for `alpha`; where it has no threshold the strictest that has one."""
        usable = [one for one in self.promises if one.threshold is not None]
        wanted = [one for one in usable if one.alpha == self.alpha]
        return next(iter([*wanted, *usable]), None)


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report."""

    title: str
    """What was measured, in words: name and hash of a router, or an out-of-fold run."""
    heads: tuple[HeadReport, ...]
    provenance: Provenance
    files: tuple[str, ...]
    n: int
    seen: int
    """Messages left out because the router was trained on them."""
    origin: dict[str, Any] = field(default_factory=dict)
    """Where the predictions come from, if they were read from a file."""
    learning: tuple[CurvePoint, ...] = ()

    def result(self) -> Result:
        """The same as a Result: scores, and everything that was drawn as details."""
        scores = {f"{one.head}.{name}": value for one in self.heads for name, value in one.scores.items()}
        details = {
            "model": self.title,
            "files": self.files,
            "rows": self.n,
            "seen_in_training": self.seen,
            "origin": self.origin,
            "heads": {one.head: _plain(one) for one in self.heads},
            "learning_curve": to_plain(self.learning),
        }
        return Result("report", scores, self.provenance, details)


def measure(
    cases: Cases, stored: Mapping[str, Sequence[Promise]] | None, *, alpha: float, errors: int
) -> tuple[HeadReport, ...]:
    """The heads that the messages carry; `stored` promises of a model, or `None`: chosen on the messages."""
    found = []
    for head in HEADS:
        judged = cases.judged(head)
        if judged is not None:
            found.append(_head(judged, None if stored is None else stored.get(head, ()), alpha, errors))
    return tuple(found)


def head_scores(judged: Judged) -> dict[str, Score]:
    """Accuracy, macro-F1, top-3, calibration error and, of departments, acceptable answers."""
    n, top = len(judged.rows), judged.among(3)
    confidence, right, accepted = judged.confidence, judged.right, judged.accepted
    found = class_scores("head", judged.target, judged.first)
    scores = {name.removeprefix("head."): value for name, value in found.items()}
    scores["top3"] = score(n, lambda i: float(top[i].mean()))
    scores["ece"] = score(n, lambda i: calibration_error(confidence[i], right[i]))
    if judged.head == "department":
        scores["acceptable"] = score(n, lambda i: float(accepted[i].mean()))
    return scores


def _head(judged: Judged, stored: Sequence[Promise] | None, alpha: float, errors: int) -> HeadReport:
    return HeadReport(
        head=judged.head,
        scores=head_scores(judged),
        confusions=confusions(judged),
        heat=heat_map(judged),
        bins=reliability(judged.confidence, judged.right),
        risk=risk_curve(judged.confidence, judged.accepted),
        promises=promise_rows(judged.head, judged.confidence, judged.accepted, stored, alpha),
        alpha=alpha,
        classes=class_rows(judged),
        slices=slice_rows(judged),
        errors=worst(judged, errors),
    )


def _plain(report: HeadReport) -> dict[str, Any]:
    values: dict[str, Any] = to_plain(report)
    return {name: value for name, value in values.items() if name not in ("head", "scores")}
