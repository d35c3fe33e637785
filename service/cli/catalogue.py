"""`zhili catalogue`: the dispatch catalogue checked, shown, exported for a city; its words counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from triage.catalogue.check import Finding, Resolve
    from triage.catalogue.dispatch import DispatchEntry

commands = typer.Typer(help="派单目录：检查、查看、导出。", no_args_is_help=True, rich_markup_mode=None)

File = Annotated[str, typer.Argument(help="本市目录（.toml .xlsx .csv）；default 为随附目录")]
Own = Annotated[Path | None, typer.Option("--file", help="本市目录；缺省为随附目录")]


@commands.callback()
def _group() -> None:
    """派单目录：检查、查看、导出。"""


@commands.command("check")
def check(
    file: File = "default",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """检查目录：未知单位和时限、悬空引用、矛盾、缺口、无依据下推街道。有错误时退出码为 1。"""
    from foundation.canonical import to_json
    from service.settings import Settings
    from triage.catalogue.book import load_catalogue
    from triage.catalogue.check import Severity, check_dispatch
    from triage.catalogue.entries import load_dispatch
    from triage.policy.clocks import load_clocks
    from triage.taxonomy.tree import load_taxonomy

    entries = load_dispatch(None if file == "default" else Path(file)).entries
    resolve = _resolver(Settings.from_environment())
    clocks = tuple(load_clocks().by_id)
    found = check_dispatch(entries, load_catalogue(), load_taxonomy(), clocks, resolve)
    typer.echo(to_json(found, indent=1) if as_json else _report(found, len(entries)))
    if any(finding.severity is Severity.ERROR for finding in found):
        raise typer.Exit(1)


@commands.command("show")
def show(
    id: Annotated[str, typer.Argument(help="条目 id")] = "",
    matter: Annotated[str, typer.Option("--matter", help="一级，或 一级/二级")] = "",
    file: Own = None,
) -> None:
    """查看一个条目，或列出一类事项的条目。"""
    from triage.catalogue.entries import load_dispatch

    catalogue = load_dispatch(file)
    if id:
        typer.echo(_card(catalogue.entry(id)))
        return
    level1, _, level2 = matter.replace("／", "/").partition("/")
    for entry in catalogue.of_matter(level1, level2) if matter else catalogue.entries:
        typer.echo(f"{entry.id}\t{entry.level1}／{entry.level2}\t{entry.name}\t{_name(entry.lead)}")


@commands.command("export")
def export(
    target: Annotated[Path, typer.Argument(help="导出到的 .xlsx")],
    file: Own = None,
) -> None:
    """把目录导出为表格，一行一个条目，供本市修改后用 --file 读回。"""
    from triage.catalogue.book import load_catalogue
    from triage.catalogue.entries import load_dispatch
    from triage.catalogue.entry_table import write_table

    entries = load_dispatch(file).entries
    write_table(entries, load_catalogue(), target)
    typer.echo(f"已导出 {len(entries)} 个条目到 {target}")


@commands.command("count")
def count(
    data: Annotated[list[Path], typer.Option("--data", help="留言（.jsonl .csv .xlsx），可多次")],
    out: Annotated[Path, typer.Option("--out", help="写到的 .tsv")],
    without: Annotated[Path | None, typer.Option("--without", help="不计入的留言（如评测金标）")] = None,
    file: Own = None,
) -> None:
    """数目录中每个口语词出现在多少条留言里；匹配时越少见的词越有分量。"""
    from triage.catalogue.entries import load_dispatch
    from triage.catalogue.word_counts import count_words, write_counts

    left_out = {text.partition("\n")[2][:40] for text in _texts(without)} if without else set()
    texts = (text for path in data for text in _texts(path) if text.partition("\n")[2][:40] not in left_out)
    words = (word for entry in load_dispatch(file).entries for word in entry.words)
    found = count_words(words, texts)
    write_counts(found, out)
    typer.echo(f"{found.messages} 条留言，{len(found.counts)} 个词，写入 {out}")


def _texts(path: Path) -> Iterator[str]:
    from foundation.tables import Row, read_table

    for row in read_table(path):
        if isinstance(row, Row):
            title, text = row.values.get("title") or "", row.values.get("text") or ""
            yield f"{title}\n{str(text).strip()}"


def _resolver(settings: object) -> Resolve:
    """Citations against the full text where it is ingested, else the digest, which holds a part."""
    from legal_corpus.clock import today
    from legal_corpus.digest import load_digest
    from legal_corpus.library import Library
    from legal_corpus.source import LawSource
    from legal_corpus.store import LawStore
    from legal_corpus.values import Resolved
    from service.settings import Settings
    from triage.catalogue.check import Standing
    from triage.values import LegalBasis

    assert isinstance(settings, Settings)
    sources: list[LawSource] = [load_digest()]
    if settings.corpus_path.exists():
        sources.insert(0, LawStore.open(settings.corpus_path))
    library, day = Library(sources), today()

    def resolve(basis: LegalBasis) -> tuple[Standing, str]:
        found = library.resolve(str(basis), day, settings.region or None)
        if isinstance(found, Resolved):
            return (Standing.IN_FORCE, "") if found.in_force else (Standing.NOT_LAW, found.note or "已失效")
        if len(sources) == 1:
            return Standing.UNCHECKED, "未导入法律全文，内置摘要也没有收这一条"
        return Standing.NOT_LAW, found.reason

    return resolve


def _report(found: tuple[Finding, ...], entries: int) -> str:
    from triage.catalogue.check import Severity

    errors = sum(finding.severity is Severity.ERROR for finding in found)
    lines = [
        f"{finding.severity} {finding.kind}{f' [{finding.entry}]' if finding.entry else ''}：{finding.text}"
        for finding in found
    ]
    return "\n".join([*lines, f"{entries} 个条目，{errors} 个错误，{len(found) - errors} 个提示"])


def _card(entry: DispatchEntry) -> str:
    lines = [
        f"{entry.name}（{entry.id}）",
        f"  事项：{'／'.join(level for level in (entry.level1, entry.level2, entry.level3) if level)}",
        f"  主办：{_name(entry.lead)}　协办：{'、'.join(map(_name, entry.co)) or '无'}",
        *(
            f"  不归：{_name(each.department)}，{each.why}{''.join(f' {basis}' for basis in each.basis)}"
            for each in entry.not_competent
        ),
        f"  依据：{'、'.join(map(str, entry.basis)) or '无'}",
        f"  时限：{entry.clock or '按工单'}",
        *(f"  询问：{question}" for question in entry.ask),
        *(f"  告知：{sentence}" for sentence in entry.tell),
        f"  口语：{'、'.join(entry.words)}",
    ]
    return "\n".join(lines)


def _name(id: str) -> str:
    from triage.catalogue.book import load_catalogue

    departments = load_catalogue()
    return departments.department(id).name if id in departments else id
