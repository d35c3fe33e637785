"""Working days against the State Council's notices, written out here by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from triage.errors import CatalogueError
from triage.policy.workdays import UnknownCalendar, load_calendar

# 国办发明电〔2024〕12号 (2025) and 〔2025〕7号 (2026): first and last day off; worked weekends.
OFF = [
    *[("2025-01-01", "2025-01-01"), ("2025-01-28", "2025-02-04"), ("2025-04-04", "2025-04-06")],
    *[("2025-05-01", "2025-05-05"), ("2025-05-31", "2025-06-02"), ("2025-10-01", "2025-10-08")],
    *[("2026-01-01", "2026-01-03"), ("2026-02-15", "2026-02-23"), ("2026-04-04", "2026-04-06")],
    *[("2026-05-01", "2026-05-05"), ("2026-06-19", "2026-06-21"), ("2026-09-25", "2026-09-27")],
    ("2026-10-01", "2026-10-07"),
]
WORKED = ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"]
WORKED += ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_every_day_of_2025_and_2026_is_as_the_notices_say() -> None:
    off = {day for first, last in OFF for day in _days(date.fromisoformat(first), date.fromisoformat(last))}
    worked = {date.fromisoformat(day) for day in WORKED}
    calendar = load_calendar()
    for day in _days(date(2025, 1, 1), date(2026, 12, 31)):
        assert calendar.is_workday(day) == (day in worked or (day not in off and day.weekday() < 5)), day


def test_years_beyond_the_table_are_refused() -> None:
    calendar = load_calendar()
    for day in (date(2003, 6, 2), date(2027, 3, 1)):
        with pytest.raises(UnknownCalendar, match=r"2004—2026年.*放假通知"):
            calendar.is_workday(day)
    with pytest.raises(UnknownCalendar):
        calendar.add_workdays(date(2026, 12, 31), 1)


def test_a_city_loads_a_further_year(tmp_path: Path) -> None:
    file = tmp_path / "holidays.toml"
    file.write_text(
        '[[year]]\nyear = 2027\nsource = "编造的通知，供测试"\n'
        "holidays = [2026-12-31, 2027-01-01]\nworkdays = [2026-12-27]\n",
        "utf-8",
    )
    calendar = load_calendar(file)
    assert calendar.add_workdays(date(2026, 12, 25), 2) == date(2026, 12, 28), "27 is worked, a Sunday"
    assert calendar.add_workdays(date(2026, 12, 30), 1) == date(2027, 1, 4), "31 and 1 off, then a weekend"
    assert calendar.roll(date(2026, 12, 31)) == date(2027, 1, 4)
    assert not calendar.is_workday(date(2026, 10, 1)), "the built-in years stay"
    with pytest.raises(UnknownCalendar, match="2004—2027年"):
        calendar.is_workday(date(2028, 1, 3))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[year]]\nyear = 2027\nsource = "x"\nholidays = [2028-01-01]\n', "2027 年"),
        (
            '[[year]]\nyear = 2027\nsource = "x"\nholidays = [2027-01-01]\nworkdays = [2027-01-04]\n',
            "不是周末",
        ),
        ('[[year]]\nyear = 2027\nsource = "x"\nholidays = []\n', "holidays 为空"),
        ("[[year]]\nyear = 2027\nholidays = [2027-01-01]\n", "source"),
        ('[[year]]\nyear = "2027"\nsource = "x"\nholidays = []\n', "year 不对"),
        ('[[year]]\nyear = 2027\nsource = "x"\nholidays = ["2027-01-01"]\n', "holidays 中有一项不对"),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "h.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(CatalogueError, match=said):
        load_calendar(file)
