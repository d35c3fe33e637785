"""Working days (工作日) with the State Council's holidays and 调休; a year without an arrangement is refused.

The built-in years come from the maintained package `chinesecalendar`, which holds every yearly notice of the
State Council's general office as data. Weekends alone would be wrong on some thirty days a year, so a year
that nobody has announced yet raises `UnknownCalendar`; a city loads the notice itself as a small TOML file:

```toml
[[year]]
year = 2027
source = "国办发明电〔2026〕…号"
holidays = [2027-01-01]
workdays = []          # 调休上班的周末
```

A notice may also name days of the last week of the year before (元旦调休): those are taken over too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from triage.catalogue.reading import Entry, read_entries
from triage.errors import TriageError

_DAY = timedelta(days=1)


class UnknownCalendar(TriageError):
    """A working day of a year whose holidays are not known here."""

    code = "unknown_calendar"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked. Immutable; knows the years in `years` and refuses every other."""

    years: frozenset[int]
    holidays: frozenset[date]
    """Days off by the arrangement, statutory or shifted."""
    workdays: frozenset[date]
    """Saturdays and Sundays that are worked instead (调休)."""
    sources: tuple[str, ...] = ()

    def is_workday(self, day: date) -> bool:
        """Whether offices work on `day`; `UnknownCalendar` outside the known years."""
        if day.year not in self.years:
            raise self._unknown(day.year)
        if day in self.workdays:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def add_workdays(self, start: date, count: int) -> date:
        """The `count`-th working day after `start`; `start` itself does not count. `count` ≥ 1."""
        day = start
        while count:
            day += _DAY
            count -= self.is_workday(day)
        return day

    def roll(self, day: date) -> date:
        """`day`, or the first working day after it where it is a rest day (休假日)."""
        while not self.is_workday(day):
            day += _DAY
        return day

    def joined(self, other: Calendar) -> Calendar:
        """Both calendars; where they speak of the same year, `other` replaces what was known."""
        kept = [day for day in self.holidays | self.workdays if day.year not in other.years]
        named = other.holidays | other.workdays
        return Calendar(
            self.years | other.years,
            frozenset(day for day in kept if day in self.holidays and day not in named) | other.holidays,
            frozenset(day for day in kept if day in self.workdays and day not in named) | other.workdays,
            self.sources + other.sources,
        )

    def _unknown(self, year: int) -> UnknownCalendar:
        return UnknownCalendar(
            f"{year} 年的节假日安排尚不掌握，无法计算工作日",
            expected=f"{_ranges(self.years)}年之内的日期" if self.years else "已加载的年份",
            found=f"{year} 年",
            remedy="把国务院办公厅当年的放假通知写成 holidays.toml 后加载（格式见 workdays.py 开头）",
        )


@cache
def load_calendar(path: Path | None = None) -> Calendar:
    """The built-in years, joined with those of a city's `holidays.toml` where `path` is given.

    Raises `CatalogueError` where the file cannot be read or a day does not belong to its year.
    """
    built_in = _built_in()
    return built_in.joined(_read(path)) if path is not None else built_in


def _built_in() -> Calendar:
    """Years whose notice `chinesecalendar` holds: the last one is the last with a day off."""
    from chinese_calendar.constants import holidays, workdays

    off, worked = frozenset(holidays), frozenset(workdays)
    years = frozenset(range(min(off).year, max(off).year + 1))
    return Calendar(years, off, worked, ("chinesecalendar",))


def _read(path: Path) -> Calendar:
    calendar = Calendar(frozenset(), frozenset(), frozenset())
    for entry in read_entries(path, "year"):
        entry.only(("year", "source", "holidays", "workdays"))
        year = entry.values.get("year")
        if not isinstance(year, int) or not 2000 <= year <= 2100:
            raise entry.wrong("的 year 不对", "年份，如 2027", repr(year))
        named = entry.named(str(year))
        source = named.text("source")
        off, worked = _days(named, "holidays", year), _days(named, "workdays", year)
        if both := off & worked:
            raise named.wrong("有一天既放假又上班", "两个列表互不相同", str(min(both)))
        if weekday := [day for day in worked if day.weekday() < 5]:
            raise named.wrong("的 workdays 不是周末", "调休上班的周六、周日", str(min(weekday)))
        if not any(day.year == year for day in off):
            raise named.wrong("的 holidays 为空", "当年全部放假的日子", "没有一天")
        calendar = calendar.joined(Calendar(frozenset({year}), off, worked, (source,)))
    return calendar


def _days(entry: Entry, key: str, year: int) -> frozenset[date]:
    values = entry.values.get(key, [])
    if not isinstance(values, list):
        raise entry.wrong(f"的 {key} 不对", "日期列表", repr(values)[:40])
    for day in values:
        ours = type(day) is date and (day.year == year or (day.year, day.month) == (year - 1, 12))
        if not ours:
            raise entry.wrong(f"的 {key} 中有一项不对", f"{year} 年（或上年 12 月）的日期", str(day)[:40])
    return frozenset(values)


def _ranges(years: Iterable[int]) -> str:
    """`2004—2026`; gaps are shown: `2004—2026、2028`."""
    parts: list[list[int]] = []
    for year in sorted(years):
        if parts and parts[-1][-1] == year - 1:
            parts[-1][-1:] = [year] if len(parts[-1]) > 1 else [parts[-1][0], year]
        else:
            parts.append([year])
    return "、".join("—".join(map(str, part)) for part in parts)
