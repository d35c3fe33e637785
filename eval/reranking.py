"""Cross-validates the reranker: every question and complaint scored by weights that have not seen it.

    zhili eval reranker --data DATA --keep DIR [--complaints-only] [--runs DIR] [--out FILE]

The shipped reranker has learned from all of these texts, so its own figures on them are no result; these are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from eval.provenance import Stopwatch
from eval.ranking_metrics import ranking
from eval.result import Result, Score, mean_score
from eval.retrieval import compare, score_run
from foundation.progress import Progress, silent
from retrieval.training.cases import ARTICLES, COMPLAINTS
from retrieval.training.commands import learn_reranker
from retrieval.training.data import Hint
from retrieval.training.rerank_recipe import CORPUS, QRELS, Learned
from retrieval.training.reranking import Case
from retrieval.trec import Run, write_run
from retrieval.values import Hit

DEPTH = 100
_AT_ONCE = 5


def measure_reranker(
    data: Path,
    keep: Path,
    cases: Sequence[Case],
    hints: Callable[[], Iterable[Hint]],
    *,
    complaints_only: bool = False,
    runs: Path | None = None,
    progress: Progress = silent,
) -> Result:
    """Recall, MRR and nDCG out of fold, each order beside the others; the runs as TREC files in `runs`.

    For complaints the metrics ask for the core articles; `relevant@5` asks whether any article that an
    expert named, core or not, stands among the first five. Raises `FileProblem` and `ArtefactError`.
    """
    watch = Stopwatch()
    trained = learn_reranker(data, keep, cases, hints, complaints_only=complaints_only, progress=progress)
    parts = {"complaints": trained.complaints}
    files = [data / COMPLAINTS, data / ARTICLES]
    if trained.questions is not None:
        parts["questions"] = trained.questions
        files += [data / CORPUS, data / QRELS]
    scores: dict[str, Score] = {}
    details: dict[str, Any] = {}
    for name, part in parts.items():
        scores |= _scores(name, part)
        details[name] = _tests(part) | {"texts": len(part.cases)}
        if runs is not None:
            for order, run in part.runs.items():
                write_run(runs / f"{name}.{order}.trec", _hits(run))
    record = watch.record(data=files, model_hash=trained.reranker.encoder_hash)
    return Result("reranker", scores, record, details)


def _scores(name: str, part: Learned) -> dict[str, Score]:
    core = {case.id: dict.fromkeys(case.core, 1) for case in part.cases}
    found: dict[str, Score] = {}
    for order, run in part.runs.items():
        found |= {f"{name}.{order}.{metric}": one for metric, one in score_run(run, core, DEPTH).items()}
        if any(case.also for case in part.cases):
            found[f"{name}.{order}.relevant@{_AT_ONCE}"] = mean_score(_at_once(part.cases, run))
    return found


def _hits(run: Run) -> Iterator[tuple[str, list[Hit]]]:
    """The run as search would give it, best first."""
    for id, scored in run.items():
        best = ranking(scored)[:DEPTH]
        yield id, [Hit(one, rank, scored[one]) for rank, one in enumerate(best, start=1)]


def _at_once(cases: Sequence[Case], run: Run) -> list[float]:
    judged = ((case.id, case.core | case.also) for case in cases if case.core or case.also)
    return [float(bool(named & set(ranking(run.get(id, {}))[:_AT_ONCE]))) for id, named in judged]


def _tests(part: Learned) -> dict[str, Any]:
    """The reranked order against every other, by paired tests."""
    core = {case.id: dict.fromkeys(case.core, 1) for case in part.cases}
    reranked = part.runs["reranked"]
    others = {order: run for order, run in part.runs.items() if order != "reranked"}
    return {f"against_{order}": compare(reranked, run, core, DEPTH) for order, run in others.items()}
