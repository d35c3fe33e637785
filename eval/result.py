"""One measurement: its scores with intervals, and where they come from; as JSON and as a table."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.bootstrap import Interval, Values, bootstrap_interval, mean
from eval.provenance import Provenance
from foundation.canonical import to_json, to_plain
from foundation.errors import FileProblem

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True)
class Score:
    """One figure over `n` items; `low` and `high` bound its 95 % interval (`None`: none was computed)."""

    value: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Result:
    """What one run of one benchmark gave."""

    name: str
    """`retrieval`, `router`, …"""
    scores: Mapping[str, Score]
    provenance: Provenance
    details: Mapping[str, Any] = field(default_factory=dict)
    """Parameters, counts, per-class figures: anything that JSON can hold."""

    def to_dict(self) -> dict[str, Any]:
        """The result as one flat JSON object: name, scores, provenance, details."""
        return {
            "name": self.name,
            "scores": to_plain(dict(self.scores)),
            **to_plain(self.provenance),
            "details": to_plain(dict(self.details)),
        }


def mean_score(values: Values) -> Score:
    """The mean of per-item values with its bootstrap interval; no items is an error of the caller."""
    if len(values) == 0:
        raise ValueError("no items to average")
    import numpy as np

    array = np.asarray(values, dtype=np.float64)
    return with_interval(mean(array), bootstrap_interval(array), len(array))


def with_interval(value: float, interval: Interval, n: int) -> Score:
    """A score from a figure and its interval, rounded to what is meaningful."""
    return Score(round(value, 6), round(interval.low, 6), round(interval.high, 6), n)


def save_result(result: Result, path: Path) -> None:
    """Write the result as JSON, whole or not at all; raise `FileProblem` where it cannot be written."""
    write_whole(path, to_json(result.to_dict(), indent=1) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Write UTF-8 text beside `path` and rename it into place; raise `FileProblem` where that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        draft = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
            draft.chmod(0o644)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise FileProblem(
            f"无法写入 {path}", found=error.strerror or type(error).__name__, remedy="检查权限与磁盘空间"
        ) from error


def render_table(result: Result) -> Table:
    """The result as a table for people (print it with a rich console)."""
    from rich.table import Table

    origin = result.provenance
    table = Table(
        title=f"zhili eval {result.name}",
        caption=f"数据 {origin.data_hash[:19]} · 模型 {origin.model_hash[:19] or '无'}"
        f" · 代码 {origin.commit[:9]} · {origin.date} · {origin.seconds:.1f} 秒",
    )
    table.add_column("指标")
    for name in ("数值", "95% 区间", "样本数"):
        table.add_column(name, justify="right")
    for metric, score in result.scores.items():
        table.add_row(metric, f"{score.value:.4f}", _interval(score), str(score.n))
    return table


def _interval(score: Score) -> str:
    return "—" if score.low is None or score.high is None else f"{score.low:.4f} – {score.high:.4f}"
