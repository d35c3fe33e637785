"""Measures a search index on questions with judged articles: recall, MRR and nDCG with intervals.

    zhili eval retrieval --queries F --qrels F --index DIR [--against OTHER.trec] [--as-of DAY]
    zhili eval retrieval --queries F --qrels F --scored RUN.trec

A figure on questions that the shipped models learned from is no result, and the result says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from eval.errors import DataMissing, must_exist
from eval.in_force import Shelf, in_force_precision
from eval.provenance import Stopwatch
from eval.question_slices import Find, slices
from eval.randomisation import paired_test
from eval.ranking_metrics import has_relevant, ndcg, ranking, recall, reciprocal_rank
from eval.result import Result, Score, mean_score
from foundation.progress import Progress, silent
from foundation.tables import BadRow
from retrieval.dense import embedded
from retrieval.errors import BadQuery
from retrieval.index import LexicalIndex
from retrieval.searcher import Searcher
from retrieval.seen import learned
from retrieval.trec import Qrels, Query, Run, read_qrels, read_queries, read_run, write_run
from retrieval.values import Hit

Metric = Callable[[list[str], Mapping[str, int]], float]

_RECALL_CUTS = (1, 5, 10, 20, 100)
MOST_WRONG = 20
NO_RESULT = "内置模型训练时学过其中 {count} 个问题：这不是评测结果；请换用未学过的问题，或用按折训练的编码器"


def metrics(k: int) -> dict[str, Metric]:
    """The metrics that a run of depth `k` supports, by name."""
    found: dict[str, Metric] = {f"R@{cut}": partial(recall, k=cut) for cut in _RECALL_CUTS if cut <= k}
    if k >= 10:
        found |= {"MRR@10": partial(reciprocal_rank, k=10), "nDCG@10": partial(ndcg, k=10)}
    return found


@dataclass(frozen=True, slots=True)
class Setting:
    """How a benchmark is run; the defaults are what the product does, without filters."""

    k: int = 100
    """Articles a question."""
    rerank: bool = True
    """Whether the candidates are reordered, where the index can."""
    as_of: date | None = None
    """Day that governs: the search filters by it, and the store is asked whether what was found is law."""


def evaluate_retrieval(
    queries: Path,
    qrels: Path,
    index: Path,
    *,
    setting: Setting = Setting(),
    run: Path | None = None,
    against: Path | None = None,
    shelf: Shelf | None = None,
    progress: Progress = silent,
) -> Result:
    """Search every judged question, score the ranking, and optionally keep the run (TREC format).

    Questions that cannot be searched count as answered with nothing; questions without a relevant article
    are left out and counted in the details. `against` is the run of another system, compared by a paired
    test; `shelf` tells what is law on `setting.as_of`.
    """
    watch = Stopwatch()
    judged, asked, bad = read_judged(queries, qrels)
    searcher = Searcher(LexicalIndex.open(index), rerank=setting.rerank)
    chosen = [query for query in asked if query.id in judged]
    found = answer(searcher, chosen, setting, progress)
    if run is not None:
        write_run(run, found.hits.items())
    scored = {qid: {hit.id: hit.score for hit in hits} for qid, hits in found.hits.items()}
    scores = score_run(scored, judged, setting.k, set(scored))
    details = _counts(judged, asked, chosen, bad) | {
        "k": setting.k,
        "reranked": searcher.ranking is not None,
        "unsearchable": found.unsearchable,
        "documents": len(searcher.index.documents),
        "milliseconds": found.milliseconds(),
        "resident_megabytes": resident_megabytes(),
    }
    details |= _trained_on(searcher, chosen)
    details |= _sliced(scored, judged, chosen, setting.k, searcher.index.document)
    if against is not None:
        details["against"] = compare(scored, read_run(against), judged, setting.k, set(scored))
    if shelf is not None and setting.as_of is not None:
        ranked = {qid: [hit.id for hit in hits] for qid, hits in found.hits.items()}
        shares, wrong = in_force_precision(ranked, shelf, setting.as_of)
        scores["in_force@10"] = mean_score(shares)
        details["not_law"] = list(wrong[:MOST_WRONG])
    record = watch.record(data=[queries, qrels], model_hash=searcher.index.hash)
    return Result("retrieval", scores, record, details)


def evaluate_run(
    queries: Path, qrels: Path, scored: Path, *, k: int = 100, against: Path | None = None
) -> Result:
    """Score a run that another tool (or a cross-validation) wrote."""
    watch = Stopwatch()
    judged, asked, bad = read_judged(queries, qrels)
    run = read_run(scored)
    chosen = [query for query in asked if query.id in judged]
    ids = {query.id for query in chosen}
    details = _counts(judged, asked, chosen, bad) | {"k": k, "run": scored.name}
    if against is not None:
        details["against"] = compare(run, read_run(against), judged, k, ids)
    record = watch.record(data=[queries, qrels, scored], model_hash="")
    return Result("retrieval", score_run(run, judged, k, ids), record, details)


def read_judged(queries: Path, qrels: Path) -> tuple[Qrels, list[Query], list[BadRow]]:
    """Judgements, questions, and the lines that are none; raises `DataMissing`."""
    for path in (queries, qrels):
        must_exist(path)
    asked: list[Query] = []
    bad: list[BadRow] = []
    for item in read_queries(queries):
        if isinstance(item, BadRow):
            bad.append(item)
        else:
            asked.append(item)
    return read_qrels(qrels), asked, bad


def _counts(
    judged: Qrels, asked: Sequence[Query], chosen: Sequence[Query], bad: Sequence[BadRow]
) -> dict[str, Any]:
    return {
        "questions": len(asked),
        "judged": len(chosen),
        "without_judgement": len(asked) - len(chosen),
        "judged_but_not_asked": len(set(judged) - {query.id for query in asked}),
        "bad_lines": [f"{row.number}: {row.problem}" for row in bad],
    }


def _trained_on(searcher: Searcher, chosen: Sequence[Query]) -> dict[str, Any]:
    """Says so where the shipped models learned from these very questions."""
    own = searcher.encoder is not None and searcher.encoder.hash == embedded().hash
    count = int(learned([query.text for query in chosen]).sum()) if own else 0
    if not count:
        return {"trained_on": 0, "is_result": True}
    return {"trained_on": count, "is_result": False, "warning": NO_RESULT.format(count=count)}


def _sliced(run: Run, judged: Qrels, chosen: Sequence[Query], k: int, find: Find) -> dict[str, Any]:
    texts = {query.id: query.text for query in chosen if has_relevant(judged[query.id])}
    shown = ("R@10", "R@100", "MRR@10")
    found: dict[str, Any] = {}
    for name, ids in slices(texts, judged, find).items():
        scores = score_run(run, judged, k, ids)
        found[name] = {"n": len(ids)} | {key: scores[key].value for key in shown if key in scores}
    return {"slices": found}


@dataclass(frozen=True, slots=True)
class Answered:
    """The hits of every question, how many could not be searched, and how long each took."""

    hits: dict[str, list[Hit]]
    unsearchable: int
    seconds: tuple[float, ...]

    def milliseconds(self) -> dict[str, float]:
        """Median and 95th percentile of a search, wall-clock."""
        if not self.seconds:
            return {}
        ordered = sorted(self.seconds)
        at = {"p50": 0.5, "p95": 0.95}
        places = {name: min(len(ordered) - 1, int(share * len(ordered))) for name, share in at.items()}
        return {name: round(1000 * ordered[place], 2) for name, place in places.items()}


def resident_megabytes() -> float:
    """The most memory that this process has held, in MB."""
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)


def answer(
    searcher: Searcher, queries: Sequence[Query], setting: Setting, progress: Progress = silent
) -> Answered:
    """Search every question."""
    hits: dict[str, list[Hit]] = {}
    seconds: list[float] = []
    unsearchable = 0
    for number, query in enumerate(queries):
        start = time.perf_counter()
        try:
            hits[query.id] = searcher.search(query.text, setting.k, as_of=setting.as_of, explain=False)
        except BadQuery:
            hits[query.id] = []
            unsearchable += 1
        seconds.append(time.perf_counter() - start)
        progress(number + 1, len(queries), "检索")
    return Answered(hits, unsearchable, tuple(seconds))


def score_run(run: Run, qrels: Qrels, k: int, asked: Iterable[str] | None = None) -> dict[str, Score]:
    """The mean of every metric over the judged questions, a question that the run lacks counting as 0.

    `asked` limits the questions (default: all that are judged). Raises `DataMissing` where none is left.
    """
    return {name: mean_score(values) for name, values in per_question(run, qrels, k, asked).items()}


def per_question(
    run: Run, qrels: Qrels, k: int, asked: Iterable[str] | None = None
) -> dict[str, list[float]]:
    """Every metric's values, the questions in the order of their ids. Raises as `score_run`."""
    chosen = sorted(set(qrels if asked is None else asked) & set(qrels))
    chosen = [qid for qid in chosen if has_relevant(qrels[qid])]
    if not chosen:
        raise DataMissing(
            "没有一个问题既有文字又有标注",
            expected="问题文件与标注文件用相同的编号",
            found="0 个共同的编号",
            remedy="检查 --queries 与 --qrels 是否配套",
        )
    ranked = {qid: ranking(run.get(qid, {})) for qid in chosen}
    return {name: [metric(ranked[qid], qrels[qid]) for qid in chosen] for name, metric in metrics(k).items()}


def compare(run: Run, other: Run, qrels: Qrels, k: int, asked: Iterable[str] | None = None) -> dict[str, Any]:
    """For every metric the difference to the other run, with the p-value of a paired randomisation test."""
    chosen = None if asked is None else list(asked)
    first, second = per_question(run, qrels, k, chosen), per_question(other, qrels, k, chosen)
    tests = {name: paired_test(values, second[name]) for name, values in first.items()}
    return {name: {"difference": round(test.value, 4), "p": round(test.p, 4)} for name, test in tests.items()}
