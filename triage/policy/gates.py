"""Gates: the matters that leave the hotline's ordinary path before a department is proposed.

`check_gates` reads the rules of `gates.toml` (the format is described there) and returns the decision of
the first gate that opens: danger now (110, 119, 120, 122) or a statutory channel (法定途径: review, court,
discipline inspection, open information). A gate only advises; the operator may overrule it, and says so in
its reasons.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from triage.errors import CatalogueError
from triage.values import Action, Decision, LegalBasis

_SENTENCE = re.compile(r"[^。！!？?；;\n]+[。！!？?；;\n]?")
OVERRULE = "此为规则提示，话务员可改回正常派单；诉求不因此关闭。"


@dataclass(frozen=True, slots=True)
class Gate:
    """One rule of `gates.toml`, its expressions compiled."""

    id: str
    action: Action
    channel: str
    reason: str
    basis: tuple[LegalBasis, ...]
    opens: re.Pattern[str]
    silenced: re.Pattern[str] | None
    now: bool
    within: int | None


@dataclass(frozen=True, slots=True)
class Gates:
    """All rules, in the order in which they are tried."""

    gates: tuple[Gate, ...]
    now: re.Pattern[str]
    short: int
    """A text of at most so many characters needs no word for "now"."""


def check_gates(text: str) -> Decision | None:
    """The decision of the first gate that opens on `text` (title and body, masked); `None`: none opens."""
    rules = load_gates()
    sentences = [(match.start(), match.group()) for match in _SENTENCE.finditer(text)]
    is_short = len(text.strip()) <= rules.short
    for gate in rules.gates:
        for place, (start, sentence) in enumerate(sentences):
            if gate.within is not None and start >= gate.within:
                break
            words = _opening_words(gate, sentence)
            if words and (not gate.now or is_short or _happens_now(rules, sentences, place)):
                return _decision(gate, words)
    return None


def _opening_words(gate: Gate, sentence: str) -> str:
    """The words that open the gate, or nothing where the sentence is silent or silenced."""
    match = gate.opens.search(sentence)
    if match is None or (gate.silenced is not None and gate.silenced.search(sentence)):
        return ""
    return match.group().strip("，,。！!？?；;\n ")


def _happens_now(rules: Gates, sentences: list[tuple[int, str]], place: int) -> bool:
    """Whether the sentence or one beside it says so."""
    beside = sentences[max(0, place - 1) : place + 2]
    return any(rules.now.search(sentence) for _, sentence in beside)


def _decision(gate: Gate, words: str) -> Decision:
    return Decision(
        action=gate.action,
        reasons=(gate.reason, f"触发词句：“{words}”（规则 {gate.id}）", OVERRULE),
        basis=gate.basis,
        channel=gate.channel,
    )


@cache
def load_gates() -> Gates:
    """The rules that ship with the package; `CatalogueError` where one of them cannot be read."""
    return parse_gates(resources.files("triage.policy").joinpath("gates.toml").read_text("utf-8"))


def parse_gates(source: str) -> Gates:
    """The rules of a TOML text; `CatalogueError` names the gate that is wrong."""
    try:
        data = tomllib.loads(source)
        guards = {name: list(words) for name, words in data["guards"].items()}
        gates = tuple(_gate(entry, guards) for entry in data["gate"])
        rules = Gates(gates, _either(data["now"]), int(data["short"]))
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise CatalogueError(
            "闸门规则文件 gates.toml 无法读取",
            expected="short、now、[guards] 与若干 [[gate]]",
            found=f"{type(error).__name__}: {error}",
            remedy="对照文件开头的说明改正",
        ) from error
    if len({gate.id for gate in gates}) < len(gates):
        raise CatalogueError("闸门规则的 id 重复", expected="每条规则一个 id", remedy="改正 gates.toml")
    return rules


def _gate(entry: dict[str, Any], guards: dict[str, list[str]]) -> Gate:
    name = str(entry.get("id", "（无 id）"))
    try:
        silencing = [word for guard in entry.get("guards", []) for word in guards[guard]] + entry.get(
            "none", []
        )
        action = Action(entry["action"])
        if action not in (Action.EMERGENCY, Action.OTHER_CHANNEL) or not entry["basis"]:
            raise ValueError(f"action = {action.value}，basis = {entry['basis']}")
        return Gate(
            id=str(entry["id"]),
            action=action,
            channel=str(entry["channel"]),
            reason=str(entry["reason"]),
            basis=tuple(LegalBasis(law, article) for law, article in entry["basis"]),
            opens=_either(entry["any"]),
            silenced=_either(silencing) if silencing else None,
            now=bool(entry.get("now", False)),
            within=entry.get("within"),
        )
    except (KeyError, ValueError, TypeError, re.error) as error:
        raise CatalogueError(
            f"闸门规则 {name} 有误",
            expected="id、action（emergency 或 other_channel）、channel、reason、basis、any",
            found=f"{type(error).__name__}: {error}",
            remedy="改正 gates.toml 中的这一条",
        ) from error


def _either(expressions: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{expression})" for expression in expressions))
