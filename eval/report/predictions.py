"""Predictions as a file, so that a report can be made of what was predicted out of fold.

    zhili eval dispatch --data FILE --cross-validate 5 --predictions OUT.jsonl

The first line tells where they come from, every further line is one message: its id, its labels, the other
departments to which dispatch is not wrong, and by head the most probable labels. It holds no text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np

from eval.errors import BadPredictions, DataMissing
from eval.result import write_whole
from foundation.canonical import to_json, to_plain
from triage.classifier.calibration import Probabilities
from triage.classifier.member import Head, Labels
from triage.training.data import TrainingRow
from triage.training.labels import label_of

FORMAT = 1
KEPT = 10
"""Labels a head that are kept, the most probable first."""
REPORTED: tuple[Head, ...] = ("level1", "department", "kind", "urgency")

Ranked = tuple[tuple[str, float], ...]
"""Labels and their probabilities, best first."""

# Control characters, what turns the direction of writing, and halves of a character that no file can hold.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Predicted:
    """What was predicted for one message, beside what is right."""

    id: str
    true: Mapping[str, str]
    """By head, the label that a person gave."""
    acceptable: tuple[str, ...]
    """Further departments to which dispatch is not wrong."""
    ranked: Mapping[str, Ranked]


@dataclass(frozen=True, slots=True)
class Predictions:
    """All messages of one run, and where the run comes from."""

    rows: tuple[Predicted, ...]
    origin: Mapping[str, Any] = field(default_factory=dict)
    """Provenance and parameters of the run, as JSON holds them."""


def predicted_rows(
    rows: Sequence[TrainingRow], found: Mapping[Head, Probabilities], labels: Labels
) -> tuple[Predicted, ...]:
    """The rows with their labels and their most probable labels; equal ones in the order of the labels."""
    names = {head: labels.of(head) for head in REPORTED}
    result = []
    for number, row in enumerate(rows):
        true: dict[str, str] = {
            head: cast(str, label_of(row, head)) for head in REPORTED if label_of(row, head)
        }
        ranked: dict[str, Ranked] = {head: _ranked(found[head][number], names[head]) for head in REPORTED}
        result.append(Predicted(printable(row.id), true, row.dept_ok, ranked))
    return tuple(result)


def write_predictions(predictions: Predictions, path: Path) -> None:
    """One JSON line for the origin and one a message; whole or not at all (`FileProblem`)."""
    head = {"zhili": "predictions", "format": FORMAT, "origin": to_plain(dict(predictions.origin))}
    lines = [to_json(head), *(to_json(row) for row in predictions.rows)]
    write_whole(path, "\n".join(lines) + "\n")


def read_predictions(path: Path) -> Predictions:
    """The predictions of a file; `DataMissing` where it is missing, `BadPredictions` where it is broken."""
    if not path.is_file():
        raise DataMissing(f"找不到预测文件 {path}", expected="可读的文件", found="不存在", remedy="检查路径")
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise _bad(path, 1, f"不是 UTF-8 文本（{error.reason}）") from error
    head = _object(path, 1, lines[0] if lines else "")
    if head.get("zhili") != "predictions" or head.get("format") != FORMAT:
        raise _bad(path, 1, "不是本版本的预测文件")
    origin = head.get("origin")
    rows = tuple(_row(path, n, line) for n, line in enumerate(lines[1:], 2) if line.strip())
    if len({row.id for row in rows}) < len(rows):
        raise _bad(path, len(rows) + 1, "有重复的编号")
    if not rows:
        raise _bad(path, 2, "没有一条预测")
    return Predictions(rows, origin if isinstance(origin, dict) else {})


def printable(text: str) -> str:
    """The text with whatever cannot be shown or stored replaced by �; ids come from strangers' files."""
    return _UNPRINTABLE.sub("\ufffd", text)


def _ranked(row: Probabilities, names: Sequence[Any]) -> Ranked:
    order = np.argsort(-row, kind="stable")[:KEPT]
    return tuple((str(names[column]), round(float(row[column]), 6)) for column in order)


def _row(path: Path, number: int, line: str) -> Predicted:
    values = _object(path, number, line)
    try:
        return Predicted(
            id=printable(_string(values["id"])),
            true={str(head): printable(_string(label)) for head, label in values["true"].items()},
            acceptable=tuple(printable(_string(label)) for label in values["acceptable"]),
            ranked={str(head): _read_ranked(pairs) for head, pairs in values["ranked"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _bad(path, number, f"{type(error).__name__}：{error}") from error


def _read_ranked(pairs: Any) -> Ranked:
    """The labels best first; raises `ValueError` where a probability is none or a label stands twice."""
    found = [(printable(_string(label)), float(p)) for label, p in pairs]
    if not found or len({label for label, _ in found}) < len(found):
        raise ValueError("标签为空或重复")
    if any(not math.isfinite(p) or not 0 <= p <= 1 for _, p in found):
        raise ValueError("概率不在 0 与 1 之间")
    return tuple(sorted(found, key=lambda pair: -pair[1]))


def _string(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("应为非空文字")
    return value


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise _bad(path, number, "不是 JSON") from error
    if not isinstance(found, dict):
        raise _bad(path, number, "不是 JSON 对象")
    return found


def _bad(path: Path, number: int, found: str) -> BadPredictions:
    return BadPredictions(
        f"预测文件 {path.name} 第 {number} 行无法使用",
        expected="zhili eval dispatch --cross-validate … --predictions 写出的文件",
        found=found,
        remedy="重新生成预测文件",
    )
