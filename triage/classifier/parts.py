"""Several issues in one message (一件多诉): found, divided, each routed by itself.

Every unit of the message (`triage.classifier.segments`) is read by itself; the division that explains the
units best is found by dynamic programming over (unit, department): a unit costs what its reading says against
the department of its part, a change of department costs more at an ordinary sentence than at 二是 or 另外. A
part must hold its own: read as a whole it is sure of its department, and not of the other part's. Costs and
bounds were set on one half of dispatch gold and measured on the other (docs/experiment_log.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from triage.classifier.calibration import Probabilities
from triage.classifier.member import Head, Labels
from triage.classifier.segments import Opening, Unit, find_units

MOST_UNITS = 60
"""Units that are looked at; a longer message is read up to there."""


@dataclass(frozen=True, slots=True)
class Part:
    """One issue: the words `text[start:end]` of the message, and where it goes."""

    start: int
    end: int
    text: str
    department: str
    """Id of the department."""
    p: float
    """Its probability, the part read by itself."""


@dataclass(frozen=True, slots=True)
class PartRules:
    """The knobs of the division."""

    change: Mapping[Opening, float] = field(
        default_factory=lambda: {Opening.PLAIN: 6.0, Opening.LIST: 1.0, Opening.TURN: 1.0}
    )
    """Cost of a change of department before a unit, in nats."""
    floor: float = 0.1
    """Least probability that a unit may count with: one odd sentence must not decide."""
    sure: float = 0.35
    """Least probability of a part's department."""
    foreign: float = 0.3
    """Most probability that a part may give to the department of another part."""
    least: int = 12
    """Characters of a part."""


@runtime_checkable
class PartReader(Protocol):
    """What the division needs of a router."""

    @property
    def labels(self) -> Labels:
        """The label sets, in the order of the probability columns."""

    def quick_probabilities(self, texts: Sequence[str]) -> Mapping[Head, Probabilities]:
        """Probabilities by the fastest member alone."""


def find_parts(text: str, router: PartReader, rules: PartRules | None = None) -> tuple[Part, ...]:
    """The issues of a clean, masked message (title on the first line), in order; empty where it is one.

    Parts next to each other go to different departments; together they cover all of the text but the title.
    """
    rules = rules or PartRules()
    units = find_units(text)[:MOST_UNITS]
    if len(units) < 2:
        return ()
    read = router.quick_probabilities([text[unit.start : unit.end] for unit in units])["department"]
    runs = divide(read, units, rules)
    if len(runs) < 2:
        return ()
    spans = [(units[first].start, units[last].end) for first, last in runs]
    whole = router.quick_probabilities([text[start:end] for start, end in spans])["department"]
    return _holding(text, spans, whole, router.labels.departments, rules)


def divide(read: Probabilities, units: Sequence[Unit], rules: PartRules) -> list[tuple[int, int]]:
    """First and last unit of each part, by the division of least cost."""
    costs = -np.log(np.maximum(read, rules.floor))
    total = costs[0].copy()
    back: list[npt.NDArray[np.int64]] = []
    for unit, cost in zip(units[1:], costs[1:], strict=True):
        best = int(total.argmin())
        changed = total[best] + rules.change[unit.opening]
        came = np.where(total <= changed, np.arange(len(total)), best)
        back.append(came)
        total = np.minimum(total, changed) + cost
    states = [int(total.argmin())]
    for came in reversed(back):
        states.append(int(came[states[-1]]))
    states.reverse()
    starts = [n for n, state in enumerate(states) if n == 0 or state != states[n - 1]]
    return [(start, end - 1) for start, end in zip(starts, [*starts[1:], len(states)], strict=True)]


def _holding(
    text: str,
    spans: Sequence[tuple[int, int]],
    read: Probabilities,
    departments: Sequence[str],
    rules: PartRules,
) -> tuple[Part, ...]:
    """The parts that hold their own; one that does not joins the part before it, or after it at the start."""
    firm = [n for n in range(len(spans)) if _firm(text, spans[n], read[n], departments, rules)]
    chosen: list[int] = []
    for n in firm:
        if not chosen or read[n].argmax() != read[chosen[-1]].argmax():
            chosen.append(n)
    if not _apart([read[n] for n in chosen], rules.foreign):
        return ()
    starts = [spans[0][0], *(spans[n][0] for n in chosen[1:])]
    ends = [*starts[1:], spans[-1][1]]
    return tuple(
        Part(start, end, text[start:end], departments[int(read[n].argmax())], round(float(read[n].max()), 6))
        for n, start, end in zip(chosen, starts, ends, strict=True)
    )


def _apart(read: Sequence[npt.NDArray[np.float64]], foreign: float) -> bool:
    """Whether there are two departments or more, and no part leans to that of another."""
    goes = {int(row.argmax()) for row in read}
    return len(goes) > 1 and all(
        row[column] <= foreign for row in read for column in goes - {int(row.argmax())}
    )


def _firm(
    text: str, span: tuple[int, int], read: Probabilities, departments: Sequence[str], rules: PartRules
) -> bool:
    long = sum(character.isalnum() for character in text[slice(*span)]) >= rules.least
    return long and departments[int(read.argmax())] != "other" and float(read.max()) >= rules.sure
