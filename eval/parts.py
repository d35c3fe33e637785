"""Several issues in one message, found or not: `zhili eval parts --data FILE` (a column `multi`).

On rows that the router was trained on its units are read too surely; `seen` tells how many there are. With
`--cross-validate` each row is read by members that saw neither it nor a twin, and messages composed of two
rows of its fold are read as well (`eval.composed`), where the place of the cut is known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.bootstrap import bootstrap_by_index
from eval.classification import DRAWS
from eval.composed import Verdict, compose_messages, composed_scores, judge
from eval.dispatch import siblings
from eval.errors import DataMissing, must_exist
from eval.provenance import Stopwatch
from eval.result import Result, Score, mean_score, with_interval
from foundation.progress import Progress, silent
from foundation.tables import BadRow, read_table
from triage.classifier.calibration import Calibration, Probabilities, probabilities
from triage.classifier.member import Head, Labels, Member
from triage.classifier.parts import find_parts
from triage.classifier.router import Router
from triage.text import compose
from triage.training.data import TrainingRow, clean_texts, load_rows
from triage.training.recipe import Recipe, Workshop, fit_members
from triage.training.split import cross_validation, split_rows, twin_groups

COMPOSED = 200
"""Messages composed of the rows of each fold."""
Flags = npt.NDArray[np.bool_]
Columns = npt.NDArray[np.int64]


def evaluate_parts(data: Path, model: Path | None = None, *, half: int | None = None) -> Result:
    """Precision, recall and F1 of detection; `half`: only the rows whose id hashes to it.

    Raises `DataMissing` where the file has no column `multi`.
    """
    watch = Stopwatch()
    rows = _named(data, half)
    texts = clean_texts([compose(str(row.get("title") or ""), str(row.get("text") or "")) for row in rows])
    gold = np.array([bool(row["multi"]) for row in rows])
    router = Router.load(model)
    found = np.array([bool(find_parts(text, router)) for text in texts])
    details = {"model": router.name, "several": int(gold.sum()), "seen": int(sum(router.seen(texts)))}
    record = watch.record(data=[data], model_hash=router.manifest.hash)
    return Result("parts", detection_scores(gold, found), record, details)


def cross_validate_parts(
    data: Path,
    folds: int,
    *,
    model: Path | None = None,
    also: Sequence[Path] | None = None,
    half: int | None = None,
    recipe: Recipe | None = None,
    progress: Progress = silent,
) -> Result:
    """The same figures out of fold, and those of composed messages; temperatures are the artefact's.

    `also`: further training files; by default those that the artefact names and that lie beside `data`.
    Raises `DataMissing` where the file has no column `multi`, or none of its rows is read out of fold.
    """
    watch = Stopwatch()
    router = Router.load(model)
    marked = {_key(row): bool(row["multi"]) for row in _named(data, half)}
    # Another file may use the same keys for other messages.
    several = {row.id: marked[_own(row)] for row in load_rows([data]) if _own(row) in marked}
    others = list(also) if also is not None else siblings(router, data)
    rows = load_rows([data, *others])
    outside = {row.id for row in split_rows(rows).test}
    rows = [row for row in rows if row.id not in outside]
    shop = Workshop()
    shop.bar(rows, twin_groups(rows))
    gold: list[bool] = []
    found: list[bool] = []
    verdicts: list[Verdict] = []
    for number, split in enumerate(cross_validation(rows, folds)):
        members = fit_members(split.train, router.labels, recipe or Recipe(), shop=shop)
        reader = FoldReader(members, router.calibration, router.labels)
        part = [row for row in split.test if row.id in several]
        single = [row for row in part if not several[row.id]]
        gold += [several[row.id] for row in part]
        found += [bool(find_parts(row.text, reader)) for row in part]
        verdicts += [judge(message, reader) for message in compose_messages(single, COMPOSED, number)]
        progress(number + 1, folds, "交叉验证")
    if not gold:
        raise DataMissing(
            f"{data.name} 中没有可逐折评测的行", expected="带标签的留言", found="0 行", remedy="检查文件"
        )
    scores = detection_scores(np.array(gold), np.array(found)) | composed_scores(verdicts)
    details = {"folds": folds, "several": sum(gold), "half": half, "members": sorted(members)}
    return Result("parts", scores, watch.record(data=[data, *others], model_hash=""), details)


@dataclass(frozen=True, slots=True)
class FoldReader:
    """The members of one fold as a reader of parts."""

    members: Mapping[str, Member]
    calibration: Calibration
    labels: Labels

    def quick_probabilities(self, texts: Sequence[str]) -> Mapping[Head, Probabilities]:
        """By the linear member alone."""
        return self._asked({"linear": self.members["linear"]}, texts)

    def probabilities(self, texts: Sequence[str]) -> Mapping[Head, Probabilities]:
        """By all members."""
        return self._asked(self.members, texts)

    def _asked(self, members: Mapping[str, Member], texts: Sequence[str]) -> Mapping[Head, Probabilities]:
        outputs = {name: member.logits(texts) for name, member in members.items()}
        return probabilities(outputs, self.calibration, self.labels)


def _named(data: Path, half: int | None) -> Sequence[Mapping[str, Any]]:
    """The rows with a column `multi`, of one half or of both; `DataMissing` where there is none."""
    must_exist(data)
    named = [row.values for row in read_table(data) if not isinstance(row, BadRow) and "multi" in row.values]
    rows = [row for row in named if half is None or hash_half(_key(row)) == half]
    if not rows:
        raise DataMissing(
            f"{data.name} 中没有 multi 列", expected="multi（true/false）", found="没有", remedy="检查文件"
        )
    return rows


def _key(row: Mapping[str, Any]) -> str:
    return str(row.get("uid") or row.get("id"))


def _own(row: TrainingRow) -> str:
    """The row's key in its file."""
    return row.id.partition(":")[2]


def hash_half(name: str) -> int:
    """0 or 1, the same on every machine."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2


def detection_scores(gold: Flags, found: Flags) -> dict[str, Score]:
    """Precision, recall and F1 (0 where nothing was found), and the share of single issues that are cut."""
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
    if not gold.all():
        scores["parts.single_cut"] = mean_score(found[~gold].astype(np.float64))
    return scores


def _one(figures: Callable[[Columns], Sequence[float]], number: int, chosen: Columns) -> float:
    return figures(chosen)[number]
