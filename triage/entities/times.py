"""Times (时间): days, hours, spans and what recurs; relative words are resolved against the day of receipt.

The value is an ISO day (`2026-11-22`), month (`2026-10`), week or year, with the part of the day or the hour
where one is named (`2026-11-22 晚上`, `2026-11-22 22:30`); a duration is `P3M`; what recurs is `反复：…`. A
relative word without a day of receipt has no value: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from triage.entities import time_words as words
from triage.entities.numbers import to_number
from triage.entities.values import Slot

_WEEKDAYS = "一二三四五六日"
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_AFTERNOON = ("下午", "傍晚", "晚上", "晚间", "夜晚", "夜间")


def find_times(text: str, received_at: datetime | date | None = None) -> tuple[Slot, ...]:
    """The times of the text; where two readings overlap, the rule that comes first wins."""
    today = received_at.date() if isinstance(received_at, datetime) else received_at
    taken = bytearray(len(text))
    found: list[Slot] = []
    for match, value in _readings(text, today):
        start, end = match.span()
        if value is not None and not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            found.append(Slot("time", text[start:end], start, end, value))
    return tuple(sorted(found, key=lambda slot: slot.start))


def _readings(text: str, today: date | None) -> Iterator[tuple[re.Match[str], str | None]]:
    rules = (
        (words.RECURRING, lambda match, _: f"反复：{match[0]}"),
        (words.YEAR_FIRST, _year_first),
        (words.DOTTED, _dotted),
        (words.YEAR_WORD, _year_word),
        (words.MONTH_DAY, _month_day),
        (words.DAY_WORD, _day_word),
        (words.WEEK, _week),
        (words.MONTH, _month),
        (words.SPAN, _span),
        (words.PART_OF_DAY, lambda match, _: _moment(None, match["part"], match["clock"])),
        (words.NOW, lambda match, _: today.isoformat() if today else ""),
    )
    for pattern, read in rules:
        for match in pattern.finditer(text):
            yield match, read(match, today)


def _year_first(match: re.Match[str], today: date | None) -> str:
    year = int(match["year"].translate(_DIGITS))
    month = _number(match["month"])
    day = _number(match["day"]) if month else None
    return _written(year, month, day, match["part"], match["clock"])


def _dotted(match: re.Match[str], today: date | None) -> str:
    year, month, day = (int(part) for part in re.split("[-./]", match["day"]))
    return _written(year, month, day, match["part"], match["clock"])


def _month_day(match: re.Match[str], today: date | None) -> str:
    """A date without a year is the last one that has passed: complaints tell what has happened."""
    month, day = _number(match["month"]), _number(match["day"])
    if today is None or not month or not day:
        return ""
    year = today.year - ((month, day) > (today.month, today.day))
    return _written(year, month, day, match["part"], match["clock"])


def _day_word(match: re.Match[str], today: date | None) -> str:
    part = match["part"] or words.NIGHTS.get(match["word"])
    return _moment(_shifted(today, words.DAYS[match["word"]]), part, match["clock"])


def _week(match: re.Match[str], today: date | None) -> str:
    weeks = {"上上": -2, "上": -1, "下": 1}.get(match["which"].removesuffix("个"), 0)
    monday = _shifted(today, 7 * weeks - today.weekday()) if today else None
    if monday is None:
        return ""
    if not match["weekday"]:
        return f"{monday:%G-W%V}"
    index = _WEEKDAYS.index(match["weekday"].replace("天", "日"))
    return _moment(_shifted(monday, index), match["part"], match["clock"])


def _month(match: re.Match[str], today: date | None) -> str:
    if today is None:
        return ""
    shift = {"上": -1, "下": 1}.get(match["which"].removesuffix("个"), 0)
    year, month = divmod(today.year * 12 + today.month - 1 + shift, 12)
    return _written(year, month + 1, _number(match["day"]))


def _year_word(match: re.Match[str], today: date | None) -> str:
    if today is None:
        return ""
    year = today.year + words.YEARS[match["which"]]
    return _written(year, _number(match["month"]), _number(match["day"]), match["part"], match["clock"])


def _span(match: re.Match[str], today: date | None) -> str | None:
    """A duration; `None` for 一年, 一个月 that tell a rate (一个月三千元)."""
    count, unit = match["count"], match["unit"]
    if count in ("一", "1") and not words.LASTING.search(match[0]):
        return (
            None if match.string[match.end() : match.end() + 1] not in ("没", "未") else _length(count, unit)
        )
    if count == "半":
        return words.HALVES.get(unit, "")
    return _length(count, unit)


def _length(count: str, unit: str) -> str:
    value = count if "." in count else _number(count)
    return words.UNITS[unit].format(value) if value is not None and unit in words.UNITS else ""


def _number(text: str | None) -> int | None:
    return to_number(text) if text else None


def _written(
    year: int, month: int | None, day: int | None, part: str | None = None, clock: str | None = None
) -> str:
    try:
        if month and day:
            return _moment(date(year, month, day), part, clock)
        return f"{date(year, month, 1):%Y-%m}" if month else f"{date(year, 1, 1):%Y}"
    except (ValueError, OverflowError):
        return ""


def _moment(day: date | None, part: str | None, clock: str | None) -> str:
    hour = _hour(part, clock) if clock else ""
    if day is None:
        return hour
    return f"{day.isoformat()} {hour or part or ''}".rstrip()


def _hour(part: str | None, clock: str) -> str:
    hours, *rest = re.split("[:：点时]", re.sub("[钟分多许]|左右", "", clock))
    hour = _number(hours)
    minute = 30 if rest == ["半"] else (_number(rest[0]) if rest and rest[0] else 0)
    if hour is None or minute is None or hour > 24 or minute > 59:
        return ""
    if part in _AFTERNOON and hour < 12:
        hour += 12
    return f"{hour % 24:02d}:{minute:02d}"


def _shifted(today: date | None, days: int) -> date | None:
    try:
        return None if today is None else today + timedelta(days=days)
    except OverflowError:
        return None
