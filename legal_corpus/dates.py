"""Dates as laws print them, and the first day in force that a text itself states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from legal_corpus.numerals import to_int

_NUMBER = "[0-9一二三四五六七八九十]{1,3}"
_DAY = rf"([0-9〇零一二三四五六七八九]{{4}})\s*年\s*({_NUMBER})\s*月\s*({_NUMBER})\s*日"
_CHINESE_DAY = re.compile(_DAY)
_START = re.compile(rf"自\s*{_DAY}\s*起?(?:正式)?(?:施行|生效|执行|实施)")
_ON_PUBLICATION = re.compile(r"自(?:公布|发布|颁布|通过)之日起(?:正式)?(?:施行|生效|执行|实施)")
_AMENDED = re.compile(r"修正|修订|修改")


def read_date(value: object) -> date | None:
    """A date from `2021-01-01`, `20210101` or `2021年1月1日`; `None` where it is none."""
    text = str(value or "").strip()
    found = _CHINESE_DAY.search(text) or re.fullmatch(r"(\d{4})-?(\d{1,2})-?(\d{1,2})(?:[T ].*)?", text)
    return _from_groups(found) if found else None


def note_dates(notes: Sequence[str]) -> list[date]:
    """The day with which each history line begins."""
    days = (read_date(found.group()) for note in notes if (found := _CHINESE_DAY.match(note.strip())))
    return [day for day in days if day is not None]


def latest_change(notes: Sequence[str]) -> date | None:
    """The last adoption or amendment in the history lines; lines that only say 施行 do not count."""
    changes = [note for note in notes if not re.fullmatch(rf"\s*(?:自)?\s*{_DAY}\s*起?施行\s*", note)]
    return max(note_dates(changes), default=None)


def start_in_notes(notes: Sequence[str]) -> date | None:
    """The first day in force where a history line states it: `2021年1月1日 施行`."""
    for note in notes:
        found = re.fullmatch(rf"\s*(?:自)?\s*{_DAY}\s*起?施行\s*", note) or _START.search(note)
        if found:
            return _from_groups(found)
    return None


def start_in_text(text: str) -> date | None:
    """The first day in force that an article states: `自2020年5月1日起施行`."""
    found = _START.search(text)
    return _from_groups(found) if found else None


def first_day(notes: Sequence[str], closing: Sequence[str], version_date: date | None) -> date | None:
    """The first day of a version from its history lines and its closing articles.

    An amended law repeats the first day of its *first* version, so a day before `version_date` says nothing
    about this version; `自公布之日起` is only believed of a law that was never amended.
    """
    stated = start_in_notes(notes)
    for text in reversed(closing):
        stated = stated or start_in_text(text)
    if stated is not None:
        return stated if version_date is None or stated >= version_date else None
    if any(_AMENDED.search(note) for note in notes):
        return None
    return version_date if any(_ON_PUBLICATION.search(text) for text in closing) else None


def _from_groups(found: re.Match[str]) -> date | None:
    year, month, day = (to_int(group) for group in found.groups())
    try:
        return date(year or 0, month or 0, day or 0)
    except ValueError:
        return None
