"""The retention clock: which tickets are over, and their end: an anonymous text out, the keys destroyed.

The anonymous text (匿名化文本) carries no ticket number, no token and the month alone; it is masked once
more on the way out. It is written and on disk before anything is destroyed. Masking is not perfect
(`zhili eval privacy`), so an anonymous file is still handled with care; see docs/data_protection.md.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from foundation.canonical import to_json
from foundation.errors import FileProblem
from service.privacy.errors import UnknownTicket
from service.privacy.vault import Vault
from triage.privacy.masker import mask
from triage.privacy.tokens import without_tokens


@dataclass(frozen=True, slots=True)
class PurgePlan:
    """What a purge would destroy; nothing has happened yet."""

    tickets: tuple[str, ...]
    oldest: str
    kept: int
    purpose: str
    """What the access log will say."""


@dataclass(frozen=True, slots=True)
class AnonymousText:
    """What may stay of a ticket: its month and its text without persons."""

    month: str
    text: str


@cache
def keep_days() -> int:
    """How many days a ticket is kept where the caller says nothing else (`retention.toml`)."""
    path = Path(__file__).with_name("retention.toml")
    return int(tomllib.loads(path.read_text("utf-8"))["keep_days"])


def plan_purge(vault: Vault, before: date | None, today: date) -> PurgePlan:
    """Tickets taken in before `before`, or, without it, those whose time is over today."""
    drawers = vault.drawers()
    if before is None:
        over = [drawer for drawer in drawers if drawer.expires <= today.isoformat()]
    else:
        over = [drawer for drawer in drawers if drawer.created[:10] < before.isoformat()]
    oldest = over[0].created[:10] if over else ""
    purpose = f"保存期满（{before or today}）"
    return PurgePlan(tuple(d.id for d in over), oldest, len(drawers) - len(over), purpose)


def plan_ticket(vault: Vault, ticket: str, today: date) -> PurgePlan:
    """One ticket before its time, at the person's request (个人信息保护法 art. 47)."""
    drawers = vault.drawers()
    found = [drawer for drawer in drawers if drawer.id == ticket]
    if not found:
        raise UnknownTicket("保险库中没有这个工单", found=ticket, remedy="核对编号；到期的工单已清除")
    return PurgePlan((ticket,), found[0].created[:10], len(drawers) - 1, f"申请删除（{today}）")


def purge(vault: Vault, plan: PurgePlan, *, who: str, anonymous: Path | None = None) -> int:
    """Carry out the plan; how many tickets were destroyed. `anonymous`: a new file for their texts."""
    if anonymous is not None:
        months = {drawer.id: drawer.created[:7] for drawer in vault.drawers()}
        kept = [
            AnonymousText(months[ticket], mask(without_tokens(text)).text)
            for ticket in plan.tickets
            for text in vault.texts(ticket)
        ]
        _write_new(anonymous, kept)
    return vault.destroy(plan.tickets, who=who, purpose=plan.purpose)


def _write_new(path: Path, texts: Sequence[AnonymousText]) -> None:
    """JSON lines, sorted so that their order says nothing of the tickets' order; never over a file."""
    try:
        with path.open("x", encoding="utf-8") as stream:
            for text in sorted(texts, key=lambda text: (text.month, text.text)):
                stream.write(to_json(text) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
    except FileExistsError as error:
        raise FileProblem(f"{path.name} 已存在，不会覆盖", remedy="换一个文件名") from error
    except OSError as error:
        path.unlink(missing_ok=True)
        raise FileProblem(
            f"无法写入 {path.name}", found=error.strerror or "", remedy="检查权限与磁盘空间；没有清除任何工单"
        ) from error
