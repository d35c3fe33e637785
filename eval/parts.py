"""Several issues in one message, found or not: `zhili eval parts --data FILE` (a column `multi`).

On rows that the router was trained on its units are read too surely; `seen_in_training` tells how many. The
figures in the log are out of fold: each row read by a member that saw neither it nor a twin.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eval.bootstrap import bootstrap_by_index
from eval.classification import DRAWS
from eval.errors import DataMissing, must_exist
from eval.provenance import Stopwatch
from eval.result import Result, Score, with_interval
from foundation.tables import BadRow, read_table
from triage.classifier.parts import find_parts
from triage.classifier.router import Router
from triage.text import compose
from triage.training.data import clean_texts

Flags = npt.NDArray[np.bool_]
Columns = npt.NDArray[np.int64]


def evaluate_parts(data: Path, model: Path | None = None, *, half: int | None = None) -> Result:
    """Precision, recall and F1 of detection; `half`: only the rows whose id hashes to it.

    Raises `DataMissing` where the file has no column `multi`.
    """
    watch = Stopwatch()
    must_exist(data)
    named = [row.values for row in read_table(data) if not isinstance(row, BadRow) and "multi" in row.values]
    rows = [row for row in named if half is None or hash_half(str(row.get("uid") or row.get("id"))) == half]
    if not rows:
        raise DataMissing(
            f"{data.name} 中没有 multi 列", expected="multi（true/false）", found="没有", remedy="检查文件"
        )
    texts = clean_texts([compose(str(row.get("title") or ""), str(row.get("text") or "")) for row in rows])
    gold = np.array([bool(row["multi"]) for row in rows])
    router = Router.load(model)
    found = np.array([bool(find_parts(text, router)) for text in texts])
    details = {"model": router.name, "several": int(gold.sum()), "seen": int(sum(router.seen(texts)))}
    record = watch.record(data=[data], model_hash=router.manifest.hash)
    return Result("parts", detection_scores(gold, found), record, details)


def hash_half(name: str) -> int:
    """0 or 1, the same on every machine."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2


def detection_scores(gold: Flags, found: Flags) -> dict[str, Score]:
    """Precision, recall and F1 with their intervals; 0 where nothing was found."""
    n = len(gold)

    def figures(chosen: Columns) -> Sequence[float]:
        both = int((gold[chosen] & found[chosen]).sum())
        precision = both / max(int(found[chosen].sum()), 1)
        recall = both / max(int(gold[chosen].sum()), 1)
        return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)

    scores = {}
    for number, name in enumerate(("precision", "recall", "f1")):
        interval = bootstrap_by_index(n, partial(_one, figures, number), draws=DRAWS)
        scores[f"parts.{name}"] = with_interval(figures(np.arange(n))[number], interval, n)
    return scores


def _one(figures: Callable[[Columns], Sequence[float]], number: int, chosen: Columns) -> float:
    return figures(chosen)[number]
