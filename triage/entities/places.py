"""Places (地点): runs of 省 市 区 县 街道 镇 社区 村 路 小区 as they are written; nothing is guessed.

A Chinese sentence has no spaces, so a name is what stands between a word that cannot belong to it (`stop` of
`slots.toml`) and an ending. A masked name of the contest data (`A市`, `A3区`, `西地省`) is a name like any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from triage.entities.names import MOST_ENDINGS, common_word, is_proper, name_run, name_start
from triage.entities.values import Slot
from triage.entities.words import either, listed, section

_REACH = 14
"""How far before its ending a name is looked for."""
_LETTERED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,2}[0-9]{0,3}\Z")
_WIDE = ("省", "市", "区", "县")
_RANKED = (*_WIDE, "镇", "村")
_JOINERS = "和与及跟或、"
_BUILDING = re.compile(r"[A-Z]?[0-9一二三四五六七八九十]{1,3}(?:栋|幢|号楼|单元|期)(?:[0-9]{1,2}单元)?")
_COMPARED = 200
"""So many distinct places are compared with each other; no honest message has more."""
_NO_NAME = re.compile("[的了们]")
_LONGER = tuple("村路街镇乡巷")
"""花园村, 广场路: the ending is itself part of a longer name."""
_DOOR = re.compile(r"〔详细地址(?:#[0-9A-Z]{10})?〕")


@dataclass(frozen=True, slots=True)
class Part:
    """One level of an address at `text[start:end]`."""

    level: str
    start: int
    end: int


def find_places(text: str) -> tuple[Slot, ...]:
    """Addresses of the text, each from its widest to its narrowest part; linear in the length."""
    groups: list[list[Part]] = []
    for part in _parts(text):
        if groups and _continues(groups[-1][-1], part, text):
            groups[-1].append(part)
        else:
            groups.append([part])
    return _distinct(_slot(text, group) for group in groups if group[0].level != "楼栋")


def _distinct(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """Each place once, where it stands first; one that a fuller address names too is left out."""
    first: dict[str, Slot] = {}
    for slot in slots:
        first.setdefault(slot.value, slot)
    whole = [f"|{value}|" for value in first]
    fuller = {value for value in first if sum(f"|{value}|" in one for one in whole[:_COMPARED]) > 1}
    return tuple(slot for value, slot in first.items() if value not in fuller)


def _slot(text: str, group: list[Part]) -> Slot:
    merged: list[Part] = []
    for part in group:
        if merged and merged[-1].level == part.level == "小区":
            merged[-1] = Part(part.level, merged[-1].start, part.end)
        else:
            merged.append(part)
    value = "|".join(f"{part.level}={text[part.start : part.end]}" for part in merged)
    start, end = group[0].start, group[-1].end
    return Slot("place", text[start:end], start, end, value)


def _continues(before: Part, part: Part, text: str) -> bool:
    """Whether a part goes on with the address before it: next to it, and not wider."""
    if part.level in _WIDE and before.level not in _WIDE:
        return False
    return not text[before.end : part.start].strip()


def _parts(text: str) -> Iterator[Part]:
    last = 0
    before: Part | None = None
    for match in islice(_pattern().finditer(text), MOST_ENDINGS):
        if match["ending"] in listed("place", "alone"):
            part: Part | None = Part(_levels()[match["ending"]], *match.span())
        elif match.lastgroup != "ending":
            part = Part("楼栋" if match.lastgroup == "building" else "门牌", *match.span())
        elif before is not None and match.start() == before.end:
            part = _bare(match, before)
        else:
            part = _named(text, match, last)
        before = part
        if part is not None:
            yield part
            last = match.end()


def _bare(match: re.Match[str], before: Part) -> Part | None:
    """A kind of place without a name right after a part: …花园小区, …路农贸市场."""
    level = _levels()[match["ending"]]
    fits = (level == "地点" and before.level not in _WIDE) or level == "小区" == before.level
    return Part(level, *match.span()) if fits and len(match["ending"]) > 1 else None


def _named(text: str, match: re.Match[str], last: int) -> Part | None:
    """The part that ends here, its name looked for between the ending before it and this one."""
    ending, at = match["ending"], match.start()
    level = _levels()[ending]
    start = name_run(text, max(last, at - _REACH), at)
    if lettered := _LETTERED.search(text, start, at):
        return Part(level, lettered.start(), match.end())
    if start == last:
        bare = text[start:at].lstrip(_JOINERS + "县市区")
        start = at - len(bare) if len(bare) >= 2 else start
    if level in ("小区", "地点") and len(ending) > 1 and text[match.end() : match.end() + 1] in _LONGER:
        return None
    if word := common_word(text[start:at], ending):
        if level in _RANKED or (level == "路" and not is_proper(text[start : match.end() - len(word)])):
            return None
        ending = word
    stop = match.end() - len(ending)
    start += name_start(text[start:stop], ending) if start < stop else 0
    if not _is_name(text[start:stop], ending, level):
        return None
    if text[match.end() : match.end() + 1] in _not_before(match["ending"]):
        return None
    return Part(level, start, match.end())


def _is_name(name: str, ending: str, level: str) -> bool:
    least = 1 if level == "县" else 2
    if (
        not least <= len(name) <= section("place")["longest"][level]
        or name.isdigit()
        or _NO_NAME.search(name)
    ):
        return False
    return name + ending not in listed("place", "common") and name not in listed("names", "stop")


def _not_before(ending: str) -> frozenset[str]:
    return frozenset(section("place")["not_before"].get(ending, ""))


@cache
def _levels() -> dict[str, str]:
    levels: dict[str, str] = {}
    for level, endings in section("place")["levels"]:
        for ending in endings:
            levels.setdefault(ending, level)
    return levels


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<door>{_DOOR.pattern})|(?P<building>{_BUILDING.pattern})|(?P<ending>{either(_levels())})"
    )
