"""What a citizen asks for, one line each: a message with four wishes gets four answers, none is dropped.

The demands are those that triage found (`triage.entities.wishes`), put into whole clauses, said once each. A
part of the message that goes to another unit (`triage.classifier.parts`) and states no demand of its own is
a line too. What merely presses (尽快处理, 给个说法) is answered by the clock and is no line where something
is asked for. The words are data: `operator.toml`, `[demand]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from service.guidance.tables import DemandWords, operator_table
from triage.values import Triage

LONGEST = 60
"""Characters of a demand that a line quotes."""
CONTEXT = 4
"""Telling characters below which a wish (希望尽快修好) is nothing without its sentence."""
SAME = 0.7
"""Share of the shorter one's pairs of characters that stand in the other, from which two say the same."""
TITLED = 0.5
"""The same where one of them is the title."""
_ENDS = "。！？!?；;\n"
_PAUSES = "，,、：: "


class Found(Protocol):
    """A demand that triage found; `triage.entities.values.Slot` is one."""

    @property
    def start(self) -> int:
        """Where it begins in the masked text."""

    @property
    def end(self) -> int:
        """Where it ends."""

    @property
    def value(self) -> str:
        """`询问` where something is asked."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand: a run of the masked text, and the unit of the part in which it stands."""

    text: str
    asks: bool = False
    """A question, not a wish."""
    unit: str = ""
    """Id of the unit of its part; empty: that of the whole message."""
    stated: bool = True
    """Whether the citizen asks for it; else it is a part that only reports."""
    title: bool = False
    """Whether it stands in the title."""


def demands_of(triage: Triage) -> tuple[Demand, ...]:
    """The demands in the order of the text, each once."""
    text = triage.masked.text
    slots: Sequence[Found] = triage.slots.demand if triage.slots is not None else ()
    table = operator_table().demand
    title = text.find("\n")
    found = [_demand(triage, slot, title) for slot in slots]
    telling = [one for one in found if not _presses(one.text, table) and not table.told.search(one.text)]
    asked = any(one.asks and not one.title for one in telling)
    # A title that announces a question says nothing where the question follows.
    kept = _once([one for one in telling if not (asked and one.title and one.asks)] or found[:1], table)
    return tuple(kept + list(_silent(triage, kept)))


def _demand(triage: Triage, slot: Found, title: int) -> Demand:
    text = _clause(triage.masked.text, slot)
    return Demand(text, slot.value == "询问", _unit(triage, slot.start), title=slot.start < title)


def _clause(text: str, slot: Found) -> str:
    """The demand as a whole clause: what is asked, or says too little alone, begins with its sentence."""
    start, end = slot.start, slot.end
    short = len(_telling(text[start:end], operator_table().demand)) < CONTEXT
    if slot.value == "询问" or short:
        begun = max(text.rfind(mark, 0, start) for mark in _ENDS) + 1
        while end - begun > LONGEST and (pause := _first(text, begun, start)) >= 0:
            begun = pause + 1
        start = begun if end - begun <= LONGEST else start
    return _short(text[start:end].strip(_PAUSES + "\n"))


def _first(text: str, start: int, end: int) -> int:
    """Where the first pause stands; -1: none."""
    found = (text.find(mark, start, end) for mark in _PAUSES)
    return min((at for at in found if at >= 0), default=-1)


def _short(text: str) -> str:
    """At most `LONGEST` characters, cut at a pause."""
    if len(text) <= LONGEST:
        return text
    cut = max(text.rfind(mark, LONGEST // 3, LONGEST) for mark in "，,、；; ")
    return text[: cut if cut > 0 else LONGEST].rstrip(_PAUSES)


def _presses(text: str, table: DemandWords) -> bool:
    """Whether next to nothing is left beside words that press, greet or address."""
    return len(_telling(text, table)) < table.least


def _telling(text: str, table: DemandWords) -> str:
    """What a demand says beside pressing: its characters without those words and without marks."""
    left = re.sub("|".join(map(re.escape, table.pressing)), "", text)
    return re.sub(r"[^\u4e00-\u9fff0-9A-Za-z]", "", left)


def _once(found: Sequence[Demand], table: DemandWords) -> list[Demand]:
    """Of two that say the same, the longer; at the place of the first."""
    kept: list[Demand] = []
    for demand in found:
        at = next((n for n, other in enumerate(kept) if _same(other, demand, table)), None)
        if at is None:
            kept.append(demand)
        elif len(demand.text) > len(kept[at].text):
            kept[at] = demand
    return kept


def _same(one: Demand, other: Demand, table: DemandWords) -> bool:
    pairs, others = _pairs(_telling(one.text, table)), _pairs(_telling(other.text, table))
    # A title says shortly what the text asks for.
    share = TITLED if one.title != other.title else SAME
    return one.text == other.text or len(pairs & others) >= share * max(1, min(len(pairs), len(others)))


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _unit(triage: Triage, at: int) -> str:
    return next((part.department for part in triage.parts if part.start <= at < part.end), "")


def _silent(triage: Triage, kept: Sequence[Demand]) -> Iterator[Demand]:
    """Parts in which nothing is asked for, one a unit; the unit of the whole has its demands already."""
    first = triage.prediction.department[0].id if triage.prediction.department else ""
    spoken = {demand.unit or first for demand in kept}
    for part in triage.parts:
        if part.department not in spoken:
            spoken.add(part.department)
            yield Demand(_short(part.text.strip()), unit=part.department, stated=False)
