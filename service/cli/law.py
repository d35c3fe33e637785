"""`zhili law "民法典第二百七十八条"`: one citation looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from legal_corpus.values import Resolution, Resolved
    from service.settings import Settings


def law(
    citation: Annotated[str, typer.Argument(help="引用，如 民法典第二百七十八条、物业管理条例35条1款")],
    as_of: Annotated[str, typer.Option("--as-of", help="按哪一天的法律，如 2020-06-01；默认今天。")] = "",
    region: Annotated[str, typer.Option("--region", help="省或市；几地有同名法规时用。")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """查一条法律。查不到时说明原因，退出码为 1。"""
    from foundation.canonical import to_json
    from legal_corpus.values import Unresolved
    from service.inputs import read_day
    from service.settings import Settings

    settings = Settings.from_environment()
    found = _resolve(
        settings, citation, as_of=read_day(as_of, "as_of"), region=region or settings.region or None
    )
    typer.echo(to_json(found, indent=1) if as_json else _readable(found))
    if isinstance(found, Unresolved):
        raise typer.Exit(1)


def _resolve(settings: Settings, citation: str, *, as_of: object, region: str | None) -> Resolution:
    from datetime import date

    from legal_corpus.digest import load_digest
    from legal_corpus.library import Library
    from legal_corpus.source import LawSource
    from legal_corpus.store import LawStore

    sources: list[LawSource] = [load_digest()]
    if settings.corpus_path.exists():
        sources.insert(0, LawStore.open(settings.corpus_path))
    return Library(sources).resolve(citation, as_of if isinstance(as_of, date) else None, region)


def _readable(found: Resolution) -> str:
    from legal_corpus.values import Resolved

    if isinstance(found, Resolved):
        return _article(found)
    lines = [f"查不到“{found.text}”：{found.reason}"]
    if found.suggestions:
        lines.append("是否指：" + "、".join(f"《{title}》" for title in found.suggestions))
    return "\n".join(lines)


def _article(found: Resolved) -> str:
    from legal_corpus.citation import format_citation
    from legal_corpus.values import TextKind

    version = found.article.law
    words = "内置摘要，不是法律原文" if found.article.text_kind is TextKind.DIGEST else "原文"
    dates = f"{version.version_date or '日期不明'} 版" + (
        f"，{version.valid_from} 起施行" if version.valid_from else ""
    )
    force = "有效" if found.in_force else "不是有效的法律"
    lines = [
        f"{format_citation(found.citation)}（{dates}；{force}；{words}）",
        found.quote,
    ]
    if found.note:
        lines.append(f"注意：{found.note}")
    return "\n".join(lines)
