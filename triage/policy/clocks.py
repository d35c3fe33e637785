"""Statutory clocks (法定时限): which run for a ticket, and when each of them ends, with its article.

```python
clocks = load_clocks()
clocks.deadline("xinfang_60", date(2026, 11, 23), extended=True).due   # 2027-02-21
clocks.for_ticket("samr_accept_7wd", kind="投诉", channel="", region="")
```

The starting day does not count (民法典 art. 201) unless a clock says otherwise; months and years end on the
corresponding day or the last day of the month (art. 202). An end on a rest day moves only where the clock's
own rule says so (`rolls`); where the holidays of that year are not announced yet, the day as counted is
given (never a later one) and the reasons say so.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from triage.errors import TriageError
from triage.policy.clock_reasons import count_reasons, roll_reasons
from triage.policy.clock_rules import ENTRY, TICKET, Clock, Run, read_clocks
from triage.policy.workdays import Calendar, UnknownCalendar, load_calendar

_CHINA = timezone(timedelta(hours=8), "CST")
_HERE = Path(__file__).parent


class ClockError(TriageError):
    """A clock that is not known, or that cannot be asked this way."""

    code = "clock_error"


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a clock ends, and why."""

    clock: Clock
    start: date
    """The day of the starting event."""
    due: date
    """The last day. For a `minimum` clock: the day before which it may not end."""
    inform_by: date | None
    """By when the citizen must be told; `None` where the rule asks for no word."""
    reasons: tuple[str, ...]
    due_at: datetime | None = None
    """For a clock in hours: the minute."""
    extended: int = 0
    """How many extensions are counted in."""
    assumed: str = ""
    """Set where the starting event is assumed to be the receipt of the ticket."""


@dataclass(frozen=True, slots=True)
class Running:
    """The clocks of a ticket: what could be counted, and a sentence for each that could not."""

    deadlines: tuple[Deadline, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clocks:
    """All clocks, the table of which run, and the calendar they are counted by."""

    by_id: dict[str, Clock]
    runs: tuple[Run, ...]
    calendar: Calendar = field(repr=False)

    def __iter__(self) -> Iterator[Clock]:
        return iter(self.by_id.values())

    def clock(self, id: str) -> Clock:
        """The clock of that id; `ClockError` where there is none."""
        if id not in self.by_id:
            close = [known for known in self.by_id if known.split("_")[0] == id.split("_")[0]]
            raise ClockError(
                "没有这个时限",
                expected="clocks.toml 中的 id" + (f"，如 {'、'.join(close[:6])}" if close else ""),
                found=id,
                remedy="用 zhili clock list 查看全部时限",
            )
        return self.by_id[id]

    def deadline(self, id: str, start: date | datetime, *, extended: bool | int = False) -> Deadline:
        """When the clock that starts on `start` ends; `extended`: with so many extensions.

        Raises `ClockError` (unknown clock, an extension that the rule does not know, hours without a time
        of day) and `UnknownCalendar` (working days of a year that nobody has announced).
        """
        clock = self.clock(id)
        times = _times(clock, int(extended))
        if clock.unit == "hour":
            return _hours(clock, start, times)
        day = _day(start)
        base = self._end(clock, day, 0)
        due = self._end(clock, day, times) if times else base
        rolled = self._rolled(clock, due)
        told = (self._rolled(clock, base) or base) if clock.inform or times else None
        reasons = (*count_reasons(clock, times), *roll_reasons(clock, due, rolled))
        return Deadline(clock, day, rolled or due, told, reasons, None, times)

    def for_ticket(self, entry_clock: str, kind: str, channel: str, region: str) -> tuple[str, ...]:
        """Ids of the clocks that run for a ticket: the hotline's own and the statutory one.

        `entry_clock` is the dispatch entry's clock or empty, `kind` the kind of request (投诉…), `channel`
        the class of the channel where a gate opened, `region` province and city.
        """
        if entry_clock:
            self.clock(entry_clock)
        row = next((row for row in self.runs if row.holds(channel, entry_clock, kind)), None)
        stands_for = {TICKET: self._ticket(region), ENTRY: self._local(entry_clock, region)}
        named = (stands_for.get(name, name) for name in (row.run if row else (TICKET, ENTRY)))
        return tuple(dict.fromkeys(id for id in named if id))

    def running(self, ids: Iterable[str], start: date | datetime) -> Running:
        """The deadlines of a ticket that came in on `start`; what cannot be counted becomes a note."""
        found: list[Deadline] = []
        notes: list[str] = []
        for clock in map(self.clock, ids):
            if clock.side == "right":
                notes.append(_own_deadline(clock))
                continue
            if clock.unit == "hour" and not isinstance(start, datetime):
                notes.append(f"{clock.name}（{clock.length}，{clock.basis}）要从收到的时刻起算，时刻未记录。")
                continue
            try:
                found.append(_assuming(self.deadline(clock.id, start)))
            except UnknownCalendar as error:
                notes.append(f"{clock.name}（{clock.length}，{clock.basis}）的到期日算不出来：{error}")
        return Running(tuple(found), tuple(notes))

    def _ticket(self, region: str) -> str:
        """The hotline's own clock: that of the region's ordinance, else the model city's setting."""
        own = [clock for clock in self if clock.own]
        local = [clock.id for clock in own if clock.region and clock.holds_in(region)]
        return next(iter([*local, *(clock.id for clock in own if not clock.region)]), "")

    def _local(self, id: str, region: str) -> str:
        if not id or not self.by_id[id].holds_in(region):
            return ""
        return self._ticket(region) if self.by_id[id].own else id

    def _end(self, clock: Clock, start: date, times: int) -> date:
        length = clock.days + times * clock.extension
        if clock.first_day:
            start -= timedelta(days=1)
        if clock.unit == "working":
            return self.calendar.add_workdays(start, length)
        if clock.unit == "calendar":
            return start + timedelta(days=length)
        return _add_months(start, length * (12 if clock.unit == "year" else 1))

    def _rolled(self, clock: Clock, due: date) -> date | None:
        """The last day after rest days; `None` where that year's holidays are not announced."""
        if not clock.rolls:
            return due
        try:
            return self.calendar.roll(due)
        except UnknownCalendar:
            return None


@cache
def load_clocks(path: Path | None = None, holidays: Path | None = None) -> Clocks:
    """The clocks that ship with the package; a city's own file (`path`) adds clocks or replaces them by id.

    A city's rows of `[[runs]]` are tried before the built-in ones. `holidays` is a file of further years.
    """
    clocks, runs = read_clocks(_HERE / "clocks.toml")
    if path is not None:
        own, first = read_clocks(path)
        clocks, runs = clocks | own, first + runs
    _check(clocks, runs)
    return Clocks(clocks, runs, load_calendar(holidays))


def clocks_for(entry_clock_id: str, kind: str, channel: str, region: str) -> tuple[str, ...]:
    """`Clocks.for_ticket` of the built-in clocks."""
    return load_clocks().for_ticket(entry_clock_id, kind, channel, region)


def first_due(deadlines: Iterable[Deadline]) -> Deadline | None:
    """The deadline that ends first, or `None`; a `minimum` is no deadline to meet."""
    met = [one for one in deadlines if not one.clock.minimum]
    return min(met, key=lambda one: (one.due, one.clock.id), default=None)


def _check(clocks: dict[str, Clock], runs: tuple[Run, ...]) -> None:
    known = {*clocks, TICKET, ENTRY, ""}
    for row in runs:
        if missing := sorted({*row.run, row.clock} - known):
            raise ClockError(
                "[[runs]] 指向没有的时限",
                expected="clocks.toml 中的 id",
                found="、".join(missing),
                remedy="改正 id",
            )


def _times(clock: Clock, extended: int) -> int:
    if 0 <= extended <= (clock.times if clock.extension else 0):
        return extended
    allowed = f"最多延长{clock.times}次，每次{clock.longer}" if clock.extension else "条文没有规定延长"
    raise ClockError(
        f"{clock.name}不能这样延长", expected=allowed, found=f"延长{extended}次", remedy=f"核对{clock.basis}"
    )


def _hours(clock: Clock, start: date | datetime, times: int) -> Deadline:
    if not isinstance(start, datetime):
        raise ClockError(
            f"{clock.name}按小时计算",
            expected="带时刻的起点，如 2026-11-23T09:30",
            found=str(start),
            remedy="补上时刻",
        )
    end = start + timedelta(hours=clock.days + times * clock.extension)
    told = _day(end) if clock.inform else None
    return Deadline(clock, _day(start), _day(end), told, count_reasons(clock, times), end, times)


def _day(moment: date | datetime) -> date:
    """The day in China; a datetime without a zone is taken as Chinese time."""
    if not isinstance(moment, datetime):
        return moment
    return (moment.astimezone(_CHINA) if moment.tzinfo else moment).date()


def _add_months(start: date, count: int) -> date:
    """The corresponding day, or the last of the month where it has none (民法典 art. 202)."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return date(year, month + 1, min(start.day, months.monthrange(year, month + 1)[1]))


def _assuming(deadline: Deadline) -> Deadline:
    """The deadline, told apart where its start is only assumed to be the receipt of the ticket."""
    if deadline.clock.ticket:
        return deadline
    assumed = f"起点是{deadline.clock.starts}之日，这里先按 {deadline.start} 推算，以实际日期为准。"
    return replace(deadline, reasons=(*deadline.reasons, assumed), assumed=assumed)


def _own_deadline(clock: Clock) -> str:
    return f"{clock.bound}自己的期限：{clock.name}，从{clock.starts}之日起{clock.length}（{clock.basis}）。"
