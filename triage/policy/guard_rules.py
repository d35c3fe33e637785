"""The rules of the guard as data: `guard.toml` read, checked, its word lists compiled.

The format is described at the head of `guard.toml`. `CatalogueError` names the entry that is wrong.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from triage.errors import CatalogueError
from triage.values import Clause, LegalBasis

GUARD_FILE = Path(__file__).parent / "guard.toml"
EFFECTS = ("allow", "bar", "note")
_WORDS = (
    "verbs", "charges", "addressed", "heard", "places", "faults", "graft", "lower", "higher", "local",
    "confidential",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlacedBasis:
    """An article and the place where it binds; `place` empty: everywhere."""

    basis: LegalBasis
    place: str

    def binds(self, region: str) -> bool:
        """Whether the article is law in `region` (a city such as 潍坊市, or a province)."""
        return not self.place or self.place in region


@dataclass(frozen=True, slots=True)
class ClauseRule:
    """One clause of the guard; `text` holds {department}, {instead}, {accused}, {why}."""

    id: str
    effect: str
    text: str
    basis: tuple[PlacedBasis, ...]

    def told(self, region: str, **names: str) -> Clause:
        """The clause for one route: what binds in `region` first; a rule of elsewhere is marked 参照."""
        binding = tuple(one.basis for one in self.basis if one.binds(region))
        text = self.text.format_map({"department": "", "instead": "", "accused": "", "why": "", **names})
        if binding:
            return Clause(self.id, text, binding, self.effect)
        places = "、".join(dict.fromkeys(one.place for one in self.basis))
        bases = tuple(one.basis for one in self.basis)
        return Clause(self.id, f"{text}（参照{places}的规定）", bases, self.effect, places)


@dataclass(frozen=True, slots=True)
class Unit:
    """How texts name a department, what stands below it, and whether it sells a service."""

    department: str
    names: tuple[str, ...]
    lower: tuple[str, ...]
    beneath: tuple[str, ...]
    enterprise: bool


@dataclass(frozen=True, slots=True)
class GuardRules:
    """Everything in `guard.toml`."""

    clauses: dict[str, ClauseRule]
    units: dict[str, Unit]
    above: dict[str, str]
    """Who handles an accusation where the accused may not: `discipline`, `conduct`, or a department."""
    words: dict[str, tuple[str, ...]]

    def pattern(self, name: str) -> str:
        """The words of a list as one alternation."""
        return f"(?:{'|'.join(self.words[name])})"


@cache
def load_guard(path: Path = GUARD_FILE) -> GuardRules:
    """The rules that ship with the package, or a city's file; `CatalogueError` where one cannot be read."""
    try:
        return parse_guard(path.read_text("utf-8"))
    except OSError as error:
        raise _broken(f"{type(error).__name__}", f"无法读取守卫规则 {path.name}") from error


def parse_guard(source: str) -> GuardRules:
    """The rules of a TOML text."""
    try:
        data = tomllib.loads(source)
        clauses = [_clause(entry) for entry in data["clause"]]
        units = [_unit(entry) for entry in data["unit"]]
        words = {name: tuple(data["words"][name]) for name in _WORDS}
        for name, listed in words.items():
            re.compile("|".join(listed))
            _refuse(not all(listed), f"[words] {name} 有空项")
        above = {str(key): str(value) for key, value in data["above"].items()}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, re.error) as error:
        raise _broken(f"{type(error).__name__}: {error}") from error
    _unique([one.id for one in clauses], "条款 id")
    _unique([one.department for one in units], "单位")
    return GuardRules({c.id: c for c in clauses}, {u.department: u for u in units}, above, words)


def _clause(entry: dict[str, Any]) -> ClauseRule:
    id = str(entry.get("id", "（无 id）"))
    basis = tuple(PlacedBasis(LegalBasis(law, article), place) for law, article, place in entry["basis"])
    _refuse(entry["effect"] not in EFFECTS, f"条款 {id} 的 effect = {entry['effect']}")
    _refuse(not basis, f"条款 {id} 没有依据")
    rule = ClauseRule(id, str(entry["effect"]), str(entry["text"]), basis)
    rule.told("")
    return rule


def _unit(entry: dict[str, Any]) -> Unit:
    names, lower = tuple(entry["names"]), tuple(entry["lower"])
    _refuse(not names or not all((*names, *lower)), f"单位 {entry['department']} 的名称有空项")
    return Unit(
        str(entry["department"]),
        names,
        lower,
        tuple(entry.get("beneath", ())),
        bool(entry.get("enterprise", False)),
    )


def _refuse(wrong: bool, why: str) -> None:
    if wrong:
        raise ValueError(why)


def _unique(ids: Sequence[str], what: str) -> None:
    twice = sorted({id for id in ids if ids.count(id) > 1})
    if twice:
        raise _broken("、".join(twice), f"守卫规则的{what}重复")


def _broken(found: str, what: str = "守卫规则文件 guard.toml 无法读取") -> CatalogueError:
    return CatalogueError(
        what,
        expected="[words]、[above]、若干 [[clause]] 与 [[unit]]",
        found=found,
        remedy="对照文件开头的说明改正",
    )
