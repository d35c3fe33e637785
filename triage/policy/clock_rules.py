"""The clocks as data: `clocks.toml` (or a city's own file) read and checked; the format stands at its head.

The first mistake stops the loading with a `CatalogueError` that names the clock.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from triage.catalogue.reading import Entry, read_toml
from triage.errors import CatalogueError
from triage.values import LegalBasis

UNITS = {"calendar": "日", "working": "个工作日", "month": "个月", "year": "年", "hour": "小时"}
"""Units of a length, and how they are written after the number."""
SIDES = ("duty", "right")
TICKET, ENTRY = "ticket", "entry"


@dataclass(frozen=True, slots=True)
class Clock:
    """One deadline that a statute (or, where `setting`, the model city) sets."""

    id: str
    name: str
    """What must be done."""
    side: str
    """`duty`: an office or firm must act by then; `right`: the citizen must, to keep a right."""
    bound: str
    starts: str
    """The event from which it runs (受理、收到投诉…)."""
    days: int
    """How long, in `unit`."""
    unit: str
    basis: LegalBasis
    extension: int = 0
    """How much longer at most, each time, in `unit`; 0: the rule knows no extension."""
    times: int = 1
    extension_condition: str = ""
    approval: str = ""
    inform: str = ""
    """What the citizen must be told."""
    excluded: str = ""
    next: str = ""
    """What the citizen can do when it runs out, or what follows."""
    counting: tuple[LegalBasis, ...] = ()
    rolls: tuple[LegalBasis, ...] = ()
    """Articles by which an end on a rest day moves to the first working day after it."""
    first_day: bool = False
    minimum: bool = False
    ticket: bool = False
    """Receiving the ticket is itself the starting event."""
    own: bool = False
    """The hotline's own clock of a ticket in its region."""
    region: str = ""
    setting: bool = False
    source: str = ""
    checked: date | None = None

    @property
    def length(self) -> str:
        """`60日`, `5个工作日`, `6个月`."""
        return f"{self.days}{UNITS[self.unit]}"

    @property
    def longer(self) -> str:
        """The extension in words, or empty."""
        return f"{self.extension}{UNITS[self.unit]}" if self.extension else ""

    def holds_in(self, region: str) -> bool:
        """Whether the clock is a rule of `region` (province, city, or both in one text)."""
        return not self.region or self.region in region


_NAMED_OTHERWISE = {"days": "length", "extension_condition": "condition"}
_KEYS = tuple(_NAMED_OTHERWISE.get(known.name, known.name) for known in fields(Clock))


@dataclass(frozen=True, slots=True)
class Run:
    """One row of the table that says which clocks run; an empty condition always holds."""

    channel: str
    clock: str
    kind: str
    run: tuple[str, ...]

    def holds(self, channel: str, clock: str, kind: str) -> bool:
        """Whether every condition that is set is met."""
        pairs = ((self.channel, channel), (self.clock, clock), (self.kind, kind))
        return all(not wanted or wanted == found for wanted, found in pairs)


def read_clocks(path: Path) -> tuple[dict[str, Clock], tuple[Run, ...]]:
    """Clocks by id, and the table of runs, of one file."""
    data = read_toml(path)
    if unknown := sorted(set(data) - {"clock", "runs"}):
        raise CatalogueError(
            f"{path} 的结构不对",
            expected="[[clock]] 与 [[runs]]",
            found="、".join(unknown),
            remedy="对照 triage/policy/clocks.toml 开头的说明改正",
        )
    clocks: dict[str, Clock] = {}
    for entry in _entries(path, data, "clock"):
        clock = _clock(entry)
        if clock.id in clocks:
            raise entry.wrong("的 id 重复", "每个时限一个 id", clock.id)
        clocks[clock.id] = clock
    return clocks, tuple(_run(entry) for entry in _entries(path, data, "runs"))


def _entries(path: Path, data: dict[str, Any], table: str) -> list[Entry]:
    values = data.get(table, [])
    if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
        raise CatalogueError(
            f"{path} 的结构不对", expected=f"[[{table}]]", found=f"{table} 不是表", remedy="写成 [[…]]"
        )
    return [Entry(path, f"第 {number} 个 [[{table}]]", one) for number, one in enumerate(values, 1)]


def _clock(entry: Entry) -> Clock:
    named = entry.named(entry.text("id"))
    named.only(_KEYS)
    basis = _basis(named)
    clock = Clock(
        id=named.text("id"),
        name=named.text("name"),
        side=_one_of(named, "side", SIDES),
        bound=named.text("bound"),
        starts=named.text("starts"),
        days=_number(named, "length", least=1),
        unit=_one_of(named, "unit", tuple(UNITS)),
        basis=basis,
        extension=_number(named, "extension", default=0),
        times=_number(named, "times", default=1, least=1),
        extension_condition=named.text("condition", empty=True),
        approval=named.text("approval", empty=True),
        inform=named.text("inform", empty=True),
        excluded=named.text("excluded", empty=True),
        next=named.text("next", empty=True),
        counting=named.bases("counting"),
        rolls=named.bases("rolls"),
        first_day=_flag(named, "first_day"),
        minimum=_flag(named, "minimum"),
        ticket=_flag(named, "ticket"),
        own=_flag(named, "own"),
        region=named.text("region", empty=True),
        setting=_flag(named, "setting"),
        source=named.text("source", empty=True),
        checked=_day(named, "checked"),
    )
    if clock.extension and not clock.extension_condition:
        raise named.wrong("可以延长却没有写明条件", "condition", "缺失")
    return clock


def _basis(entry: Entry) -> LegalBasis:
    wrapped = Entry(entry.path, entry.place, {"basis": [entry.text("basis")]})
    return wrapped.bases()[0]


def _run(entry: Entry) -> Run:
    entry.only(("channel", "clock", "kind", "run"))
    channel, clock, kind = (entry.text(key, empty=True) for key in ("channel", "clock", "kind"))
    return Run(channel, clock, kind, entry.texts("run", empty=True))


def _number(entry: Entry, key: str, *, default: int | None = None, least: int = 0) -> int:
    value = entry.values.get(key, default)
    if type(value) is not int or not least <= value <= 1000:
        raise entry.wrong(f"的 {key} 不对", f"{least} 到 1000 的整数", repr(value)[:40])
    return value


def _flag(entry: Entry, key: str) -> bool:
    value = entry.values.get(key, False)
    if not isinstance(value, bool):
        raise entry.wrong(f"的 {key} 不对", "true 或 false", repr(value)[:40])
    return value


def _day(entry: Entry, key: str) -> date | None:
    value = entry.values.get(key)
    if value is not None and type(value) is not date:
        raise entry.wrong(f"的 {key} 不对", "日期，如 2026-11-23", repr(value)[:40])
    return value


def _one_of(entry: Entry, key: str, allowed: tuple[str, ...]) -> str:
    value = entry.text(key)
    if value not in allowed:
        raise entry.wrong(f"的 {key} 不对", "、".join(allowed), value)
    return value
