"""`zhili quality REPLY … --complaint TEXT`: five scores of a reply, each with its parts and words."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from triage.quality.values import PartScore, ReplyQuality, Score

_SHOWN = 28
"""Characters of a demand or a piece of evidence that a line shows."""


def quality(
    replies: Annotated[list[str], typer.Argument(metavar="REPLY...", help="答复原文；- 表示从标准输入读")],
    complaint: Annotated[str, typer.Option("--complaint", help="所答复的诉求")],
    received: Annotated[str, typer.Option("--received", help="受理日期")] = "",
    replied: Annotated[str, typer.Option("--replied", help="答复日期")] = "",
    clock: Annotated[str, typer.Option("--clock", help="时限 id，如 xinfang_60；缺省不判断是否超期")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """答复质量：相关、完整、可解释、及时、礼貌五项，各附分项和所依据的字词；不合成总分。"""
    from foundation.canonical import to_json
    from service.inputs import read_day
    from triage.quality.reply import judge_reply

    start, end = read_day(received, "received"), read_day(replied, "replied")
    due = _due(clock, start)
    texts = [sys.stdin.read() if reply == "-" else reply for reply in replies]
    judged = [judge_reply(complaint, text, received=start, replied=end, due=due) for text in texts]
    if as_json:
        typer.echo(to_json(judged, indent=1))
        return
    typer.echo("\n\n".join(_readable(one) for one in judged))


def _due(clock: str, start: date | None) -> date | None:
    from service.errors import BadRequest
    from triage.policy.clocks import load_clocks

    if not clock:
        return None
    if start is None:
        raise BadRequest("给了时限，没有受理日期", expected="--received", remedy="补上受理日期")
    return load_clocks().deadline(clock, start).due


def _readable(judged: ReplyQuality) -> str:
    lines = [judged.reply]
    for score in judged.scores:
        lines.append(_headline(score))
        lines += [_part(part) for part in score.parts]
    return "\n".join(lines)


def _headline(score: Score) -> str:
    value = "—" if score.value is None else f"{score.value:.2f}"
    return f"{score.name} {value}" + (f"（{'；'.join(score.reasons)}）" if score.reasons else "")


def _part(part: PartScore) -> str:
    words = "、".join(_short(span.text) for span in part.evidence) or "—"
    return f"  {part.value:.2f}  {_short(part.name)}：{words}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
