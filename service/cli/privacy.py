"""`zhili privacy`: the vault of personal information: seal, unmask, log, purge, keys, roles, notices."""

from __future__ import annotations

import getpass
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from service.privacy.vault import Vault

commands = typer.Typer(
    help="个人信息：封存、查看、日志、清除、密钥。", no_args_is_help=True, rich_markup_mode=None
)
keys = typer.Typer(help="密钥：新建、轮换、删除、状态。", no_args_is_help=True, rich_markup_mode=None)
commands.add_typer(keys, name="key")

Ticket = Annotated[str, typer.Argument(help="工单编号")]
Who = Annotated[str, typer.Option("--who", help="操作人；缺省为系统登录名")]


@commands.command("seal")
def seal(
    ticket: Annotated[str, typer.Option("--ticket", help="工单编号")],
    text: Annotated[str, typer.Argument(help="诉求原文；- 表示从标准输入读")] = "-",
    confidential: Annotated[bool, typer.Option("--confidential", help="来电人要求保密")] = False,
    keep_days: Annotated[int | None, typer.Option("--keep-days", min=1, help="保存天数")] = None,
    who: Who = "",
) -> None:
    """封存一件诉求：个人信息加密入库，打印带标记的文本。"""
    from service.privacy import retention

    days = keep_days or retention.keep_days()
    whole = sys.stdin.read() if text == "-" else text
    sealed = _vault().seal(ticket, whole, who=_person(who), keep_days=days, confidential=confidential)
    typer.echo(sealed)


@commands.command("unmask")
def unmask(
    ticket: Ticket,
    role: Annotated[str, typer.Option("--role", help="角色（zhili privacy roles）")],
    purpose: Annotated[str, typer.Option("--purpose", help="查看的目的")],
    who: Who = "",
) -> None:
    """按角色和目的查看一件诉求；每次查看（包括被拒绝的）都记入日志。"""
    revealed = _vault().reveal(ticket, role=role, purpose=purpose, who=_person(who))
    typer.echo("\n".join(map(_printable, revealed.texts)))
    typer.echo(f"已打开：{_listed(revealed.opened)}；未向该角色显示：{_listed(revealed.withheld)}", err=True)


@commands.command("log")
def log(
    verify: Annotated[bool, typer.Option("--verify", help="校验整条链，打印锚点")] = False,
    anchor: Annotated[str, typer.Option("--anchor", help="以前记下的锚点；须仍在链中")] = "",
    ticket: Annotated[str, typer.Option("--ticket", help="只看这个工单")] = "",
) -> None:
    """查看日志：谁、以什么角色、为什么、看了哪件的什么。"""
    vault = _vault()
    if verify or anchor:
        typer.echo(f"日志完整，共 {len(vault.entries())} 条。锚点（请另处记下）：{vault.verify_log(anchor)}")
        return
    for entry in vault.entries():
        if ticket in ("", entry.ticket):
            what = entry.kinds or "—"
            typer.echo(
                f"{entry.seq}\t{entry.at}\t{entry.outcome}\t{_plain(entry.who)}\t{_plain(entry.role)}"
                f"\t{_plain(entry.purpose)}\t{_plain(entry.ticket)}\t{what}"
            )


@commands.command("purge")
def purge(
    before: Annotated[str, typer.Option("--before", help="清除此日之前受理的；不写则清除已到期的")] = "",
    ticket: Annotated[str, typer.Option("--ticket", help="只清除这一件（个人申请删除）")] = "",
    apply: Annotated[bool, typer.Option("--apply", help="真正清除；不加只列出")] = False,
    anonymous: Annotated[Path | None, typer.Option("--anonymous", help="把匿名化文本写到新文件")] = None,
    who: Who = "",
) -> None:
    """清除到期的工单：销毁其密钥与密文，不可恢复。先试算，加 --apply 才执行。"""
    from legal_corpus.clock import today
    from service.inputs import read_day
    from service.privacy import retention

    vault = _vault()
    if ticket:
        plan = retention.plan_ticket(vault, ticket, today())
    else:
        plan = retention.plan_purge(vault, read_day(before, "before"), today())
    count = len(plan.tickets)
    typer.echo(f"应清除 {count} 件（最早 {plan.oldest or '—'}），保留 {plan.kept} 件。")
    if not apply:
        typer.echo("试算，没有改动。加 --apply 执行。" if count else "没有到期的工单。")
        return
    gone = retention.purge(vault, plan, who=_person(who), anonymous=anonymous)
    typer.echo(f"已清除 {gone} 件，密钥已销毁。备份须在轮换并删除旧密钥后才同样不可读。")


@commands.command("roles")
def roles() -> None:
    """各角色能看到什么、为什么。"""
    from service.privacy.roles import load_roles

    for role in load_roles().values():
        typer.echo(f"{role.id}：{role.does}")
        typer.echo(f"  目的：{_listed(role.purposes)}")
        typer.echo(f"  全部：{_listed(sorted(role.full))}")
        typer.echo(f"  部分：{_listed(sorted(role.partial))}")
        shown = sorted(role.confidential_full | role.confidential_partial)
        typer.echo(f"  来电人要求保密时：{_listed(shown)}")
        typer.echo(f"  依据：{_listed(role.basis)}")


@commands.command("notice")
def notice() -> None:
    """给来电人的告知文本（自动化决策、收集目的、保密、未成年人）。"""
    from service.privacy.notices import load_notices

    for one in load_notices().values():
        typer.echo(f"{one.title}\n{one.text}\n依据：{_listed([str(basis) for basis in one.basis])}\n")


@keys.command("new")
def new(path: Annotated[Path, typer.Argument(help="密钥文件；不要放在数据库所在的文件夹")]) -> None:
    """新建密钥文件（权限 600）。丢失它，封存的内容就再也打不开。"""
    from legal_corpus.clock import today
    from service.privacy.keys import KeyRing

    ring = KeyRing.create(path, today())
    typer.echo(f"已新建密钥 {ring.primary.id}。请另处备份，并设置 ZHILI_VAULT_KEY_FILE={path}")


@keys.command("rotate")
def rotate(who: Who = "") -> None:
    """添加新密钥，并用它重新包住每个工单的密钥。旧密钥随后可删。"""
    from legal_corpus.clock import today

    vault = _vault()
    count = vault.rotate(who=_person(who), today=today())
    typer.echo(f"已轮换，{count} 件改用新密钥。请备份密钥文件；旧密钥用 zhili privacy key drop 删除。")


@keys.command("drop")
def drop(name: Annotated[str, typer.Argument(help="密钥编号")], who: Who = "") -> None:
    """删除不再使用的密钥；用它加密的旧备份从此打不开。"""
    _vault().drop_key(name, who=_person(who))
    typer.echo(f"已删除密钥 {name}。")


@keys.command("status")
def status() -> None:
    """密钥文件里有哪些密钥，各自是否在用。不显示密钥本身。"""
    from service.privacy.keys import KeyRing
    from service.settings import Settings

    vault = _vault()
    used = vault.keys_in_use()
    file = Settings.from_environment().vault_key_file
    assert file is not None  # _vault has refused otherwise.
    for key in KeyRing.load(file).keys:
        typer.echo(f"{key.id}\t{key.created}\t{'在用' if key.id in used else '未用，可删除'}")
    if file.parent == vault.path.parent:
        typer.echo("注意：密钥文件与保险库在同一文件夹，备份时会一起泄露；请移到别处。", err=True)


def _vault() -> Vault:
    from service.privacy.vault import open_vault
    from service.settings import Settings

    settings = Settings.from_environment()
    return open_vault(settings.home, settings.vault_key_file)


def _person(who: str) -> str:
    return who or getpass.getuser()


def _listed(items: Sequence[str]) -> str:
    return "、".join(items) or "无"


def _printable(text: str) -> str:
    """A citizen's text without control characters: it must not steer the operator's terminal."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))


def _plain(text: str) -> str:
    return text.replace("\t", " ")
