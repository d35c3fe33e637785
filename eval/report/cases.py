"""The cases of a report: what was predicted for each message, what is right, and what is known about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eval.classification import Columns, unseen_rows
from eval.errors import BadPredictions, DataMissing, must_exist
from eval.report.predictions import Predicted, Predictions, predicted_rows, printable
from eval.router import own_convention
from eval.router_slices import slice_names
from triage.classifier.router import Router
from triage.training.data import TrainingRow, load_rows

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class About:
    """What is known about a message besides its labels; empty where it is not known."""

    length: int
    """Characters of the clean, masked text."""
    year: str
    region: str
    channel: str
    source: str
    text: str
    """The masked text; empty unless it was asked for."""


@dataclass(frozen=True)
class Judged:
    """One head over the messages that carry its label."""

    head: str
    rows: tuple[Predicted, ...]
    about: tuple[About, ...]

    @cached_property
    def true(self) -> tuple[str, ...]:
        """The label of each message."""
        return tuple(row.true[self.head] for row in self.rows)

    @cached_property
    def predicted(self) -> tuple[str, ...]:
        """The most probable label of each message."""
        return tuple(row.ranked[self.head][0][0] for row in self.rows)

    @cached_property
    def confidence(self) -> Floats:
        """Its probability."""
        return np.array([row.ranked[self.head][0][1] for row in self.rows])

    @cached_property
    def right(self) -> Flags:
        """Whether it is the label."""
        return np.array([one == other for one, other in zip(self.true, self.predicted, strict=True)])

    @cached_property
    def accepted(self) -> Flags:
        """Whether it is right or, of a department, one to which dispatch is not wrong."""
        if self.head != "department":
            return self.right
        found = zip(self.rows, self.predicted, strict=True)
        others = np.array([label in row.acceptable for row, label in found], dtype=np.bool_)
        return np.logical_or(self.right, others)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Every label that occurs, in the order of the alphabet."""
        ranked = (label for row in self.rows for label, _ in row.ranked[self.head])
        return tuple(sorted({*self.true, *ranked}))

    @cached_property
    def target(self) -> Columns:
        """The column of each label."""
        column = {label: n for n, label in enumerate(self.labels)}
        return np.array([column[label] for label in self.true], dtype=np.int64)

    @cached_property
    def first(self) -> Columns:
        """The column of each first label."""
        column = {label: n for n, label in enumerate(self.labels)}
        return np.array([column[label] for label in self.predicted], dtype=np.int64)

    def among(self, k: int) -> Flags:
        """Whether the label is among the first `k`."""
        found = zip(self.rows, self.true, strict=True)
        return np.array([true in dict(row.ranked[self.head][:k]) for row, true in found])


@dataclass(frozen=True, slots=True)
class Cases:
    """All messages of a report."""

    rows: tuple[Predicted, ...]
    about: tuple[About, ...]
    seen: int = 0
    """Labelled messages that were left out because the router was trained on them."""

    def judged(self, head: str) -> Judged | None:
        """One head; `None` where no message carries its label."""
        kept = [n for n, row in enumerate(self.rows) if row.true.get(head) and row.ranked.get(head)]
        if not kept:
            return None
        return Judged(head, tuple(self.rows[n] for n in kept), tuple(self.about[n] for n in kept))


@dataclass(frozen=True, slots=True)
class Labelled:
    """The labelled rows of the data files, and what is known about each."""

    rows: tuple[TrainingRow, ...]
    about: tuple[About, ...]


def read_labelled_files(data: Sequence[Path], *, with_text: bool = False) -> Labelled:
    """The rows with a level 1 or a department; `DataMissing` where there is none."""
    rows: list[TrainingRow] = []
    about: list[About] = []
    for path in data:
        must_exist(path)
        found = [row for row in load_rows([path]) if row.by_hand and (row.level1 or row.dept)]
        names = slice_names(found, path)
        rows += found
        about += [_about(row, names, n, with_text) for n, row in enumerate(found)]
    if not rows:
        raise DataMissing(
            "数据中没有一级事项或单位标签",
            expected="label、level1、dept 或 department 列",
            found="没有",
            remedy="检查文件",
        )
    return Labelled(tuple(rows), tuple(about))


def cases_of_router(router: Router, labelled: Labelled, *, own: bool = False) -> Cases:
    """What a router says of the rows that it was not trained on (`ContaminatedData` where none is left).

    `own`: level 1 is asked by the convention in which each row is labelled; else the router decides.
    """
    kept = unseen_rows(router, labelled.rows, "用 --cross-validated：先以 zhili eval dispatch 逐折预测")
    names = {id(row) for row in kept}
    about = tuple(one for row, one in zip(labelled.rows, labelled.about, strict=True) if id(row) in names)
    found = router.probabilities([row.text for row in kept])
    if own:
        found = {**found, "level1": own_convention(router, kept)}
    return Cases(predicted_rows(kept, found, router.labels), about, len(labelled.rows) - len(kept))


def cases_of_predictions(predictions: Predictions, labelled: Labelled) -> Cases:
    """Predictions with what the data know of the messages; `BadPredictions` where they are of other data."""
    known: dict[str, tuple[TrainingRow, About]] = {
        printable(row.id): (row, about) for row, about in zip(labelled.rows, labelled.about, strict=True)
    }
    about = []
    for row in predictions.rows:
        if row.id not in known or not _agree(row.true, known[row.id][0]):
            raise BadPredictions(
                f"预测文件与数据不符：编号 {row.id[:80]}",
                expected="与 --data 相同的编号和标签",
                found="编号不存在" if row.id not in known else "标签不同",
                remedy="用预测时的数据文件",
            )
        about.append(known[row.id][1])
    return Cases(predictions.rows, tuple(about))


def _agree(true: Mapping[str, str], row: TrainingRow) -> bool:
    """Whether the labels of a prediction are those of the row; heads that it does not name do not matter."""
    found = {"level1": row.level1, "department": row.dept, "kind": row.kind, "urgency": row.urgency}
    return all(found.get(head) == label for head, label in true.items())


def _about(row: TrainingRow, names: Mapping[str, Sequence[str]], n: int, with_text: bool) -> About:
    return About(
        length=len(row.text),
        year=printable(row.received[:4]),
        region=printable(names["region"][n]),
        channel=printable(names["channel"][n]),
        source=row.source,
        text=row.text if with_text else "",
    )
