"""Measures a search index on questions with judged articles: recall, MRR and nDCG with intervals.

`zhili eval retrieval --queries F --qrels F --index DIR`
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from eval.errors import DataMissing
from eval.provenance import Stopwatch
from eval.ranking_metrics import has_relevant, ndcg, ranking, recall, reciprocal_rank
from eval.result import Result, Score, mean_score
from foundation.progress import Progress, silent
from foundation.tables import BadRow
from retrieval.errors import BadQuery
from retrieval.index import LexicalIndex
from retrieval.searcher import Searcher
from retrieval.trec import Qrels, Query, Run, read_qrels, read_queries, write_run
from retrieval.values import Hit

Metric = Callable[[list[str], Mapping[str, int]], float]

_RECALL_CUTS = (1, 5, 10, 20, 100)


def metrics(k: int) -> dict[str, Metric]:
    """The metrics that a run of depth `k` supports, by name."""
    found: dict[str, Metric] = {f"R@{cut}": partial(recall, k=cut) for cut in _RECALL_CUTS if cut <= k}
    if k >= 10:
        found |= {"MRR@10": partial(reciprocal_rank, k=10), "nDCG@10": partial(ndcg, k=10)}
    return found


def evaluate_retrieval(
    queries: Path,
    qrels: Path,
    index: Path,
    *,
    k: int = 100,
    run: Path | None = None,
    progress: Progress = silent,
) -> Result:
    """Search every judged question, score the ranking, and optionally keep the run (TREC format).

    Questions that cannot be searched count as answered with nothing; questions without a relevant article
    are left out and counted in the details. No filter of date or region is applied.
    """
    watch = Stopwatch()
    for path in (queries, qrels):
        if not path.is_file():
            raise DataMissing(
                f"找不到评测数据 {path}", expected="可读的文件", found="不存在", remedy="检查路径"
            )
    judged, asked, bad = read_qrels(qrels), list[Query](), list[BadRow]()
    for item in read_queries(queries):
        (bad if isinstance(item, BadRow) else asked).append(item)  # type: ignore[arg-type]
    searcher = Searcher(LexicalIndex.open(index))
    hits, unsearchable = answer(searcher, [query for query in asked if query.id in judged], k, progress)
    if run is not None:
        write_run(run, hits.items())
    scores = score_run(
        {qid: {hit.id: hit.score for hit in found} for qid, found in hits.items()}, judged, k, set(hits)
    )
    details = {
        "k": k,
        "questions": len(asked),
        "judged": len(hits),
        "without_judgement": len(asked) - len(hits),
        "judged_but_not_asked": len(set(judged) - {query.id for query in asked}),
        "unsearchable": unsearchable,
        "bad_lines": [f"{row.number}: {row.problem}" for row in bad],
        "documents": len(searcher.index.documents),
    }
    return Result(
        "retrieval", scores, watch.record(data=[queries, qrels], model_hash=searcher.index.hash), details
    )


def answer(
    searcher: Searcher, queries: list[Query], k: int, progress: Progress = silent
) -> tuple[dict[str, list[Hit]], int]:
    """The hits of every question, and how many questions held nothing that can be searched."""
    hits: dict[str, list[Hit]] = {}
    unsearchable = 0
    for number, query in enumerate(queries):
        try:
            hits[query.id] = searcher.search(query.text, k, explain=False)
        except BadQuery:
            hits[query.id] = []
            unsearchable += 1
        progress(number + 1, len(queries), "检索")
    return hits, unsearchable


def score_run(run: Run, qrels: Qrels, k: int, asked: Iterable[str] | None = None) -> dict[str, Score]:
    """The mean of every metric over the judged questions, a question that the run lacks counting as 0.

    `asked` limits the questions (default: all that are judged). Raises `DataMissing` where none is left.
    """
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
    return {
        name: mean_score([metric(ranked[qid], qrels[qid]) for qid in chosen])
        for name, metric in metrics(k).items()
    }
