"""Routing by place and time (属地与时段): a city's own rule table, tried in order, with the trace shown.

`PlaceRules.apply` walks the rules; the first that holds decides unless it says `go_on`. Each rule leaves one
line: what it changed, or the first condition that did not hold. Conditions on time never hold where the time
of receipt is not known, and a rest day of a year whose holidays nobody has announced is not guessed. The
format is described at the head of `place_rules.toml`, which is an example and not active by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path

from triage.catalogue.book import Catalogue, load_catalogue
from triage.catalogue.reading import Entry, read_entries
from triage.policy.workdays import UnknownCalendar, load_calendar
from triage.taxonomy.tree import Taxonomy, load_taxonomy
from triage.values import LegalBasis

EXAMPLE = Path(__file__).parent / "place_rules.toml"
KINDS = ("投诉", "求助", "举报", "咨询", "建议", "表扬")
DAYS = ("", "workday", "restday")
_CHINA = timezone(timedelta(hours=8), "CST")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_CONDITIONS = ("place", "not_place", "matter", "department", "kind", "words", "hours", "days", "season")
_EFFECTS = ("use", "co", "channel", "note")
_KEYS = ("id", "why", "basis", "go_on", *_CONDITIONS, *_EFFECTS)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the conditions are read from."""

    text: str
    """The masked message."""
    places: tuple[str, ...] = ()
    """Places that the message names; empty: the whole message is read for them."""
    matter: tuple[str, str] = ("", "")
    department: str = ""
    kind: str = ""
    received_at: datetime | None = None

    @property
    def where(self) -> str:
        """The text in which place words are looked for."""
        return "\n".join(self.places) if self.places else self.text

    @property
    def moment(self) -> datetime | None:
        """When it was received, Chinese time; a time without zone is Chinese already."""
        if self.received_at is None or self.received_at.tzinfo is None:
            return self.received_at
        return self.received_at.astimezone(_CHINA)


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """One rule; empty conditions hold always."""

    id: str
    why: str
    basis: tuple[LegalBasis, ...]
    go_on: bool
    place: tuple[str, ...]
    not_place: tuple[str, ...]
    matter: tuple[str, ...]
    department: tuple[str, ...]
    kind: tuple[str, ...]
    words: tuple[str, ...]
    hours: tuple[time, time] | None
    days: str
    season: tuple[tuple[str, str], ...]
    use: str
    co: tuple[str, ...]
    channel: str
    note: str

    def failing(self, at: Situation) -> str:
        """The first condition that does not hold, for people; empty: the rule holds."""
        matter = ("/".join(at.matter), at.matter[0])
        checks: tuple[tuple[object, Callable[[], bool], str], ...] = (
            (self.place, lambda: any(word in at.where for word in self.place), "地点不符"),
            (self.not_place, lambda: not any(word in at.where for word in self.not_place), "地点除外"),
            (self.matter, lambda: any(one in self.matter for one in matter), "事项不符"),
            (self.department, lambda: at.department in self.department, "单位不符"),
            (self.kind, lambda: at.kind in self.kind, "类型不符"),
            (self.words, lambda: any(word in at.text for word in self.words), "字词不符"),
        )
        for wanted, holds, said in checks:
            if wanted and not holds():
                return said
        return self._wrong_time(at.moment)

    def _wrong_time(self, moment: datetime | None) -> str:
        if not (self.hours or self.days or self.season):
            return ""
        if moment is None:
            return "没有受理时间，无法判断时段"
        if self.hours and not _within(moment.time(), *self.hours):
            return "时段不符"
        if self.season and not any(first <= f"{moment:%m-%d}" <= last for first, last in self.season):
            return "季节不符"
        return self._wrong_day(moment) if self.days else ""

    def _wrong_day(self, moment: datetime) -> str:
        try:
            works = load_calendar().is_workday(moment.date())
        except UnknownCalendar:
            return f"{moment.year}年的节假日安排未知，无法判断"
        return "" if works == (self.days == "workday") else "日子不符"


@dataclass(frozen=True, slots=True)
class Placed:
    """What the rules made of a situation."""

    department: str
    co: tuple[str, ...] = ()
    channel: str = ""
    notes: tuple[str, ...] = ()
    """What to tell the operator: why, and the rule's note."""
    basis: tuple[LegalBasis, ...] = ()
    held: tuple[str, ...] = ()
    """Ids of the rules that held."""
    trace: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceRules:
    """The table of a city; empty: nothing changes."""

    rules: tuple[PlaceRule, ...] = ()

    def apply(self, at: Situation) -> Placed:
        """Walk the table; the department of the situation stands where no rule names another."""
        department, channel = at.department, ""
        co: dict[str, None] = {}
        notes: list[str] = []
        basis: list[LegalBasis] = []
        held: list[str] = []
        trace: list[str] = []
        for rule in self.rules:
            if why_not := rule.failing(at):
                trace.append(f"属地规则 {rule.id}：不适用（{why_not}）")
                continue
            department, channel = rule.use or department, rule.channel or channel
            co.update(dict.fromkeys(rule.co))
            notes += [one for one in (rule.why, rule.note) if one]
            basis += rule.basis
            held.append(rule.id)
            trace.append(f"属地规则 {rule.id}：适用，{_consequence(rule)}")
            if not rule.go_on:
                break
        co.pop(department, None)
        return Placed(department, tuple(co), channel, tuple(notes), tuple(basis), tuple(held), tuple(trace))


@cache
def load_place_rules(path: Path) -> PlaceRules:
    """The rules of a city's file; `CatalogueError` with file, rule, expected and found where one is wrong."""
    catalogue, taxonomy = load_catalogue(), load_taxonomy()
    entries = read_entries(path, "rule")
    rules = tuple(_rule(entry, catalogue, taxonomy) for entry in entries)
    seen: set[str] = set()
    for entry, rule in zip(entries, rules, strict=True):
        if rule.id in seen:
            raise entry.named(rule.id).wrong("的 id 重复", "每条规则一个 id", rule.id)
        seen.add(rule.id)
    return PlaceRules(rules)


def _rule(entry: Entry, catalogue: Catalogue, taxonomy: Taxonomy) -> PlaceRule:
    id = entry.text("id")
    entry = entry.named(id)
    entry.only(_KEYS)
    for needed, said in ((_CONDITIONS, "没有条件"), (_EFFECTS, "没有结果")):
        if not any(key in entry.values for key in needed):
            raise entry.wrong(said, f"至少一项：{'、'.join(needed)}", "没有")
    use = entry.text("use", empty=True)
    rule = PlaceRule(
        id=id,
        why=entry.text("why"),
        basis=entry.bases(),
        go_on=_flag(entry),
        place=entry.texts("place", empty=True),
        not_place=entry.texts("not_place", empty=True),
        matter=entry.texts("matter", empty=True),
        department=entry.texts("department", empty=True),
        kind=entry.texts("kind", empty=True),
        words=entry.texts("words", empty=True),
        hours=_hours(entry),
        days=entry.text("days", empty=True),
        season=_season(entry),
        use=use,
        co=entry.texts("co", empty=True),
        channel=entry.text("channel", empty=True),
        note=entry.text("note", empty=True),
    )
    _known(entry, "单位", (*rule.department, *rule.co, *filter(None, [use])), catalogue.ids)
    matters = {f"{matter.level1}/{matter.level2}" for matter in taxonomy.matters}
    _known(entry, "事项", rule.matter, matters | {matter.level1 for matter in taxonomy.matters})
    _known(entry, "类型", rule.kind, KINDS)
    _known(entry, "日子", (rule.days,), DAYS)
    return rule


def _known(entry: Entry, what: str, named: Sequence[str], known: Sequence[str] | set[str]) -> None:
    if unknown := [one for one in named if one not in known]:
        some = "、".join(filter(None, sorted(known)[:8]))
        raise entry.wrong(f"的{what}不存在", f"已有的{what}，如 {some}", "、".join(unknown))


def _flag(entry: Entry) -> bool:
    value = entry.values.get("go_on", False)
    if not isinstance(value, bool):
        raise entry.wrong("的 go_on 不对", "true 或 false", repr(value))
    return value


def _hours(entry: Entry) -> tuple[time, time] | None:
    text = entry.text("hours", empty=True)
    if not text:
        return None
    match = _HOURS.fullmatch(text)
    if match is None or match[0][:5] == match[0][6:]:
        raise entry.wrong("的 hours 不对", "HH:MM-HH:MM，如 18:00-08:30", text)
    first, second, third, fourth = map(int, match.groups())
    return time(first, second), time(third, fourth)


def _season(entry: Entry) -> tuple[tuple[str, str], ...]:
    rows = entry.values.get("season", [])
    if not isinstance(rows, list) or not all(map(_is_season, rows)):
        raise entry.wrong("的 season 不对", '[["MM-DD", "MM-DD"], …]，先后有序', repr(rows)[:60])
    return tuple((first, last) for first, last in rows)


def _is_season(row: object) -> bool:
    """Whether a row is a first and a last day, in order."""
    if not isinstance(row, list) or len(row) != 2:
        return False
    first, last = map(str, row)
    return bool(_DAY.fullmatch(first) and _DAY.fullmatch(last)) and first <= last


def _within(moment: time, first: time, last: time) -> bool:
    """From `first` until before `last`; past midnight where `last` is the earlier hour."""
    return first <= moment < last if first < last else moment >= first or moment < last


def _consequence(rule: PlaceRule) -> str:
    parts = [f"主办 {rule.use}" if rule.use else "", f"协办 {'、'.join(rule.co)}" if rule.co else ""]
    parts += [f"途径 {rule.channel}" if rule.channel else "", "提示" if rule.note else ""]
    return "；".join(filter(None, parts))
