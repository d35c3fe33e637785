"""The rules of the gates as data: `gates.toml` read, its word lists filled in, its expressions compiled.

The format is described at the head of `gates.toml`. A rule that cannot be read raises `CatalogueError` with
its id, so that a city that edits the file learns which line to mend.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from triage.errors import CatalogueError
from triage.values import Action, LegalBasis

GATES_FILE = Path(__file__).parent / "gates.toml"
KINDS = ("110/119/120", "诉讼或仲裁", "行政复议", "纪检监察", "信访", "政府信息公开", "其他")
"""Classes of the channel (法定途径初判), as the annotation guideline of the dispatch gold names them."""

OVERRULE = "此为规则提示，话务员可改回正常派单；诉求不因此关闭。"
"""Who may set a gate aside, where the rules say nothing else."""
_ALARM = (("hints", 3, 1), ("strong", 2, 9), ("weak", 1, 2))
_NAME = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Also:
    """A further door of a gate, and the words that call for it."""

    door: str
    words: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Transfer:
    """How a call is handed over (一键转接、三方通话), and where that is written."""

    text: str
    source: str
    verified: bool
    """Whether the source was read; otherwise it is shown as a practice, never as law."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One rule of `gates.toml`, its expressions compiled."""

    id: str
    action: Action
    kind: str
    doors: tuple[str, ...]
    also: tuple[Also, ...]
    reason: str
    basis: tuple[LegalBasis, ...]
    opens: re.Pattern[str]
    alarm: tuple[tuple[int, int, re.Pattern[str]], ...]
    """Words for short texts: points each, how often they count, expression."""
    none: re.Pattern[str] | None
    """What silences the alarm of this gate in a short text."""
    silenced: re.Pattern[str] | None
    now: bool
    within: int
    """Only the first so many characters are read: the demand stands there, and the time stays bounded."""
    overrule: str
    """Who may set the gate aside (谁可以改), a sentence."""
    transfer: Transfer | None


@dataclass(frozen=True, slots=True)
class Gates:
    """All rules, in the order in which they are tried."""

    gates: tuple[Gate, ...]
    now: re.Pattern[str]
    signs: re.Pattern[str]
    """Signs of need (求救迹象): each adds a point, two at most."""
    calm: re.Pattern[str]
    """What petitioners write and callers in need do not: each takes three points."""
    short: int
    """A text of at most so many characters needs no word for "now", and its alarm is counted."""
    alarm: int
    """So many points open a gate."""
    within: int
    """The widest `within` of all gates."""
    learned: Gate | None
    """The gate for emergencies that the learned ear alone hears; `None`: it is not asked."""


@cache
def load_gates() -> Gates:
    """The rules that ship with the package; `CatalogueError` where one of them cannot be read."""
    return parse_gates(GATES_FILE.read_text("utf-8"))


def parse_gates(source: str) -> Gates:
    """The rules of a TOML text; `CatalogueError` names the gate that is wrong."""
    try:
        data = tomllib.loads(source)
        words = _filled_words(data.get("words", {}))
        guards = {name: list(listed) for name, listed in data["guards"].items()}
        handed = {name: Transfer(**one) for name, one in data.get("transfer", {}).items()}
        overrule = {**dict.fromkeys(("emergency", "other_channel"), OVERRULE), **data.get("overrule", {})}
        gates = tuple(_gate(entry, guards, words, overrule, handed) for entry in data["gate"])
        calm = [word for listed in (*guards.values(), data["petition"]) for word in listed]
        rules = Gates(
            gates,
            _either(data["now"], words),
            _either(data["signs"], words),
            _either(calm, words),
            short=int(data["short"]),
            alarm=int(data["alarm"]),
            within=max(gate.within for gate in gates),
            learned=next((gate for gate in gates if gate.id == data.get("learned")), None),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, re.error) as error:
        raise CatalogueError(
            "闸门规则文件 gates.toml 无法读取",
            expected="short、alarm、now、signs、petition、[words]、[guards] 与若干 [[gate]]",
            found=f"{type(error).__name__}: {error}",
            remedy="对照文件开头的说明改正",
        ) from error
    if len({gate.id for gate in gates}) < len(gates):
        raise CatalogueError("闸门规则的 id 重复", expected="每条规则一个 id", remedy="改正 gates.toml")
    return rules


def _filled_words(listed: dict[str, str]) -> dict[str, str]:
    """The word lists, each with the lists above it filled in."""
    words: dict[str, str] = {}
    for name, alternatives in listed.items():
        words[name] = f"(?:{_filled(alternatives, words)})"
    return words


def _filled(expression: str, words: dict[str, str]) -> str:
    return _NAME.sub(lambda name: words[name.group(1)], expression)


def _either(expressions: list[str], words: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_filled(expression, words)})" for expression in expressions))


def _gate(
    entry: dict[str, Any],
    guards: dict[str, list[str]],
    words: dict[str, str],
    overrule: dict[str, str],
    handed: dict[str, Transfer],
) -> Gate:
    name = str(entry.get("id", "（无 id）"))
    try:
        silencing = [word for guard in entry.get("guards", []) for word in guards[guard]]
        silencing += entry.get("none", [])
        gate = Gate(
            id=str(entry["id"]),
            action=Action(entry["action"]),
            kind=str(entry["kind"]),
            doors=tuple(entry["doors"]),
            also=tuple(Also(str(one["door"]), _either(one["any"], words)) for one in entry.get("also", [])),
            reason=str(entry["reason"]),
            basis=tuple(LegalBasis(law, article) for law, article in entry["basis"]),
            opens=_either(entry["any"], words),
            alarm=tuple(
                (points, times, _either(entry[name], words))
                for name, points, times in _ALARM
                if entry.get(name)
            ),
            none=_either(entry["none"], words) if entry.get("none") else None,
            silenced=_either(silencing, words) if silencing else None,
            now=bool(entry.get("now", False)),
            within=int(entry["within"]),
            overrule=str(entry.get("overrule", overrule.get(str(entry["action"]), ""))),
            transfer=handed[entry["transfer"]] if "transfer" in entry else None,
        )
        _check(gate)
    except (KeyError, ValueError, TypeError, re.error) as error:
        raise CatalogueError(
            f"闸门规则 {name} 有误",
            expected="id、action（emergency 或 other_channel）、kind、doors、reason、basis、any、within",
            found=f"{type(error).__name__}: {error}",
            remedy="改正 gates.toml 中的这一条",
        ) from error
    return gate


def _check(gate: Gate) -> None:
    if gate.action not in (Action.EMERGENCY, Action.OTHER_CHANNEL):
        raise ValueError(f"action = {gate.action.value}")
    if gate.kind not in KINDS or (gate.kind == KINDS[0]) != (gate.action is Action.EMERGENCY):
        raise ValueError(f"kind = {gate.kind}，action = {gate.action.value}")
    if not gate.basis or not gate.doors:
        raise ValueError(f"basis = {list(gate.basis)}，doors = {list(gate.doors)}")
