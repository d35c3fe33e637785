"""From a prediction to advice: propose for one-click dispatch, or ask a person, and say why.

`auto` only above the threshold that the router's manifest holds (chosen on out-of-fold predictions so that
the upper bound of the error is kept); a person reviews every other message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from triage.catalogue.book import Catalogue, Department
from triage.catalogue.dispatch import DispatchEntry
from triage.classifier.drift import STRANGE
from triage.classifier.parts import Part
from triage.classifier.thresholds import Thresholds
from triage.policy.guard import Verdict
from triage.policy.place_rules import Placed
from triage.policy.urgency import reasons_of
from triage.values import Action, Decision, DepartmentScore, LegalBasis, Prediction, Signal

SHORT = 12
"""Characters of a message (without spaces) below which nobody should decide on it without asking back."""
CLOSE = 0.15
"""Two departments whose probabilities differ by less are close."""
WEAK = 0.5
"""Below this the first department is a guess."""
DUTIES = 2
BASES = 2


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the rules found beside the model; all empty: the model alone speaks."""

    entry: DispatchEntry | None = None
    verdict: Verdict | None = None
    placed: Placed | None = None
    signals: Sequence[Signal] = ()
    parts: Sequence[Part] = ()
    unknown: float = 0.0
    """Share of the message's terms that the router never met (`triage.classifier.drift`)."""
    own: DepartmentScore | None = None
    """The router's own first department where catalogue or rules came after it: the threshold was proven on
    the router's probabilities, not on what the catalogue makes of them."""


NO_GROUNDS = Grounds()


def decide(
    prediction: Prediction,
    thresholds: Thresholds,
    catalogue: Catalogue,
    *,
    length: int | None = None,
    grounds: Grounds = NO_GROUNDS,
) -> Decision:
    """What to do with a message whose prediction is this; `length`: its characters, where known.

    Raises `CatalogueError` where the prediction names a department that the catalogue does not hold.
    """
    first = prediction.department[0]
    department = catalogue.department(first.id)
    doubts = _doubts(prediction, thresholds, length, grounds.own) + _rule_doubts(grounds, catalogue)
    reasons = (
        *doubts,
        _duty(department, prediction),
        *_runner_up(prediction, catalogue),
        *_evidence(prediction),
        *_rule_reasons(grounds, catalogue),
    )
    action = Action.REVIEW if doubts else Action.AUTO
    channel = grounds.placed.channel if grounds.placed is not None else ""
    return Decision(action, reasons, _bases(department, grounds), channel)


def rerouted(prediction: Prediction, department: str, names: Mapping[str, str]) -> Prediction:
    """The prediction with `department` first: the belief in the unit that it replaces passes to it.

    The replaced unit leaves the list; where nothing changes, neither does the list.
    """
    first, *others = prediction.department
    if first.id == department:
        return prediction
    p = first.p + sum(one.p for one in others if one.id == department)
    left = tuple(one for one in others if one.id != department)
    return replace(prediction, department=(DepartmentScore(department, names[department], p), *left))


def _doubts(
    prediction: Prediction, thresholds: Thresholds, length: int | None, own: DepartmentScore | None = None
) -> tuple[str, ...]:
    """Why a person must look at it; none where the message may be proposed as it is."""
    first = prediction.department[0]
    proven = own or first
    gap = first.p - prediction.department[1].p if len(prediction.department) > 1 else 1.0
    doubts = []
    if length is not None and length < SHORT:
        doubts.append(f"诉求过短（{length} 个字），请先向来电人核实事由和地点")
    if first.id == "other":
        doubts.append("没有对应的承办单位，请人工研判")
    if gap < CLOSE:
        doubts.append(f"{first.name}与{prediction.department[1].name}两个单位接近，请人工选定")
    if thresholds.auto is None:
        doubts.append("模型没有经验证的自动派单阈值，一律人工研判")
    elif proven.id != first.id:
        doubts.append(f"模型首选{proven.name}（{proven.p:.0%}），目录或规则首选{first.name}，请人工选定")
    elif proven.p < thresholds.auto:
        degree = "低置信" if proven.p < WEAK else "置信度未达自动派单要求"
        doubts.append(f"{degree}：首选单位概率 {proven.p:.0%}，要求不低于 {thresholds.auto:.0%}")
    return tuple(doubts)


def _duty(department: Department, prediction: Prediction) -> str:
    duties = "；".join(_fitting(department, prediction)[:DUTIES])
    return f"建议主办：{department.name}（{prediction.department[0].p:.0%}），职责：{duties}"


def _fitting(department: Department, prediction: Prediction) -> list[str]:
    """Its duties, those first that share most pairs of characters with the words that spoke for it."""
    words = [found.text for found in prediction.evidence]
    pairs = {word[at : at + 2] for word in words for at in range(len(word) - 1)}
    return sorted(department.duties, key=lambda duty: -sum(pair in duty for pair in pairs))


def _runner_up(prediction: Prediction, catalogue: Catalogue) -> tuple[str, ...]:
    if len(prediction.department) < 2:
        return ()
    second = prediction.department[1]
    duty = "；".join(_fitting(catalogue.department(second.id), prediction)[:1])
    return (f"备选：{second.name}（{second.p:.0%}），职责：{duty}",)


def _evidence(prediction: Prediction) -> tuple[str, ...]:
    if not prediction.evidence:
        return ()
    return (f"主要依据的字词：{'、'.join(found.text for found in prediction.evidence)}",)


def _rule_doubts(grounds: Grounds, catalogue: Catalogue) -> tuple[str, ...]:
    """Why a rule wants a person: several matters, strange words, a route that was barred."""
    doubts = []
    if grounds.parts:
        units = "、".join(dict.fromkeys(catalogue.department(part.department).name for part in grounds.parts))
        doubts.append(f"多个事项：一件多诉，分属{units}，请先拆分或者确定主办")
    if grounds.unknown >= STRANGE:
        doubts.append(f"用语陌生：{grounds.unknown:.0%} 的字词不见于训练数据，模型没有把握，请人工研判")
    if grounds.verdict is not None and not grounds.verdict.allowed:
        doubts += [f"改派：{clause.text}" for clause in grounds.verdict.clauses if clause.effect == "bar"]
    return tuple(doubts)


def _rule_reasons(grounds: Grounds, catalogue: Catalogue) -> tuple[str, ...]:
    """What the catalogue, the place and the signals add."""
    reasons = []
    if grounds.entry is not None:
        co = "、".join(catalogue.department(id).name for id in grounds.entry.co)
        reasons.append(f"派单目录：{grounds.entry.name}" + (f"，协办{co}" if co else ""))
    if grounds.placed is not None:
        co = "、".join(catalogue.department(id).name for id in grounds.placed.co)
        reasons += grounds.placed.notes + ((f"属地规则：协办{co}",) if co else ())
    return (*reasons, *reasons_of(grounds.signals))


def _bases(department: Department, grounds: Grounds) -> tuple[LegalBasis, ...]:
    """The articles of the entry that fits, of the city's rule, and of the department's duty."""
    entry = grounds.entry
    fits = entry is not None and entry.lead == department.id
    named = entry.basis if entry is not None and fits else ()
    local = grounds.placed.basis if grounds.placed is not None else ()
    return tuple(dict.fromkeys((*named, *local, *department.basis[:BASES])))
