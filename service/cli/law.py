"""`zhili law "民法典第二百七十八条"`: citations looked up, with what stands around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from legal_corpus.library import Library
    from legal_corpus.values import Resolved, Unresolved
    from legal_corpus.view import Around
    from service.settings import Settings

_SHOWN = 8


def law(
    citation: Annotated[str, typer.Argument(help="引用，如 民法典第二百七十八条、民法典271-275条")],
    as_of: Annotated[str, typer.Option("--as-of", help="按哪一天的法律，如 2020-06-01；默认今天。")] = "",
    region: Annotated[str, typer.Option("--region", help="省或市；几地有同名法规时用。")] = "",
    context: Annotated[str, typer.Option("--context", help="“本法”“本条例”指哪部法律。")] = "",
    brief: Annotated[bool, typer.Option("--brief", help="只要条文，不要前后条、版本和引用关系。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """查法条：条文、前后条、版本、引用了谁、被谁引用、后来的变化。有一条查不到时退出码为 1。"""
    from foundation.canonical import to_json
    from legal_corpus.clock import today
    from legal_corpus.values import Unresolved
    from legal_corpus.view import look
    from service.inputs import read_day
    from service.settings import Settings

    settings = Settings.from_environment()
    day = read_day(as_of, "as_of")
    library = _library(settings)
    answers: list[Resolved | Unresolved | Around] = []
    for found in library.resolve_all(citation, day, region or settings.region or None, context):
        plain = brief or isinstance(found, Unresolved)
        answers.append(found if plain else look(library, found, day or today(), today()))  # type: ignore[arg-type]
    if as_json:
        plain_answers = [_plain(one) for one in answers]
        typer.echo(to_json(plain_answers if len(answers) > 1 else plain_answers[0], indent=1))
    else:
        typer.echo("\n\n".join([*(_readable(one) for one in answers), *_order(answers)]))
    if any(isinstance(one, Unresolved) for one in answers):
        raise typer.Exit(1)


def _library(settings: Settings) -> Library:
    from legal_corpus.digest import load_digest
    from legal_corpus.library import Library
    from legal_corpus.source import LawSource
    from legal_corpus.store import LawStore

    sources: list[LawSource] = [load_digest()]
    if settings.corpus_path.exists():
        sources.insert(0, LawStore.open(settings.corpus_path))
    return Library(sources)


def _order(answers: list[Resolved | Unresolved | Around]) -> list[str]:
    """Which law goes first, where several laws were looked up."""
    from legal_corpus.precedence import notes
    from legal_corpus.values import Resolved, Unresolved

    found = [one for one in answers if not isinstance(one, Unresolved)]
    articles = [one.article if isinstance(one, Resolved) else one.found.article for one in found]
    return [f"先后：{note}" for note in notes(articles)]


def _plain(found: Resolved | Unresolved | Around) -> object:
    """As JSON: the resolved citation's own fields, and what stands around it beside them."""
    from foundation.canonical import to_plain
    from legal_corpus.values import Resolved, Unresolved

    if isinstance(found, (Resolved, Unresolved)):
        return found
    around = dict(to_plain(found))
    return {**around.pop("found"), **around}


def _readable(found: Resolved | Unresolved | Around) -> str:
    from legal_corpus.values import Resolved, Unresolved

    if isinstance(found, Resolved):
        return _article(found)
    if not isinstance(found, Unresolved):
        return "\n".join([_article(found.found), *_around(found)])
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


def _around(seen: Around) -> list[str]:
    from legal_corpus.view import status_name

    article = seen.found.article
    lines = [""] if article.chapter or seen.previous or seen.following else []
    if article.chapter:
        lines.append(f"章节：{article.chapter}")
    near = [f"{word}{one.label}" for word, one in (("前 ", seen.previous), ("后 ", seen.following)) if one]
    if near:
        lines.append("邻条：" + "，".join(near))
    if len(seen.versions) > 1:
        shown = [f"{one.version_date or '日期不明'}（{status_name(one)}）" for one in seen.versions[:_SHOWN]]
        lines.append("版本：" + "、".join(shown))
    if seen.links:
        cited = [one.citation + ("" if one.resolved else "（查不到）") for one in seen.links]
        lines.append("引用：" + _several(cited))
    if seen.referrers:
        named = [one.article.cited + ("（写于本版之前）" if one.older else "") for one in seen.referrers]
        lines.append("被引用：" + _several(named))
    elif not seen.referrers_known and article.law.source:
        lines.append("被引用：法律库由旧版程序导入，重新运行 zhili corpus ingest 后才有")
    lines += [f"后来：{one.text}" for one in seen.changes]
    lines += [f"另一来源 {one.source} 的文字不同：{one.text}" for one in seen.variants]
    return lines


def _several(names: list[str]) -> str:
    """Each once; a long list is cut with its length told."""
    each = list(dict.fromkeys(names))
    return "、".join(each[:_SHOWN]) + (f"等 {len(each)} 条" if len(each) > _SHOWN else "")
