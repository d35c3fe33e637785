"""What is wrong with a set of labelled tickets, before anything is trained on it (数据体检).

Found: labels with too few rows; the same message under two labels (disputes); messages that tell how they
were handled, which nobody knows when a call comes in (leaks). Ids are named, texts never.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from triage.classifier.member import HEADS, Head
from triage.training.conventions import is_coarse
from triage.training.data import TrainingRow
from triage.training.labels import label_of

FEWEST = 10
"""A label with fewer rows is hardly learned."""
_HANDLED = re.compile(
    r"(?:办理|处理|核查|调查|回访)(?:结果|情况|意见)[:：]|经(?:核实|调查|核查)[，,]|(?:现)?(?:答复|回复)如下|"
    r"已(?:转|派|交)(?:至|由|往)?[^，。\s]{2,14}(?:办理|处理)|感谢您(?:的来信|的留言|对我)|(?:已)?办结|满意度[:：]"
)


@dataclass(frozen=True, slots=True)
class Dispute:
    """Twins that carry different labels of one head: at most one of them is right."""

    head: Head
    ids: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataCheck:
    """What the check found."""

    rows: int
    labelled: int
    counts: dict[Head, dict[str, int]]
    thin: dict[Head, tuple[str, ...]]
    """Labels with fewer than `FEWEST` rows."""
    duplicates: int
    """Labelled rows that are a near-duplicate of another; a split keeps them on one side."""
    disputes: tuple[Dispute, ...]
    leaks: tuple[str, ...]
    """Ids of messages that tell how they were handled."""
    undated: int

    def lines(self) -> list[str]:
        """The findings in words, one a line."""
        found = [f"数据体检：{self.rows} 行，其中人工标注 {self.labelled} 行，无时间 {self.undated} 行"]
        found += [
            f"{head}：{len(self.counts[head])} 类；不足 {FEWEST} 行的 {len(names)} 类：{_some(names, 12)}"
            for head, names in self.thin.items()
            if names
        ]
        found.append(f"近似重复 {self.duplicates} 行（划分时放在同一侧）")
        if self.disputes:
            first = self.disputes[0]
            found.append(
                f"标签冲突 {len(self.disputes)} 组，例如 {_some(first.ids)}：{'／'.join(first.labels)}"
            )
        if self.leaks:
            found.append(f"疑似含有办理结果（受理时还不知道）{len(self.leaks)} 行，例如 {_some(self.leaks)}")
        return found


def check_rows(rows: Sequence[TrainingRow], twins: Sequence[int]) -> DataCheck:
    """Look the rows over; `twins`: a number for each row, the same for near-duplicates."""
    by_hand = [row for row in rows if row.by_hand]
    counts = {head: Counter(_name(row, head) for row in by_hand if label_of(row, head)) for head in HEADS}
    groups: dict[int, list[TrainingRow]] = defaultdict(list)
    for row, twin in zip(rows, twins, strict=True):
        if row.by_hand:
            groups[twin].append(row)
    several = [group for group in groups.values() if len(group) > 1]
    return DataCheck(
        rows=len(rows),
        labelled=len(by_hand),
        counts={head: dict(found.most_common()) for head, found in counts.items()},
        thin={
            head: tuple(name for name, count in found.items() if count < FEWEST)
            for head, found in counts.items()
        },
        duplicates=sum(map(len, several)),
        disputes=tuple(dispute for group in several for dispute in _disputes(group)),
        leaks=tuple(row.id for row in by_hand if _HANDLED.search(row.text)),
        undated=sum(not row.received for row in rows),
    )


def _disputes(group: Sequence[TrainingRow]) -> list[Dispute]:
    """The heads on which twins differ; the two conventions of level 1 are no dispute."""
    found = []
    for head in HEADS:
        sides = [[row for row in group if is_coarse(row) == coarse] for coarse in (True, False)]
        for side in sides if head == "level1" else [list(group)]:
            labelled = [row for row in side if label_of(row, head)]
            names = sorted({_name(row, head) for row in labelled})
            if len(names) > 1:
                found.append(Dispute(head, tuple(row.id for row in labelled), tuple(names)))
    return found


def _some(names: Sequence[str], count: int = 3) -> str:
    return "、".join(names[:count])


def _name(row: TrainingRow, head: Head) -> str:
    label = label_of(row, head)
    return "/".join(label) if isinstance(label, tuple) else str(label)
