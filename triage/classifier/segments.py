"""A message as units: the smallest stretches that may be an issue of their own, and what opens each.

A unit ends at the end of a sentence, a line break, or before a mark of enumeration (一是, 2、, 第三, （四）)
or a turn to something else (另外, 此外, 还有). Units too short to say anything join the one before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

LEAST = 8
"""Characters (letters and digits) below which a unit says too little to be routed."""

LONGEST_TITLE = 60
"""A first line of more characters is no title."""

_NUMERAL = "一二三四五六七八九十"
_COUNTED = "次天年季届期批轮周月日代类级名位中小大人医实附套方者产手步时间家户栋单排教国军"
"""After 第三: no mark, but a third time, a third party, the Third Hospital…"""
_LIST = "|".join(
    (
        rf"(?:第?[{_NUMERAL}]{{1,2}}(?:是|、|，(?=.)|[.．:：])|第[{_NUMERAL}]{{1,2}}(?:(?:个|点|条|项|件)|(?![{_NUMERAL}{_COUNTED}])))",
        rf"其[{_NUMERAL}](?=[，：:、]|是)",
        rf"[(（][{_NUMERAL}\d]{{1,2}}[)）]",
        r"[①-⑳]",
        r"\d{1,2}(?:[、）)]|[.．:：](?!\d)|，(?=\D))",
        rf"(?:问题|诉求|事项)[{_NUMERAL}\d](?=[、，：:.．])",
        r"(?:首先|其次)(?=[，是请])",
    )
)
_TURN = "|".join(
    (
        r"(?:另外|此外|还有就是|还有|再有|再者|再就是|再一个|除此之外|与此同时|另一方面|顺便)",
        r"另(?=[，：:]|一[个件]|有|请|反映|建议|希望)",
        r"(?:再|还想|还要)(?:反映|投诉|咨询|请问|问)",
        r"(?:同时|最后)还?(?=[，请建希恳要再])",
    )
)
_END = re.compile(r"[。！？!?；;…]+[”」）)]*|\n")
_OPENING = re.compile(rf"(?:(?<=[。！？!?；;，,：:、\s])|^|(?=[①-⑳]))(?:(?P<list>{_LIST})|(?P<turn>{_TURN}))")
_WORD = re.compile(r"[^\W_]")


class Opening(StrEnum):
    """What stands at the start of a unit."""

    PLAIN = "plain"
    """An ordinary sentence."""
    LIST = "list"
    """A mark of enumeration."""
    TURN = "turn"
    """另外, 此外, 还有…"""


@dataclass(frozen=True, slots=True)
class Unit:
    """`text[start:end]`, and what opens it."""

    start: int
    end: int
    opening: Opening


def find_units(text: str) -> tuple[Unit, ...]:
    """The units of a clean message, in order, without gaps; the title stays out."""
    start = _after_title(text)
    openings = {found.start(): _kind(found) for found in _OPENING.finditer(text, start)}
    ends = {found.end() for found in _END.finditer(text, start)}
    cuts = sorted(cut for cut in {start, *openings, *ends, len(text)} if start <= cut <= len(text))
    units: list[Unit] = []
    for begin, end in pairwise(cuts):
        unit = Unit(begin, end, openings.get(begin, Opening.PLAIN))
        if units and _short(text, units[-1]):
            # A mark alone, or a few words, belong to what follows them.
            units[-1] = Unit(units[-1].start, end, _stronger(units[-1].opening, unit.opening))
        else:
            units.append(unit)
    if len(units) > 1 and _short(text, units[-1]):
        last = units.pop()
        units[-1] = Unit(units[-1].start, last.end, units[-1].opening)
    return tuple(units)


def _after_title(text: str) -> int:
    """Where the message begins: after a first line that is short, no sentence and no item of a list."""
    line = text.find("\n")
    title = text[: max(line, 0)]
    is_title = 0 < line <= LONGEST_TITLE and not title.endswith("。") and not _OPENING.match(title)
    return line + 1 if is_title else 0


def _kind(found: re.Match[str]) -> Opening:
    return Opening.LIST if found["list"] else Opening.TURN


def _stronger(one: Opening, other: Opening) -> Opening:
    return other if one is Opening.PLAIN else one


def _short(text: str, unit: Unit) -> bool:
    return len(_WORD.findall(text, unit.start, unit.end)) < LEAST
