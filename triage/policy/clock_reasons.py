"""Why a deadline falls on its day, as sentences for the operator; each names its article."""

from __future__ import annotations

from datetime import date

from triage.policy.clock_rules import Clock


def count_reasons(clock: Clock, times: int) -> tuple[str, ...]:
    """How the clock is counted, with `times` extensions."""
    lines = [_rule(clock)]
    if clock.unit == "working":
        lines.append("工作日按国务院放假调休安排计算。" + "".join(f"见{basis}。" for basis in clock.counting))
    elif clock.counting:
        lines.append(f"计算办法见{'、'.join(map(str, clock.counting))}。")
    if times:
        lines.append(_extension(clock, times))
    if clock.excluded:
        lines.append(f"不计入：{clock.excluded}。")
    return tuple(lines)


def roll_reasons(clock: Clock, due: date, rolled: date | None) -> tuple[str, ...]:
    """Why the end moved from `due` to `rolled` (`None`: that year's holidays are not known)."""
    if not clock.rolls or due == rolled:
        return ()
    articles = "、".join(map(str, clock.rolls))
    if rolled is None:
        return (f"{due.year} 年放假安排尚不掌握：{due} 若是休息日，还要依{articles}顺延。",)
    return (f"{due} 是休息日，顺延到 {rolled}（{articles}）。",)


def _rule(clock: Clock) -> str:
    counted = "从那一刻起算" if clock.unit == "hour" else "当天计入" if clock.first_day else "当天不计入"
    least = "不少于" if clock.minimum else ""
    span = f"自{clock.starts}之日起{least}{clock.length}，{counted}"
    if clock.setting:
        return f"{clock.name}：{span}。参照{clock.basis}，不是对本市的规定。"
    return f"{clock.name}（{clock.bound}）：{span}。依据{clock.basis}。"


def _extension(clock: Clock, times: int) -> str:
    often = f"，共 {times} 次" if times > 1 else ""
    approval = f"，须{clock.approval}" if clock.approval else ""
    told = "条文没有另写告知日期的，在原期限届满前告知"
    return f"延长{clock.longer}{often}：条件是{clock.extension_condition}{approval}；{told}。"
