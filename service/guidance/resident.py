"""Guidance for the resident: which door, what to bring, the clock, the rights and the limits.

Two levels of language stand side by side (`plain` and `full`), so that the reader switches without asking
again. Numbers, lists and sayings are data: `resident.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from legal_corpus.values import Resolution
from service.answers import Door
from service.guidance.draft import resolves
from service.guidance.lock import Lock
from service.guidance.operator import clock_lines
from service.guidance.seams import Find, Running
from service.guidance.support import GATED, Support, doubtful_clock
from service.guidance.tables import DoorRule, Saying, resident_table
from service.guidance.values import ClockLine, DoorAdvice, ResidentGuidance, Said
from service.words import UNSURE
from triage.values import Action, Triage

DOORS = 4
GENERAL = "12345"
_NUMBER = re.compile(r"(?<!\d)(?:1\d{2}|12\d{3}|96110|95598)(?!\d)")


def advise_resident(
    triage: Triage,
    doors: Sequence[Door],
    lock: Lock,
    *,
    as_of: date,
    region: str = "",
    support: Support | None = None,
) -> ResidentGuidance:
    """What a resident can do next, from a triage and the departments that may be asked.

    `support`: an entry of the catalogue speaks only where the search or the router bears it out.
    """

    def find(cited: str) -> Resolution:
        return lock.resolve(cited, as_of, region)

    table = resident_table()
    kind = triage.prediction.kind[0].label if triage.prediction.kind else ""
    first = doors[0].id if doors and doors[0].p >= UNSURE else ""
    entry = support.entry if support else None
    gated = triage.decision.action in GATED
    return ResidentGuidance(
        doors=tuple(_advice(rule, find) for rule in _doors(triage, first)),
        bring=() if triage.decision.action is Action.EMERGENCY else table.bring.get(first, table.bring[""]),
        clocks=() if gated else _clocks(_certain(triage, support or Support()), find),
        rights=tuple(_said(one, find) for one in table.rights if not one.kinds or kind in one.kinds),
        limits=tuple(_said(one, find) for one in table.limits),
        tell=tuple(entry.tell) if entry else (),
    )


def _doors(triage: Triage, department: str) -> list[DoorRule]:
    """The numbers of the channel, then the urgent ones, the department's, those that the words call for."""
    rules = resident_table().doors
    text = triage.masked.text
    named = _NUMBER.findall(triage.decision.channel)
    channel = [rule for number in named for rule in rules if rule.number == number]
    called = [rule for rule in rules if any(word in text for word in rule.words)]
    urgent = [rule for rule in called if rule.urgent]
    own = [rule for rule in rules if department and department in rule.departments]
    general = [rule for rule in rules if rule.number == GENERAL]
    ranked = [*channel, *urgent, *own, *called]
    if triage.decision.action is Action.EMERGENCY:
        return list(dict.fromkeys([*channel, *called]))[: DOORS - 1] or general
    return [*list(dict.fromkeys(ranked))[: DOORS - 1], *general]


def _advice(rule: DoorRule, find: Find) -> DoorAdvice:
    """A door; where an article names the number, the article is shown only if it resolves here."""
    source = rule.source if not rule.source.startswith("《") or resolves(rule.source, find) else ""
    return DoorAdvice(rule.name, rule.number, Said(rule.plain, rule.full), source or "公开号码")


def _said(saying: Saying, find: Find) -> Said:
    return Said(saying.plain, saying.full, tuple(one for one in saying.basis if resolves(one, find)))


def _certain(triage: Triage, support: Support) -> list[Running]:
    doubtful = doubtful_clock(triage, support)
    return [one for one in triage.deadlines if one.clock.id != doubtful]


def _clocks(running: Sequence[Running], find: Find) -> tuple[Said, ...]:
    return tuple(_clock_sayings(clock_lines(running, find)))


def _clock_sayings(lines: Sequence[ClockLine]) -> Iterator[Said]:
    """Only clocks whose article is confirmed here, or the hotline's own."""
    for line in lines[:2]:
        if line.due is None:
            continue
        day = f"{line.due.month}月{line.due.day}日"
        plain = f"今天登记的话，最晚{day}该有答复。到了没答复，再打12345催。"
        full = f"{line.name}：{line.text}；按今天登记推算，最迟{line.due.year}年{day}。"
        yield Said(plain, full, line.basis if line.verified else ())
