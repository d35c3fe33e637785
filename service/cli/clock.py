"""`zhili clock list | due`: the statutory clocks, and when one of them ends.

`zhili clock due xinfang_60 --start 2026-11-23 --extended 1`
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import date, datetime

    from triage.policy.clock_rules import Clock
    from triage.policy.clocks import Deadline

commands = typer.Typer(help="法定时限：有哪些，何时到期。", no_args_is_help=True)

_Holidays = Annotated[
    Path | None, typer.Option("--holidays", help="更多年份的放假安排（holidays.toml）。", dir_okay=False)
]


@commands.command("list")
def list_clocks(
    words: Annotated[str, typer.Argument(help="只看名称、依据或 id 含这个词的；默认全部。")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """列出时限：id、多长、从何时起、依据。"""
    from foundation.canonical import to_json
    from triage.policy.clocks import load_clocks

    found = [clock for clock in load_clocks() if words in f"{clock.id} {clock.name} {clock.basis}"]
    if as_json:
        typer.echo(to_json(found, indent=1))
        return
    for clock in found:
        typer.echo(_line(clock))
    typer.echo(f"共 {len(found)} 个时限。")


@commands.command("due")
def due(
    id: Annotated[str, typer.Argument(help="时限的 id，如 xinfang_60；见 zhili clock list")],
    start: Annotated[str, typer.Option("--start", help="起点：2026-11-23，或者加时刻 T09:30")],
    extended: Annotated[int, typer.Option("--extended", min=0, help="延长几次。")] = 0,
    holidays: _Holidays = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """算一个时限何时到期，并说明理由。"""
    from foundation.canonical import to_json
    from triage.policy.clocks import load_clocks

    deadline = load_clocks(None, holidays).deadline(id, _moment(start), extended=extended)
    typer.echo(to_json(deadline, indent=1) if as_json else "\n".join(_readable(deadline)))


def _line(clock: Clock) -> str:
    longer = f"，可延长{clock.longer}" if clock.longer else ""
    where = f"〔{clock.region}〕" if clock.region else ""
    setting = "参照" if clock.setting else ""
    return (
        f"{clock.id}　{where}{clock.name}：自{clock.starts}起{clock.length}{longer}　{setting}{clock.basis}"
    )


def _readable(deadline: Deadline) -> list[str]:
    at = deadline.due_at
    last = at.isoformat(sep=" ", timespec="minutes") if at else deadline.due.isoformat()
    lines = [f"{deadline.clock.name}：{'最早' if deadline.clock.minimum else '最迟'} {last}"]
    if deadline.inform_by:
        told = deadline.clock.inform or "告知延长及理由"
        lines.append(f"告知：{told}（最迟 {deadline.inform_by}）")
    lines += [f"  · {reason}" for reason in deadline.reasons]
    return [*lines, *([f"到期之后：{deadline.clock.next}"] if deadline.clock.next else [])]


def _moment(text: str) -> date | datetime:
    from datetime import date, datetime

    from service.errors import BadRequest

    try:
        return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(
            "起点不是日期", expected="2026-11-23 或 2026-11-23T09:30", found=text[:40], remedy="改正 --start"
        ) from error
