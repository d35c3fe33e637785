"""How well the masker does on the planted corpus, and what structured information it leaves in real files.

    zhili eval privacy [--data FILE …] [--part open|held|all]

A secret counts as masked only where no letter or digit of it survives. False masks are characters outside
secrets that were masked: over the whole corpus, and over the look-alikes alone, the harder figure. The count
on real files is a lower bound of what was missed: it sees only forms that a simple pattern knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eval.bootstrap import bootstrap_by_index
from eval.errors import EvalError
from eval.pii_corpus import SEED, PlantedItem, build_corpus
from eval.pii_forms import MAKERS, PROVINCES, STRUCTURED, VAGUE
from eval.provenance import Stopwatch
from eval.result import Result, Score, mean_score, with_interval
from foundation.canonical import tagged_hash
from foundation.tables import Row, read_table
from triage.privacy.masker import find_personal, mask

_FREE_TEXT = ("title", "text", "reply")
_LEFT = {
    "mobile": r"(?<!\d)1[3-9]\d{9}(?!\d)",
    "fixed_phone": r"(?<!\d)0(?:10|2\d|[3-9]\d\d)-[2-9]\d{6,7}(?!\d)",
    "id_number": r"(?<!\d)[1-9]\d{16}[\dXx](?![\dXx])",
    "plate": f"[{PROVINCES}][A-Z][·.]?[A-Z0-9]{{4}}[A-Z0-9挂学警]",
    "email": r"[A-Za-z0-9._-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}",
    "wechat_or_qq": r"(?i:微信号?|qq号?)[:：]?\s?[a-z0-9_-]{6,}",
}


def evaluate_privacy(part: str = "all", data: Sequence[Path] = (), seed: int = SEED) -> Result:
    """Recall by kind and false masks on the corpus (`part`: open, held or all), remains in `data`."""
    if part not in ("open", "held", "all"):
        raise EvalError("没有这一部分语料", expected="open、held 或 all", found=part, remedy="改正 --part")
    watch = Stopwatch()
    items = [item for item in build_corpus(seed) if part in ("all", item.part)]
    judged = [_judge(item) for item in items]
    scores = _scores(items, judged)
    details: dict[str, Any] = {"part": part, "seed": seed, "corpus": tagged_hash([i.text for i in items])}
    details["missed"] = _missed(items, judged)
    details["left_in_real_files"] = {path.name: _left(path) for path in data}
    sources = [Path(__file__).with_name("pii_templates.toml"), *data]
    return Result("privacy", scores, watch.record(data=sources, model_hash=""), details)


def _judge(item: PlantedItem) -> tuple[bool, bool, int, int]:
    """Whether the secret is gone, whether under its own kind; characters masked wrongly, and outside."""
    found = find_personal(item.text)
    covered = np.zeros(len(item.text), dtype=bool)
    for one in found:
        covered[one.start : one.end] = True
    secret = range(item.start, item.end)
    gone = all(covered[i] or not item.text[i].isalnum() for i in secret)
    named = any(one.kind == item.kind and one.start < item.end and one.end > item.start for one in found)
    wrong = int(covered.sum() - covered[item.start : item.end].sum())
    return gone, gone and named, wrong, len(item.text) - len(secret)


def _scores(items: Sequence[PlantedItem], judged: Sequence[tuple[bool, bool, int, int]]) -> dict[str, Score]:
    gone = np.array([j[0] for j in judged], dtype=np.float64)
    named = np.array([j[1] for j in judged], dtype=np.float64)
    groups = np.array([item.group for item in items])
    scores = {
        "recall.structured": mean_score(gone[np.isin(groups, STRUCTURED)]),
        "recall.names_and_addresses": mean_score(gone[np.isin(groups, VAGUE)]),
        "right_kind": mean_score(named[groups != "lookalike"]),
    }
    for group in MAKERS:
        scores[f"recall.{group}"] = mean_score(gone[groups == group])
    counts = np.array([[j[2], j[3]] for j in judged], dtype=np.float64)
    scores["false_masks.all"] = _share(counts)
    scores["false_masks.lookalikes"] = _share(counts[groups == "lookalike"])
    return scores


def _share(counts: np.ndarray[Any, np.dtype[np.float64]]) -> Score:
    """Characters masked wrongly over characters outside secrets, items drawn with replacement."""
    share: Callable[[Any], float] = lambda i: float(counts[i, 0].sum() / counts[i, 1].sum())  # noqa: E731
    return with_interval(share(np.arange(len(counts))), bootstrap_by_index(len(counts), share), len(counts))


def _missed(items: Sequence[PlantedItem], judged: Sequence[tuple[bool, bool, int, int]]) -> dict[str, Any]:
    """Our own sentences that went wrong, open part alone: the held part is not for looking at."""
    shown: dict[str, list[str]] = {"kept": [], "masked_wrongly": []}
    for item, (gone, _, wrong, _) in zip(items, judged, strict=True):
        if item.part == "open" and not gone:
            shown["kept"].append(item.text)
        if item.part == "open" and wrong:
            shown["masked_wrongly"].append(mask(item.text).text)
    return shown


def _left(path: Path) -> dict[str, int]:
    """How many hits of simple patterns survive masking in the free text of a file. Counts only."""
    counts = dict.fromkeys(_LEFT, 0) | {"rows": 0}
    for row in read_table(path):
        if not isinstance(row, Row):
            continue
        counts["rows"] += 1
        for field in _FREE_TEXT:
            text = mask(str(row.values.get(field) or "")).text
            for name, pattern in _LEFT.items():
                counts[name] += len(re.findall(pattern, text))
    return counts
