"""Signals of risk (风险信号): who is hurt or endangered, what is cut off, whether it was reported before.

`find_signals` applies `signals.toml` (format at its head) to the masked text. Every signal points to its
words, says which urgency it asks for and why; `triage.policy.urgency` joins them with what the model
believes. A hit that is denied (`没有人受伤`) or over (`已经恢复供水`) is no signal. The time does not grow
with the length of the text: no rule reads beyond `read` characters.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from triage.errors import CatalogueError
from triage.values import Signal

SIGNALS_FILE = Path(__file__).parent / "signals.toml"
LEVELS = ("一般", "较急", "紧急")
_KEYS = {"id", "name", "raises_to", "reason", "any", "near", "none", "months", "weight"}
_CLAUSE = "，,。；;！!？?\n"
_DENIAL = 6
"""Characters before a hit in which a denial must stand."""


@dataclass(frozen=True, slots=True)
class SignalRule:
    """One kind of signal, its expressions compiled."""

    id: str
    name: str
    raises_to: str
    reason: str
    words: re.Pattern[str]
    near: re.Pattern[str] | None
    none: re.Pattern[str] | None
    months: tuple[tuple[str, str], ...]
    """Seasons as MM-DD pairs; empty: all year."""
    weight: float
    """Log-odds that a signal of 较急 adds to the model's belief."""

    def in_season(self, day: date | None) -> bool:
        """Whether the rule counts on that day; a seasonal rule needs a known day."""
        if not self.months:
            return True
        return day is not None and any(first <= f"{day:%m-%d}" <= last for first, last in self.months)


@dataclass(frozen=True, slots=True)
class SignalRules:
    """Everything in `signals.toml`."""

    rules: tuple[SignalRule, ...]
    reach: int
    read: int
    negations: re.Pattern[str]
    past: re.Pattern[str]

    def weight(self, kind: str) -> float:
        """Log-odds of a kind of signal; 0 where it is unknown or only noted."""
        return next((rule.weight for rule in self.rules if rule.id == kind), 0.0)


def find_signals(
    text: str, received_at: datetime | date | None = None, rules: SignalRules | None = None
) -> tuple[Signal, ...]:
    """The signals of a masked text, the most urgent first, each with its words `text[start:end]`.

    `received_at`: the day of receipt, for what depends on the season; without it no season is known.
    """
    rules = rules or load_signals()
    head = text[: rules.read]
    hits = ((rule, _hit(rule, rules, head)) for rule in rules.rules if rule.in_season(received_at))
    found = [
        Signal(rule.id, hit.group(), hit.start(), hit.end(), rule.raises_to, rule.reason)
        for rule, hit in hits
        if hit is not None
    ]
    return tuple(sorted(found, key=lambda signal: -LEVELS.index(signal.raises_to)))


def _hit(rule: SignalRule, rules: SignalRules, text: str) -> re.Match[str] | None:
    """The first place where the rule's words stand and nothing denies them."""
    for match in rule.words.finditer(text):
        around = text[max(0, match.start() - rules.reach) : match.end() + rules.reach]
        if rule.near is not None and not rule.near.search(around):
            continue
        if rule.none is not None and rule.none.search(around):
            continue
        if not _denied(rules, text, match.start()) and not _over(rules, text, match):
            return match
    return None


def _denied(rules: SignalRules, text: str, start: int) -> bool:
    """A denial stands right before, in the same clause."""
    before = text[max(0, start - _DENIAL) : start]
    cut = max(before.rfind(mark) for mark in _CLAUSE) + 1
    return rules.negations.search(before[cut:]) is not None


def _over(rules: SignalRules, text: str, match: re.Match[str]) -> bool:
    """The sentence says that it is settled."""
    first = max(text.rfind(mark, 0, match.start()) for mark in "。；！？\n") + 1
    ends = [at for mark in "。；！？\n" if (at := text.find(mark, match.end())) >= 0]
    return rules.past.search(text[first : min(ends, default=len(text))]) is not None


@cache
def load_signals(path: Path = SIGNALS_FILE) -> SignalRules:
    """The rules that ship with the package, or a city's own; `CatalogueError` where one cannot be read."""
    try:
        return parse_signals(path.read_text("utf-8"))
    except OSError as error:
        raise _broken(type(error).__name__, f"无法读取风险信号 {path.name}") from error


def parse_signals(source: str) -> SignalRules:
    """The rules of a TOML text; `CatalogueError` names the signal that is wrong."""
    try:
        data = tomllib.loads(source)
        rules = tuple(_rule(entry) for entry in data["signal"])
        ids = [rule.id for rule in rules]
        if twice := sorted({id for id in ids if ids.count(id) > 1}):
            raise ValueError(f"id 重复：{'、'.join(twice)}")
        return SignalRules(
            rules,
            reach=int(data["reach"]),
            read=int(data["read"]),
            negations=re.compile(f"(?:{'|'.join(data['negations'])})$"),
            past=_either(data["past"]),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, re.error) as error:
        raise _broken(f"{type(error).__name__}: {error}") from error


def _rule(entry: dict[str, Any]) -> SignalRule:
    id = str(entry["id"])
    if unknown := sorted(set(entry) - _KEYS):
        raise ValueError(f"信号 {id} 有不认识的键 {'、'.join(unknown)}")
    if entry["raises_to"] not in LEVELS:
        raise ValueError(f"信号 {id} 的 raises_to = {entry['raises_to']}")
    weight = float(entry.get("weight", 0.0))
    if (weight != 0) != (entry["raises_to"] == LEVELS[1]):
        raise ValueError(f"信号 {id}：weight 只用于、也必须用于 raises_to = 较急")
    return SignalRule(
        id=id,
        name=str(entry["name"]),
        raises_to=str(entry["raises_to"]),
        reason=str(entry["reason"]),
        words=_either(entry["any"]),
        near=_either(entry["near"]) if entry.get("near") else None,
        none=_either(entry["none"]) if entry.get("none") else None,
        months=tuple((str(first), str(last)) for first, last in entry.get("months", ())),
        weight=weight,
    )


def _either(expressions: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{expression})" for expression in expressions))


def _broken(found: str, what: str = "风险信号文件 signals.toml 无法读取") -> CatalogueError:
    return CatalogueError(
        what,
        expected="reach、read、negations、past 与若干 [[signal]]（id name raises_to reason any）",
        found=found,
        remedy="对照文件开头的说明改正",
    )
