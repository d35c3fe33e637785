"""A new router against the one in use, on the same messages, which neither of them was trained on.

Paired bootstrap: both are resampled together, so what makes a message hard for both does not blur the
difference (Efron & Tibshirani 1993, ch. 16).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from triage.classifier.member import Head
from triage.classifier.router import Router
from triage.training.calibrate import target_columns
from triage.training.data import TrainingRow
from triage.training.measure import interval

FEWEST = 50
"""Messages below which nothing is said."""
DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two routers did on the same `n` messages; shares of right answers."""

    head: Head
    n: int
    current: float
    new: float
    low: float
    high: float
    """95 % interval of new minus current."""

    @property
    def worse(self) -> bool:
        """Whether the new one is surely worse."""
        return self.high < 0

    def line(self) -> str:
        """In words."""
        verdict = "变差" if self.worse else "变好" if self.low > 0 else "无显著差别"
        return (
            f"{self.head}：{self.n} 条两者都未见过的留言，现用 {self.current:.3f}，新 {self.new:.3f}，"
            f"差 {self.new - self.current:+.3f}（{self.low:+.3f}～{self.high:+.3f}），{verdict}"
        )


def compare_routers(current: Router, new: Router, rows: Sequence[TrainingRow]) -> list[Comparison]:
    """One comparison a head that enough of the `rows`, unseen by both, carry a label of; maybe none."""
    texts = [row.text for row in rows]
    unseen = ~(np.array(current.seen(texts)) | np.array(new.seen(texts)))
    kept = [row for row, is_new in zip(rows, unseen, strict=True) if is_new]
    if len(kept) < FEWEST:
        return []
    one = _right(current, kept)
    two = _right(new, kept)
    found = []
    for head in one:
        known = one[head][0]
        if known.sum() >= FEWEST:
            found.append(_paired(head, one[head][1][known], two[head][1][known]))
    return found


def _right(router: Router, rows: Sequence[TrainingRow]) -> dict[Head, tuple[npt.NDArray[np.bool_], ...]]:
    """By head: which rows carry a label, and where the first answer is it (or an acceptable department)."""
    predicted = router.probabilities([row.text for row in rows])
    result: dict[Head, tuple[npt.NDArray[np.bool_], ...]] = {}
    for head in ("level1", "department", "kind", "urgency"):
        target = target_columns(rows, router.labels, head)
        first = predicted[head].argmax(axis=1)
        right = first == target
        if head == "department":
            names = router.labels.departments
            right |= np.array([names[c] in row.dept_ok for c, row in zip(first, rows, strict=True)])
        result[head] = (target >= 0, right)
    return result


def _paired(head: Head, one: npt.NDArray[np.bool_], two: npt.NDArray[np.bool_]) -> Comparison:
    difference = two.astype(float) - one.astype(float)
    low, high = interval(len(one), lambda drawn: float(difference[drawn].mean()), draws=DRAWS)
    return Comparison(head, len(one), float(one.mean()), float(two.mean()), low, high)
