"""From a prediction to advice: propose for one-click dispatch, or ask a person, and say why.

`auto` only above the threshold that the router's manifest holds (chosen on out-of-fold predictions so that
the upper bound of the error is kept); a person reviews every other message.
"""

from __future__ import annotations

from triage.catalogue.book import Catalogue, Department
from triage.classifier.thresholds import Thresholds
from triage.values import Action, Decision, LegalBasis, Prediction

SHORT = 12
"""Characters of a message (without spaces) below which nobody should decide on it without asking back."""
CLOSE = 0.15
"""Two departments whose probabilities differ by less are close."""
WEAK = 0.5
"""Below this the first department is a guess."""
DUTIES = 2
BASES = 2


def decide(
    prediction: Prediction, thresholds: Thresholds, catalogue: Catalogue, *, length: int | None = None
) -> Decision:
    """What to do with a message whose prediction is this; `length`: its characters, where known.

    Raises `CatalogueError` where the prediction names a department that the catalogue does not hold.
    """
    first = prediction.department[0]
    department = catalogue.department(first.id)
    doubts = _doubts(prediction, thresholds, length)
    reasons = (
        *doubts,
        _duty(department, prediction),
        *_runner_up(prediction, catalogue),
        *_evidence(prediction),
    )
    action = Action.REVIEW if doubts else Action.AUTO
    return Decision(action, reasons, _basis(department))


def _doubts(prediction: Prediction, thresholds: Thresholds, length: int | None) -> tuple[str, ...]:
    """Why a person must look at it; none where the message may be proposed as it is."""
    first = prediction.department[0]
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
    elif first.p < thresholds.auto:
        degree = "低置信" if first.p < WEAK else "置信度未达自动派单要求"
        doubts.append(f"{degree}：首选单位概率 {first.p:.0%}，要求不低于 {thresholds.auto:.0%}")
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


def _basis(department: Department) -> tuple[LegalBasis, ...]:
    return department.basis[:BASES]
