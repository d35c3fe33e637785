"""Gates: emergencies and statutory channels against gold: `zhili eval gates --cases FILE [--half 0|1]`.

`FILE` is a TOML of cases (`"class:gate" = [[doors, text], …]`, as tests/triage/gate_cases_200.toml) or JSON
lines with a `channel` (the dispatch gold). `half` keeps the cases of one half by a hash of their text: rules
can be tuned on one half and read once on the other.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.classification import Columns, class_scores
from eval.errors import DataMissing
from eval.provenance import Stopwatch
from eval.result import Result, Score, mean_score
from foundation.canonical import files_hash
from triage.policy.gate_rules import GATES_FILE, KINDS
from triage.policy.gates import check_gates, open_gates
from triage.text import compose, normalise
from triage.training.measure import f1_by_class

EMERGENCY = KINDS[0]
ORDINARY = "热线受理"
LABELS = (ORDINARY, *KINDS)
BAD_FILE = "每行含 channel 的 .jsonl，或 “类别” = [[应接电话, 文本], …] 的 .toml"


@dataclass(frozen=True, slots=True)
class GateCase:
    """A text, the channel that is right for it, and the numbers that the advice must name."""

    text: str
    channel: str
    doors: tuple[str, ...] = ()


def half(text: str) -> int:
    """0 or 1, by a hash of the text."""
    return hashlib.sha256(text.encode()).digest()[0] % 2


def read_cases(path: Path) -> list[GateCase]:
    """The cases of a file; `DataMissing` where it cannot be read or holds an unknown channel."""
    try:
        source = path.read_text("utf-8")
        cases = _from_toml(source) if path.suffix == ".toml" else _from_lines(source)
    except OSError as error:
        raise DataMissing(
            f"无法读取评测数据 {path}", expected=BAD_FILE, found=type(error).__name__, remedy="检查路径"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DataMissing(
            f"{path.name} 不是闸门用例", expected=BAD_FILE, found=str(error)[:80], remedy="对照文件格式改正"
        ) from error
    if unknown := sorted({case.channel for case in cases} - set(LABELS)):
        raise DataMissing(
            f"{path.name} 有不认识的类别",
            expected="、".join(LABELS),
            found="、".join(unknown),
            remedy="改正类别",
        )
    return cases


def _from_toml(source: str) -> list[GateCase]:
    return [
        GateCase(text, kind.partition(":")[0], tuple(door for door in doors.split(",") if door))
        for kind, listed in tomllib.loads(source).items()
        for doors, text in listed
    ]


def _from_lines(source: str) -> list[GateCase]:
    rows = [json.loads(line) for line in source.splitlines() if line.strip()]
    return [GateCase(compose(row.get("title") or "", row["text"] or ""), row["channel"]) for row in rows]


def evaluate_gates(path: Path, *, part: int | None = None) -> Result:
    """Recall and precision of emergencies, macro-F1 over the channels, doors named rightly."""
    watch = Stopwatch()
    cases = [case for case in read_cases(path) if part is None or half(case.text) == part]
    if not cases:
        raise DataMissing(f"{path.name} 没有用例", expected=BAD_FILE, found="0 条", remedy="检查文件")
    target, found = _columns(cases)
    scores = _emergency_scores(target, found) | class_scores("channel", target, found)
    if named := [_named(case) for case in cases if case.doors]:
        scores["emergency.doors_right"] = mean_score(named)
    details: dict[str, Any] = {
        "half": part,
        "cases": dict(Counter(case.channel for case in cases)),
        "f1_by_class": {LABELS[at]: round(value, 4) for at, value in f1_by_class(target, found).items()},
    }
    return Result("gates", scores, watch.record(data=[path], model_hash=files_hash([GATES_FILE])), details)


def channel_of(text: str) -> str:
    """The channel that the gates advise for a text."""
    opened = open_gates(normalise(text))
    return opened[0].gate.kind if opened else ORDINARY


def _columns(cases: Sequence[GateCase]) -> tuple[Columns, Columns]:
    target = np.array([LABELS.index(case.channel) for case in cases], dtype=np.int64)
    found = np.array([LABELS.index(channel_of(case.text)) for case in cases], dtype=np.int64)
    return target, found


def _emergency_scores(target: Columns, found: Columns) -> dict[str, Score]:
    """Recall over the emergencies of the gold, precision over those that were called."""
    emergency = LABELS.index(EMERGENCY)
    meant, called = target == emergency, found == emergency
    scores = {}
    if meant.any():
        scores["emergency.recall"] = mean_score(called[meant].astype(float))
    if called.any():
        scores["emergency.precision"] = mean_score(meant[called].astype(float))
    ordinary = target == LABELS.index(ORDINARY)
    if ordinary.any():
        stopped = found[ordinary] != LABELS.index(ORDINARY)
        scores["ordinary.stopped"] = mean_score(stopped.astype(float))
    return scores


def _named(case: GateCase) -> float:
    """Whether every number that the case wants is named; a gate that stayed shut names none."""
    decision = check_gates(normalise(case.text))
    return float(decision is not None and all(door in decision.channel for door in case.doors))
