"""Gates (闸门): the matters that leave the hotline's ordinary path before a department is proposed.

`check_gates` tries the rules of `gates.toml` (read by `gate_rules`). All emergencies that open are joined
into one decision, since a fire may also want an ambulance; else the first statutory channel (法定途径:
review, court, discipline inspection, open information) that opens decides. A gate only advises; the operator
may overrule it, and the decision says so and quotes the words that opened it.

The time does not grow with the length of the text: no rule reads beyond its `within` characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from triage.policy.alarm import load_alarm
from triage.policy.gate_rules import OVERRULE, Gate, Gates, load_gates
from triage.values import Action, Decision

__all__ = ["OVERRULE", "Opened", "advice_of", "check_gates", "open_gates"]

_SENTENCE = re.compile(r"[^。！!？?；;\n]+[。！!？?；;\n]?")
_NEAR = 30


@dataclass(frozen=True, slots=True)
class Opened:
    """A gate that opened, the words that opened it, and the doors that these words call for."""

    gate: Gate
    words: str
    doors: tuple[str, ...]


def check_gates(text: str) -> Decision | None:
    """The advice of the gates on `text` (title and body, masked); `None`: no gate opens."""
    opened = open_gates(text)
    return advice_of(opened) if opened else None


def advice_of(opened: Sequence[Opened]) -> Decision:
    """The gates that opened (at least one), joined into one decision."""
    reasons = [
        line for one in opened for line in (one.gate.reason, f"触发词句：“{one.words}”（规则 {one.gate.id}）")
    ]
    handed = dict.fromkeys(one.gate.transfer for one in opened if one.gate.transfer is not None)
    reasons += [f"{one.text}（{'依据' if one.verified else '参照'}{one.source}）" for one in handed]
    overrule = dict.fromkeys(one.gate.overrule for one in opened)
    return Decision(
        action=opened[0].gate.action,
        reasons=(*reasons, *overrule),
        basis=tuple(dict.fromkeys(basis for one in opened for basis in one.gate.basis)),
        channel=" / ".join(dict.fromkeys(door for one in opened for door in one.doors)),
    )


def open_gates(text: str) -> list[Opened]:
    """Every emergency that opens, in the order of the rules; where there is none, the first other gate."""
    rules = load_gates()
    sentences = [(match.start(), match.group()) for match in _SENTENCE.finditer(text[: rules.within])]
    is_short = len(text.strip()) <= rules.short
    opened: list[Opened] = []
    for gate in rules.gates:
        if opened and gate.action is not Action.EMERGENCY:
            continue
        if one := _try(gate, rules, sentences, is_short):
            opened.append(one)
    if is_short and (not opened or opened[0].gate.action is Action.EMERGENCY):
        return _with_alarms(rules, text, opened) or _heard(rules, text)
    return opened


def _heard(rules: Gates, text: str) -> list[Opened]:
    """What the learned ear hears in a short text at which no rule opened: at most one gate.

    The doors are those of the danger whose words stand in the text, where some do.
    """
    alarm = load_alarm()
    if rules.learned is None or alarm.score(text) < alarm.threshold:
        return []
    points, gate = max(
        ((_alarm(gate, text)[0], gate) for gate in rules.gates if gate.alarm), key=lambda one: one[0]
    )
    doors = gate.doors if points else ()
    return [Opened(rules.learned, "、".join(alarm.words(text)), (*doors, *rules.learned.doors))]


def _with_alarms(rules: Gates, text: str, opened: list[Opened]) -> list[Opened]:
    """`opened` and the gates whose words give alarm in a short text, in the order of the rules."""
    alarms = {gate.id: _alarm(gate, text) for gate in rules.gates if gate.alarm}
    most = max((points for points, _ in alarms.values()), default=0)
    others = sum(min(2, points) for points, _ in alarms.values() if points >= 2) - min(2, most)
    signs = len({match.group() for match in rules.signs.finditer(text)})
    calm = len({match.group() for match in rules.calm.finditer(text)})
    given = min(3, others) + min(2, signs) - 3 * calm
    already = {one.gate.id: one for one in opened}
    found = []
    for gate in rules.gates:
        points, words = alarms.get(gate.id, (0, ""))
        if gate.id in already:
            found.append(already[gate.id])
        elif points + given >= rules.alarm and ((points == most and not opened) or points >= rules.alarm):
            found.append(Opened(gate, words, gate.doors + _further_doors(gate, [text])))
    return found


def _alarm(gate: Gate, text: str) -> tuple[int, str]:
    """Points of a gate's words in a short text, and these words; a weak word alone is no alarm."""
    if gate.none is not None and gate.none.search(text):
        return 0, ""
    total = 0
    words: list[str] = []
    counted: list[str] = []
    for points, times, expression in gate.alarm:
        found = dict.fromkeys(match.group() for match in expression.finditer(text))
        fresh = [word for word in found if not any(word in longer for longer in counted)]
        total += points * min(times, len(fresh))
        counted += fresh
        words += fresh if points > 1 else []
    return (total, "、".join(words)) if words else (0, "")


def _further_doors(gate: Gate, sentences: list[str]) -> tuple[str, ...]:
    return tuple(also.door for also in gate.also if any(also.words.search(one) for one in sentences))


def _try(gate: Gate, rules: Gates, sentences: list[tuple[int, str]], is_short: bool) -> Opened | None:
    for place, (start, sentence) in enumerate(sentences):
        if start >= gate.within:
            break
        words = _opening_words(gate, sentence[: gate.within - start])
        if not words or (not is_short and place and _is_history(gate, sentences[place - 1][1])):
            continue
        beside = [sentence for _, sentence in sentences[max(0, place - 1) : place + 2]]
        if not gate.now or is_short or any(rules.now.search(near) for near in beside):
            return Opened(gate, words, gate.doors + _further_doors(gate, beside))
    return None


def _is_history(gate: Gate, before: str) -> bool:
    """In a long letter the sentence before tells that a danger is past or supposed."""
    if gate.action is not Action.EMERGENCY or gate.silenced is None:
        return False
    return gate.silenced.search(before) is not None


def _opening_words(gate: Gate, sentence: str) -> str:
    """The words that open the gate, or nothing where they are silenced.

    A danger is silenced only from near by: a caller who does not stop for breath also says `通道` or `可能`.
    """
    near = _NEAR if gate.action is Action.EMERGENCY else len(sentence)
    for match in gate.opens.finditer(sentence):
        around = sentence[max(0, match.start() - near) : match.end() + near]
        if gate.silenced is None or not gate.silenced.search(around):
            return match.group().strip("，,。！!？?；;\n ")
    return ""
