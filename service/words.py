"""The Chinese words for what the values name, the same in the terminal, the tables and the page."""

from __future__ import annotations

from service.guidance.values import Actor, Status
from triage.values import Action

ACTIONS = {
    Action.AUTO: "建议直接派单",
    Action.REVIEW: "需人工研判",
    Action.OTHER_CHANNEL: "引导至法定途径",
    Action.EMERGENCY: "紧急：先转接救援",
}
ACTION_HELP = {
    Action.AUTO: "把握较大，核对后一键确认。",
    Action.REVIEW: "把握不足，请从候选部门中选定。",
    Action.OTHER_CHANNEL: "不属热线派单范围，请告知应走的途径。",
    Action.EMERGENCY: "可能有现实危险，先转接再登记。",
}
STATUS_WORDS = {Status.SUPPORTED: "可用", Status.MARKED: "待核对", Status.STRUCK: "已删去"}
"""What the citation lock found, for people."""
TEXT_KINDS = {"official": "原文", "digest": "摘要"}
DUTIES = 3
"""Duties of a department that a resident is shown; the JSON has all."""
UNSURE = 0.5
"""Below this probability a department is named as a possibility only."""
UNSURE_DOOR = "不能确定由谁办理，可拨 12345 由话务员转派；可能的部门："
ROLES = {"governing": "可能适用", "basis": "职责依据"}


def part_of(actor: Actor) -> str:
    """The part of a unit in a matter; one that helps and is often taken for the lead is not both at once."""
    if actor.role == "co":
        return "配合，不作主办" if actor.why else "协办"
    return {"lead": "主办", "not_competent": "不主管"}[actor.role]


def percent(p: float) -> str:
    """A probability for people: 0.834 → 83%; never a false certainty."""
    if p >= 0.995:
        return ">99%"
    return f"{p:.0%}" if p >= 0.01 else "<1%"
