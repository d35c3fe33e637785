"""The peers against which search is measured, all over the documents of one index, in one run.

    zhili eval retrieval-baselines --queries F --qrels F --index DIR [--transformer DIR] [--runs DIR]

`bm25_words` (segmented), `bm25_pairs` (pairs of characters, the published starting point), `lsa`,
`transformer` (the mean of a Hugging Face encoder's vectors, not trained for search); and the product's own
steps: `lexical`, `static` (the search encoder alone), `fused`, `reranked`. The best is compared with each by
a paired test. Steps whose models learned from the questions are left out and named: their figures would be
no result (`zhili eval reranker` has them out of fold).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eval.errors import DataMissing
from eval.provenance import Stopwatch
from eval.result import Result, Score
from eval.retrieval import compare, read_judged, score_run
from eval.search_peers import Bm25, Dense, Lsa, Scores, pairs, segmented
from foundation.progress import Progress, silent
from retrieval.dense import SentenceTransformerEncoder, passage
from retrieval.errors import BadQuery
from retrieval.index import LexicalIndex
from retrieval.query import weighted_tokens
from retrieval.searcher import Searcher, best
from retrieval.seen import learned
from retrieval.trec import Query, Run, write_run
from retrieval.values import Hit

DEPTH = 100
READ = 160
"""Characters of an article that the transformer reads, title included: half its cost lies behind them."""
SHOWN = ("R@1", "R@10", "R@100", "MRR@10", "nDCG@10")
Find = Callable[[str], list[Hit]]
"""The best `DEPTH` documents for a text."""


def measure_baselines(
    queries: Path,
    qrels: Path,
    index_path: Path,
    *,
    transformer: str = "",
    only: Sequence[str] = (),
    runs: Path | None = None,
    progress: Progress = silent,
) -> Result:
    """Search every judged question with every peer, or with those of `only`; `runs` keeps the runs (TREC).

    Raises `DataMissing`, also for a peer that there is none of, and where all are left out.
    """
    watch = Stopwatch()
    judged, asked, _ = read_judged(queries, qrels)
    chosen = [query for query in asked if query.id in judged]
    index = LexicalIndex.open(index_path)
    count = int(learned([query.text for query in chosen]).sum())
    peers = _peers(index, transformer, progress)
    wanted = _wanted(peers, only)
    left_out = [name for name in wanted if count and name in _TRAINED]
    found = {name: _run(peers[name](), chosen, name, runs, progress) for name in _honest(wanted, left_out)}
    ids = {query.id for query in chosen}
    scores: dict[str, Score] = {}
    for name, run in found.items():
        measured = score_run(run, judged, DEPTH, ids)
        scores |= {f"{name}.{metric}": measured[metric] for metric in SHOWN}
    first = max(found, key=lambda name: scores[f"{name}.R@10"].value)
    details: dict[str, Any] = {
        "best": first,
        "left_out": left_out,
        "trained_on": count,
        "best_against": {
            name: compare(found[first], run, judged, DEPTH, ids)
            for name, run in found.items()
            if name != first
        },
    }
    return Result(
        "retrieval-baselines", scores, watch.record(data=[queries, qrels], model_hash=index.hash), details
    )


_TRAINED = ("static", "fused", "reranked")


def _peers(index: LexicalIndex, transformer: str, progress: Progress) -> dict[str, Callable[[], Find]]:
    """How every peer is built; one at a time, so that only one is in memory."""
    ids = [document.id for document in index.documents]
    texts = [passage(document) for document in index.documents]
    peers: dict[str, Callable[[], Find]] = {
        "bm25_words": lambda: _top(ids, Bm25(texts, segmented).scores),
        "bm25_pairs": lambda: _top(ids, Bm25(texts, pairs).scores),
        "lsa": lambda: _top(ids, Lsa(texts).scores),
        "lexical": lambda: _top(ids, lambda text: index.lexical.scores(weighted_tokens(text))),
    }
    if transformer:
        read = [text[:READ] for text in texts]
        peers["transformer"] = lambda: _top(
            ids, Dense(read, SentenceTransformerEncoder(transformer, offline=True), progress).scores
        )
    if index.vectors is not None:
        peers["static"] = lambda: _top(ids, _static(index))
        peers["fused"] = lambda: _search(Searcher(index, rerank=False))
        peers["reranked"] = lambda: _search(Searcher(index))
    return peers


def _wanted(peers: Iterable[str], only: Sequence[str]) -> list[str]:
    known = list(peers)
    if strange := [name for name in only if name not in known]:
        raise DataMissing(
            f"没有名为 {'、'.join(strange)} 的检索模型",
            expected="、".join(known),
            found="、".join(only),
            remedy="改正 --only；transformer 还要 --transformer 目录，static 以下要有向量的索引",
        )
    return list(only or known)


def _honest(wanted: Sequence[str], left_out: Sequence[str]) -> list[str]:
    """The peers that learned from none of the questions; `DataMissing` where there is none."""
    if len(left_out) == len(wanted):
        raise DataMissing(
            "要测的模型都学过其中的问题，无法给出可信的数字",
            expected="至少一个没有学过的模型",
            found="、".join(wanted),
            remedy="去掉 --only，或用 zhili eval reranker",
        )
    return [name for name in wanted if name not in left_out]


def _top(ids: Sequence[str], scores: Callable[[str], Scores]) -> Find:
    def find(text: str) -> list[Hit]:
        scored = scores(text)
        places = enumerate(best(scored, DEPTH), start=1)
        return [Hit(ids[int(place)], rank, float(scored[place])) for rank, place in places]

    return find


def _static(index: LexicalIndex) -> Callable[[str], Scores]:
    searcher = Searcher(index, rerank=False)

    def scores(text: str) -> Scores:
        found = np.zeros(len(index.documents), np.float32)
        if index.vectors is None or searcher.encoder is None:
            return found
        asked = searcher.encoder.encode_queries([text])
        near = index.vectors.nearest(asked, DEPTH)
        found[near] = np.maximum(index.vectors.cosines(asked, near)[:, 0], 1e-9)
        return found

    return scores


def _search(searcher: Searcher) -> Find:
    def find(text: str) -> list[Hit]:
        try:
            return searcher.search(text, DEPTH, explain=False)
        except BadQuery:
            return []

    return find


def _run(find: Find, chosen: Sequence[Query], name: str, runs: Path | None, progress: Progress) -> Run:
    """What one peer finds for every question; kept in `runs` where that is a folder."""
    hits = {query.id: find(query.text) for query in _told(chosen, name, progress)}
    if runs is not None:
        write_run(runs / f"{name}.trec", hits.items(), tag=name)
    return {id: {hit.id: hit.score for hit in some} for id, some in hits.items()}


def _told(chosen: Sequence[Query], name: str, progress: Progress) -> Iterator[Query]:
    for number, query in enumerate(chosen, start=1):
        yield query
        progress(number, len(chosen), f"检索 {name}")
