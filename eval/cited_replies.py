"""Does search find the law that a government's published reply cites? With and without what triage expects.

    zhili eval cited-replies --data teddy_c4_reply.jsonl --index DIR

The replies were written by people who never saw this program, so they check what the dispatch catalogue adds
on complaints that its authors did not look at. A reply cites what it needs (often procedure), so a figure
says little by itself; the search encoder has read these messages with their replies, so only the comparison
of the three orders is a result, and the Result says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.errors import DataMissing, must_exist
from eval.provenance import Stopwatch
from eval.randomisation import paired_test
from eval.result import Result, mean_score
from foundation.progress import Progress, silent
from foundation.tables import Row, read_table
from legal_corpus.citation import find_all, format_label
from legal_corpus.titles import short_title
from retrieval.errors import BadQuery
from retrieval.index import LexicalIndex
from retrieval.searcher import Searcher
from retrieval.seen import learned
from retrieval.values import Expected
from service.law_cases import Told, told
from triage.values import Complaint

CUT = 10
ORDERS = ("no_prior", "laws", "laws_and_articles")
WARNING = "检索编码器训练时读过其中 {count} 条留言：只有几种次序的比较是评测结果"
_TITLE = re.compile("《([^《》]{2,40})》")


@dataclass(frozen=True, slots=True)
class Answered:
    """A complaint, and what its reply cites of the law that the index holds."""

    complaint: Complaint
    laws: frozenset[str]
    articles: frozenset[tuple[str, str]]


def measure_cited_replies(data: Path, index_path: Path, *, progress: Progress = silent) -> Result:
    """Share of the cited articles (and whether any cited law) among the first ten, in three orders.

    Raises `DataMissing` where no reply cites a law of the index.
    """
    watch = Stopwatch()
    searcher = Searcher(LexicalIndex.open(index_path))
    chosen = answered(data, searcher.index)
    given = told([one.complaint for one in chosen])
    found = {order: _run(searcher, given, order, progress) for order in ORDERS}
    values = {order: _values(chosen, found[order]) for order in ORDERS}
    scores = {f"{order}.{name}": mean_score(some) for order in ORDERS for name, some in values[order].items()}
    count = int(learned([one.complaint.title for one in chosen]).sum())
    details: dict[str, Any] = {
        "articles_against": {order: _against(values, order) for order in ORDERS[:-1]},
        "trained_on": count,
        "is_result": not count,
    }
    if count:
        details["warning"] = WARNING.format(count=count)
    return Result("cited-replies", scores, watch.record(data=[data], model_hash=searcher.index.hash), details)


def answered(data: Path, index: LexicalIndex) -> list[Answered]:
    """The complaints whose reply cites a law of the index; a reply that comes twice is taken once."""
    must_exist(data)
    names = {(document.law, document.article) for document in index.documents}
    titles = {law for law, _ in names}
    found: dict[str, Answered] = {}
    for row in read_table(data):
        reply = str(row.values.get("reply") or "") if isinstance(row, Row) else ""
        laws = titles & {short_title(title) for title in _TITLE.findall(reply)}
        if not isinstance(row, Row) or not laws or reply in found:
            continue
        cited = [one.citation for one in find_all(reply)]
        articles = names & {(short_title(one.law), format_label(one.article, one.suffix)) for one in cited}
        title, text = str(row.values.get("title") or ""), str(row.values.get("text") or "")
        if title or text:
            complaint = Complaint(text=text or title, title=title, id=str(row.number))
            found[reply] = Answered(complaint, frozenset(laws), frozenset(articles))
    if not found:
        raise DataMissing(
            f"{data} 中没有一条答复引用了索引中的法律",
            expected="列 title text reply；答复中有《……》",
            found="0 条",
            remedy="检查文件，或换用全国法律的索引",
        )
    return list(found.values())


def _run(
    searcher: Searcher, given: Sequence[Told], order: str, progress: Progress
) -> list[list[tuple[str, str]]]:
    """Law and label of the first ten for each complaint."""
    runs = []
    for number, one in enumerate(given, start=1):
        prior = {"no_prior": Expected(), "laws": one.expected.laws_only()}.get(order, one.expected)
        try:
            hits = searcher.search(one.text, CUT, explain=False, prior=prior)
        except BadQuery:
            hits = []
        documents = (searcher.index.document(hit.id) for hit in hits)
        runs.append([(document.law, document.article) for document in documents if document is not None])
        progress(number, len(given), f"检索 {order}")
    return runs


def _values(chosen: Sequence[Answered], run: Sequence[list[tuple[str, str]]]) -> dict[str, list[float]]:
    """Both figures of every reply; that of articles is absent where no reply names one."""
    pairs = list(zip(chosen, run, strict=True))
    values = {
        f"articles.R@{CUT}": [
            len(one.articles & set(names)) / len(one.articles) for one, names in pairs if one.articles
        ],
        f"law@{CUT}": [float(any(law in one.laws for law, _ in names)) for one, names in pairs],
    }
    return {name: some for name, some in values.items() if some}


def _against(values: dict[str, dict[str, list[float]]], order: str) -> dict[str, dict[str, float]]:
    """The last order against this one, by paired tests."""
    found = {}
    for name, some in values[ORDERS[-1]].items():
        test = paired_test(some, values[order][name])
        found[name] = {"difference": round(test.value, 4), "p": round(test.p, 4)}
    return found
