"""Weak department labels: a published reply often names the department that handled the message.

Three signs are read: a unit that acts ("经市教育局核实", "转交县交通局办理", a signature), the work that the
reply thanks for ("感谢您对城管工作的支持"), and the only unit that is named at all. A label is given only
where no sign contradicts another. Districts share the id of the city's department (dispatch guideline v1,
rule 1); streets and towns give no label: that one of them answered does not make it its duty (rule 2).
Against 142 hand-labelled messages such a label is right in 70 % and acceptable in 89 %.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

WEIGHT = 0.1
"""Trust in a weak label against 1 for a person's: the best of .1, .2, .3 and .5 (docs/experiment_log.md)."""

_GAP = r"[^，。；：！？\s]"
_DATE = r"(?:\d{4}年\d+月\d+日)?"
_CHECKED = "调查|核实|核查|了解|反馈|查明|牵头|回复|答复"
_HANDLED = "办理|处理|处置|核处|核查|核实|调查|答复|反馈|落实|查处"
_GIVEN = "转交?|转至|交由|责成|责令|交办|督促|安排|要求"
_ANSWERS = "回复|答复|(?:高度)?重视|获悉|收悉|立即"


def _alternatives(table: dict[str, list[str]]) -> str:
    """One named group a department."""
    return "|".join(f"(?P<{id}>{'|'.join(patterns)})" for id, patterns in table.items())


_TABLES = tomllib.loads(Path(__file__).with_name("weak.toml").read_text("utf-8"))
_UNIT = _alternatives(_TABLES["units"])
_MENTION = re.compile(_UNIT)
_ACTS = (
    re.compile(rf"(?:经|由|据)(?:与|向)?{_GAP}{{0,14}}?(?:{_UNIT}){_GAP}{{0,10}}?(?:{_CHECKED})"),
    re.compile(rf"(?:{_GIVEN}){_GAP}{{0,14}}?(?:{_UNIT}){_GAP}{{0,12}}?(?:{_HANDLED})"),
    re.compile(rf"(?:^|[。！\n]){_GAP}{{0,10}}?(?:{_UNIT}){_GAP}{{0,6}}?(?:{_ANSWERS})"),
    re.compile(rf"(?:{_UNIT}){_GAP}{{0,6}}?\s?{_DATE}\s*$"),
)
_THANKS = re.compile(
    rf"对{_GAP}{{0,10}}?(?:{_alternatives(_TABLES['work'])})"
    "(?:事业|行业)?(?:管理|服务|发展)?(?:的)?(?:各项)?工作"
)


def handling_department(reply: str) -> str | None:
    """Id of the department that a reply shows as the handling one; `None` where it is silent or ambiguous."""
    acting = _only(match.lastgroup for act in _ACTS for match in act.finditer(reply))
    thanked = _only(match.lastgroup for match in _THANKS.finditer(reply))
    named = _only(match.lastgroup for match in _MENTION.finditer(reply))
    return _only(sign for sign in (acting, thanked, named) if sign is not None)


def _only(ids: Iterable[str | None]) -> str | None:
    """The one id that occurs; `None` where there are several, or none."""
    found = set(ids)
    return found.pop() if len(found) == 1 else None
