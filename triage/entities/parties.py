"""Parties (涉事方): firms, property managers, schools, shops, offices as they are written; never persons.

The value is the class (物业, 学校, 企业, …). Names of persons are masked before this is read.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

from triage.entities.names import MOST_ENDINGS, name_run, name_start
from triage.entities.values import Slot
from triage.entities.words import either, listed, section

_GOING = tuple("上读进去念找")
"""上小学, 去派出所: what is done there, no name."""
_RANKS = ("", *"省市县区镇乡")
_LONGEST = 18
_NUMBERED = re.compile("[A-Za-z][0-9]{0,3}[省市县区镇]?|[0-9]{1,3}")
_OF_A_PLACE = re.compile("[省市县区镇乡州]$|[A-Za-z][0-9]{0,3}$")


def find_parties(text: str) -> tuple[Slot, ...]:
    """The parties of the text, each once and in their order; linear in the length."""
    found: dict[str, Slot] = {}
    last = 0
    for match in islice(_endings().finditer(text), MOST_ENDINGS):
        slot = _slot(text, match, last)
        if slot is not None:
            found.setdefault(slot.text, slot)
        last = match.end()
    return tuple(found.values())


def _slot(text: str, match: re.Match[str], last: int) -> Slot | None:
    ending, at = match[0], match.start()
    if text[match.end() : match.end() + 1] in tuple(section("parties")["goes_on"].get(ending, "")):
        return None
    start = _start(text, max(last, at - _LONGEST), at, ending)
    if start == at and ending in listed("parties", "bare"):
        return None
    if ending in listed("parties", "of_a_place") and not _OF_A_PLACE.search(text[start:at]):
        return None
    return Slot("parties", text[start : match.end()], start, match.end(), _classes()[ending])


def _start(text: str, start: int, at: int, ending: str) -> int:
    """Where the name begins; `at` where what stands before the ending is no name."""
    start = name_run(text, start, at, "（）()·")
    start += _unpaired(text[start:at])
    start += name_start(text[start:at], ending)
    start += _unpaired(text[start:at])
    name = text[start:at]
    if name[-1:] in _GOING:
        return at
    return start if len(name) >= 2 or _NUMBERED.fullmatch(name) or name in _RANKS else at


def _unpaired(name: str) -> int:
    """After a bracket that has no partner in the name."""
    opened, closed = max(map(name.rfind, "（(")), max(map(name.rfind, "）)"))
    return 1 + max(opened if closed < opened else -1, closed if opened < 0 else -1)


@cache
def _classes() -> dict[str, str]:
    classes: dict[str, str] = {}
    for name, endings in section("parties")["classes"]:
        for ending in endings:
            classes.setdefault(ending, name)
    return classes


@cache
def _endings() -> re.Pattern[str]:
    return re.compile(either(_classes()))
