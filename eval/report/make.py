"""From files to the report: `zhili eval report --data FILE… --out report.html`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.guarantee import stored_promise
from eval.provenance import Stopwatch
from eval.report.cases import Labelled, cases_of_predictions, cases_of_router, read_labelled_files
from eval.report.learning import CurvePoint, learning_curve
from eval.report.measured import HEADS, Report, measure
from eval.report.page import report_html
from eval.report.predictions import read_predictions
from eval.result import write_whole
from foundation.progress import Progress, silent
from triage.classifier.router import Router
from triage.classifier.thresholds import Promise
from triage.training.data import load_rows
from triage.training.promises import ALPHAS, DELTA
from triage.training.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a report shall hold."""

    alpha: float = 0.03
    """The promise that is marked in the plot: most error among what is dispatched automatically."""
    errors: int = 30
    """How many of the worst errors are listed; 0: none."""
    with_text: bool = False
    """Whether the masked text of those errors is shown; never without being asked for."""
    own: bool = False
    """Ask level 1 by the convention in which each row is labelled; ignored with predictions."""
    learning: bool = False
    """Whether the learning curve is drawn: four trainings."""
    recipe: Recipe | None = None
    """What the learning curve trains; `None`: the usual linear recipe."""


def make_report(
    data: Sequence[Path],
    *,
    model: Path | None = None,
    predictions: Path | None = None,
    wishes: Wishes | None = None,
    progress: Progress = silent,
) -> Report:
    """Measure a router (`model`, or the packaged one) on rows it never saw, or predictions made out of fold.

    Raises `DataMissing` where the data carry no label, `ContaminatedData` where the router saw every row,
    `BadPredictions` where the predictions are broken or of other data.
    """
    watch, wishes = Stopwatch(), wishes or Wishes()
    progress(0, None, "读取数据")
    labelled = read_labelled_files(data, with_text=wishes.with_text)
    progress(0, None, "预测与统计")
    if predictions is not None:
        return _of_predictions(data, labelled, predictions, wishes, watch, progress)
    router = Router.load(model)
    cases = cases_of_router(router, labelled, own=wishes.own)
    stored = {head: stored_promises(router, head, wishes.alpha) for head in HEADS}
    heads = measure(cases, stored, alpha=wishes.alpha, errors=wishes.errors)
    return Report(
        title=router.name,
        heads=heads,
        learning=_learning(data, wishes, progress),
        files=tuple(path.name for path in data),
        n=len(cases.rows),
        seen=cases.seen,
        provenance=watch.record(data=data, model_hash=router.manifest.hash),
    )


def write_report(report: Report, out: Path) -> None:
    """Write the page, whole or not at all (`FileProblem`)."""
    write_whole(out, report_html(report))


def stored_promises(router: Router, head: str, alpha: float) -> tuple[Promise, ...]:
    """The thresholds that a router holds for a head."""
    found = (stored_promise(router, head, one, DELTA) for one in sorted({alpha, *ALPHAS}))
    return tuple(one for one in found if one is not None)


def _of_predictions(
    data: Sequence[Path],
    labelled: Labelled,
    predictions: Path,
    wishes: Wishes,
    watch: Stopwatch,
    progress: Progress,
) -> Report:
    found = read_predictions(predictions)
    cases = cases_of_predictions(found, labelled)
    return Report(
        title=f"逐折预测（{predictions.name}）",
        heads=measure(cases, None, alpha=wishes.alpha, errors=wishes.errors),
        learning=_learning(data, wishes, progress),
        files=tuple(path.name for path in data),
        n=len(cases.rows),
        seen=0,
        origin=dict(found.origin),
        provenance=watch.record(data=[*data, predictions], model_hash=""),
    )


def _learning(data: Sequence[Path], wishes: Wishes, progress: Progress) -> tuple[CurvePoint, ...]:
    if not wishes.learning:
        return ()
    return learning_curve(load_rows(data), wishes.recipe, progress)
