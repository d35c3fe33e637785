"""Several issues in one message (一件多诉): found, divided, each routed by itself.

Every unit of the message (`triage.classifier.segments`) is read by the fastest member, with some weight on
what it makes of the whole message; the division that explains the units best is found by dynamic programming
over (unit, department): a unit costs what its reading says against the department of its part, a change of
department costs more at an ordinary sentence than at 二是 or 另外. Neighbours of one department are joined.
Then the whole router reads each part, which must hold its own: be sure of its department, and not of the
other part's. Costs and bounds were set on one half of dispatch gold and on messages composed of two real ones
of that half, and measured on the other half (docs/experiment_log.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from triage.classifier.calibration import Probabilities
from triage.classifier.member import Head, Labels
from triage.classifier.segments import Opening, Unit, find_units

MOST_UNITS = 60
"""Units that are looked at; a longer message is read up to there."""
_LEAST = 1e-3
"""Least probability of the whole message: it leans the reading of a unit, and forbids nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """One issue: the words `text[start:end]` of the message, and where it goes."""

    start: int
    end: int
    text: str
    department: str
    """Id of the department."""
    p: float
    """Its probability, read by itself (before a neighbour that did not hold its own joined it)."""


@dataclass(frozen=True, slots=True)
class PartRules:
    """The knobs of the division."""

    change: Mapping[Opening, float] = field(
        default_factory=lambda: {Opening.PLAIN: 4.0, Opening.LIST: 0.7, Opening.TURN: 0.7}
    )
    """Cost of a change of department before a unit, in nats."""
    context: float = 0.15
    """Weight of the whole message in the reading of a unit: what is nowhere else in it is chance."""
    floor: float = 0.1
    """Least probability that a unit may count with: one odd sentence must not decide."""
    sure: float = 0.35
    """Least probability of a part's department."""
    foreign: float = 0.3
    """Most probability that a part may give to the department of another part."""
    least: int = 12
    """Letters of a part; a quarter of the message where that is less: who is brief says little of each."""


@runtime_checkable
class PartReader(Protocol):
    """What the division needs of a router."""

    @property
    def labels(self) -> Labels:
        """The label sets, in the order of the probability columns."""

    def quick_probabilities(self, texts: Sequence[str]) -> Mapping[Head, Probabilities]:
        """Probabilities by the fastest member alone: for the units."""

    def probabilities(self, texts: Sequence[str]) -> Mapping[Head, Probabilities]:
        """Probabilities by all members: for the parts."""


def find_parts(text: str, router: PartReader, rules: PartRules | None = None) -> tuple[Part, ...]:
    """The issues of a clean, masked message (title on the first line), in order; empty where it is one.

    Parts next to each other go to different departments; together they cover all of the text but the title.
    """
    rules = rules or PartRules()
    units = find_units(text)[:MOST_UNITS]
    if len(units) < 2:
        return ()
    runs = divide(_read_units(text, units, router, rules.context), units, rules)
    spans = [(units[first].start, units[last].end) for first, last in runs]
    brief = _letters(text, (units[0].start, units[-1].end)) // 4
    spans = _joined(text, spans, router, min(rules.least, brief))
    return _holding(text, spans, router, rules) if len(spans) > 1 else ()


def _read_units(text: str, units: Sequence[Unit], router: PartReader, context: float) -> Probabilities:
    """Department probabilities (units × departments), leaning to those of the whole message."""
    stretches = [text[unit.start : unit.end] for unit in units]
    found = router.quick_probabilities([text, *stretches])["department"]
    leaning = found[1:] ** (1 - context) * np.maximum(found[0], _LEAST) ** context
    read: Probabilities = leaning / leaning.sum(axis=1, keepdims=True)
    return read


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


def _joined(text: str, spans: list[tuple[int, int]], router: PartReader, least: int) -> list[tuple[int, int]]:
    """The spans, with those joined that say too little alone or go where their neighbour goes.

    A joined span is read anew, since it may then go elsewhere.
    """
    while len(spans) > 1:
        read = router.quick_probabilities([text[start:end] for start, end in spans])["department"]
        goes = [router.labels.departments[column] for column in read.argmax(axis=1)]
        weak = [n for n, span in enumerate(spans) if goes[n] == "other" or _letters(text, span) < least]
        same = [n for n, (one, two) in enumerate(pairwise(goes), 1) if one == two]
        if not weak and not same:
            break
        second = max((weak or same)[0], 1)
        spans = [*spans[: second - 1], (spans[second - 1][0], spans[second][1]), *spans[second + 1 :]]
    return spans


def _letters(text: str, span: tuple[int, int]) -> int:
    return sum(character.isalnum() for character in text[slice(*span)])


def _holding(
    text: str, spans: Sequence[tuple[int, int]], router: PartReader, rules: PartRules
) -> tuple[Part, ...]:
    """The parts that hold their own; one that does not joins the part before it, or after it at the start."""
    departments = router.labels.departments
    read = router.probabilities([text[start:end] for start, end in spans])["department"]
    goes = [departments[column] for column in read.argmax(axis=1)]
    chosen: list[int] = []
    for n, row in enumerate(read):
        follows = chosen and goes[n] == goes[chosen[-1]]
        if row.max() >= rules.sure and goes[n] != "other" and not follows:
            chosen.append(n)
    if not _apart([read[n] for n in chosen], rules.foreign):
        return ()
    starts = [spans[0][0], *(spans[n][0] for n in chosen[1:])]
    ends = [*starts[1:], spans[-1][1]]
    return tuple(
        Part(start, end, text[start:end], goes[n], round(float(read[n].max()), 6))
        for n, start, end in zip(chosen, starts, ends, strict=True)
    )


def _apart(read: Sequence[npt.NDArray[np.float64]], foreign: float) -> bool:
    """Whether there are two departments or more, and no part leans to that of another."""
    goes = {int(row.argmax()) for row in read}
    return len(goes) > 1 and all(
        row[column] <= foreign for row in read for column in goes - {int(row.argmax())}
    )
