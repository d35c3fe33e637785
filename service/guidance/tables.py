"""The tables of guidance, read once: `operator.toml` and `resident.toml` beside this file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class StepRule:
    """A step of the handling and when it belongs to it; empty conditions always hold."""

    text: str
    actions: tuple[str, ...]
    kinds: tuple[str, ...]
    basis: tuple[str, ...]

    def holds(self, action: str, kind: str) -> bool:
        """Whether the step belongs to this action and kind of request."""
        return action in self.actions and (not self.kinds or kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a citizen can do against an answer, and when that is said."""

    text: str
    kinds: tuple[str, ...]
    clocks: tuple[str, ...]
    administrative: bool
    basis: tuple[str, ...]

    def holds(self, kind: str, clocks: Sequence[str], *, administrative: bool) -> bool:
        """Whether it is said of a request of this kind, to such a unit, with these clocks running."""
        if self.administrative and not administrative:
            return False
        return kind in self.kinds or bool(set(self.clocks) & set(clocks))


@dataclass(frozen=True, slots=True)
class DemandWords:
    """What does not make a demand."""

    least: int
    """Characters that must be left beside the pressing words."""
    pressing: tuple[str, ...]
    """Longest first."""
    told: re.Pattern[str]
    """Asking that is told of: somebody was asked before."""


@dataclass(frozen=True, slots=True)
class SharedWords:
    """What does not show that an article speaks of a complaint."""

    idle: frozenset[str]
    """Characters."""
    common: frozenset[str]
    """Pairs of characters."""


@dataclass(frozen=True)
class OperatorTable:
    """`operator.toml`."""

    steps: tuple[StepRule, ...]
    lines: dict[str, str]
    """Sentences of the draft by name."""
    blanks: dict[str, tuple[str, ...]]
    """What a unit fills in, by kind of request; `""` for every other kind; `*` is the answer."""
    answers: dict[str, str]
    """The answer to the whole message."""
    item_answers: dict[str, str]
    """The answer to one demand of several."""
    remedies: tuple[Remedy, ...]
    not_administrative: frozenset[str]
    demand: DemandWords
    shared: SharedWords


@dataclass(frozen=True, slots=True)
class DoorRule:
    """A public number: whose it is, where the number comes from, and the words that call for it."""

    number: str
    name: str
    plain: str
    full: str
    source: str
    departments: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Saying:
    """A right or a limit in two levels of language."""

    plain: str
    full: str
    basis: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResidentTable:
    """`resident.toml`."""

    doors: tuple[DoorRule, ...]
    bring: dict[str, tuple[str, ...]]
    """What to bring, by department; `""` for every other one."""
    rights: tuple[Saying, ...]
    limits: tuple[Saying, ...]


@cache
def operator_table() -> OperatorTable:
    """What operators are told."""
    data = _read("operator.toml")
    draft = dict(data["draft"])
    blanks = {kind: tuple(rows) for kind, rows in draft.pop("blanks").items()}
    answers, items = dict(draft.pop("answer")), dict(draft.pop("item_answer"))
    remedies = tuple(
        Remedy(
            row["text"],
            _texts(row, "kinds"),
            _texts(row, "clocks"),
            bool(row.get("administrative")),
            _texts(row, "basis"),
        )
        for row in draft.pop("remedy")
    )
    units = frozenset(draft.pop("not_administrative")["units"])
    steps = tuple(
        StepRule(row["text"], _texts(row, "actions"), _texts(row, "kinds"), _texts(row, "basis"))
        for row in data["step"]
    )
    words = sorted(_texts(data["demand"], "pressing"), key=len, reverse=True)
    demand = DemandWords(int(data["demand"]["least"]), tuple(words), re.compile(data["demand"]["told"]))
    shared = SharedWords(frozenset(data["shared"]["idle"]), frozenset(data["shared"]["common"]))
    return OperatorTable(steps, draft, blanks, answers, items, remedies, units, demand, shared)


@cache
def resident_table() -> ResidentTable:
    """What residents are told."""
    data = _read("resident.toml")
    doors = tuple(
        DoorRule(
            row["number"],
            row["name"],
            row["plain"],
            row["full"],
            row["source"],
            _texts(row, "departments"),
            _texts(row, "words"),
            bool(row.get("urgent")),
        )
        for row in data["door"]
    )
    bring = {id: tuple(rows) for id, rows in data["bring"].items()}
    return ResidentTable(doors, bring, _sayings(data["right"]), _sayings(data["limit"]))


def _sayings(rows: Sequence[dict[str, Any]]) -> tuple[Saying, ...]:
    return tuple(
        Saying(row["plain"], row["full"], _texts(row, "basis"), _texts(row, "kinds")) for row in rows
    )


def _texts(row: dict[str, Any], name: str) -> tuple[str, ...]:
    return tuple(row.get(name, ()))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("service.guidance") / name).read_text("utf-8"))
