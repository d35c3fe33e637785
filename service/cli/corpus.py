"""`zhili corpus`: fetch, ingest, status, check and diff of the full text of the law."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from legal_corpus.drafts import IngestReport
    from legal_corpus.store import StoreStatus

commands = typer.Typer(no_args_is_help=True, help="法律全文库：下载、导入、状态、核对摘要。")

_SHOWN = 20
_NAMES = {
    "in_force": "现行有效",
    "amended": "已被取代",
    "repealed": "已废止",
    "not_yet": "尚未施行",
    "unknown": "效力不明",
}

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@commands.command()
def ingest(
    path: Annotated[Path, typer.Argument(help="文件夹、压缩包、.docx、.html，或法条 JSONL（可 .xz）。")],
    report: Annotated[
        Path | None, typer.Option(help="把跳过的文件和来源的毛病写进这个文件（每行一项 JSON）。")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """把法律全文导入法律库；中途被打断时，原有的库不变。

    同一部法律同一版本再次导入即替换。导入后运行 zhili index build 重建索引。
    """
    from foundation.canonical import to_json
    from legal_corpus.clock import today
    from legal_corpus.ingest import ingest as run
    from service.cli.render import progress_bar
    from service.settings import Settings

    settings = Settings.from_environment()
    with progress_bar() as progress:
        result = run(path, settings.corpus_path, today=today(), progress=progress)
    if report is not None:
        _write_report(report, result)
    typer.echo(to_json(result, indent=1)) if as_json else _print_ingest(result, settings.corpus_path)


@commands.command()
def fetch(
    url: Annotated[str, typer.Option(help="压缩包的网址；默认是 GitHub 上的 LawRefBook/Laws。")] = "",
    target: Annotated[Path | None, typer.Option(help="存到哪里；默认在 ZHILI_HOME 下。")] = None,
) -> None:
    """下载公开的法律文本（可续传），然后用它给出的命令导入。"""
    from legal_corpus.fetch import DEFAULT_URL
    from legal_corpus.fetch import fetch as run
    from service.cli.render import progress_bar
    from service.settings import Settings

    url = url or DEFAULT_URL
    name = url.rsplit("/", 1)[-1].split("?")[0] or "laws.zip"
    place = target or Settings.from_environment().home / "downloads" / name
    with progress_bar() as progress:
        got = run(url, place, progress=progress)
    typer.echo(f"已下载 {got}（{got.stat().st_size / 1e6:.1f} MB）\n导入：zhili corpus ingest {got}")


@commands.command()
def status(as_json: AsJson = False) -> None:
    """法律库里有什么。"""
    from foundation.canonical import to_json
    from legal_corpus.store import LawStore
    from service.settings import Settings

    with LawStore.open(Settings.from_environment().corpus_path) as store:
        found = store.status()
    typer.echo(to_json(found, indent=1)) if as_json else _print_status(found)


@commands.command()
def check(
    card: Annotated[
        Path | None, typer.Option("--card", help="把法律库说明卡（Markdown）写进这个文件。")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """用全文核对内置摘要：条文存在、现行、日期一致、没有照抄。有问题时退出码为 1。"""
    from foundation.canonical import to_json
    from legal_corpus.card import corpus_card
    from legal_corpus.check import check_digest
    from legal_corpus.clock import today
    from legal_corpus.digest import load_digest
    from legal_corpus.store import LawStore
    from service.settings import Settings

    digest = load_digest()
    with LawStore.open(Settings.from_environment().corpus_path) as store:
        problems = check_digest(digest, store)
        if card is not None:
            _write(card, corpus_card(store, today()))
    if as_json:
        typer.echo(to_json(problems, indent=1))
    else:
        for problem in problems:
            typer.echo(f"{problem.where}：{problem.message}")
        typer.echo(
            f"核对了 {len(digest.laws)} 部法律的 {len(digest.entries)} 条摘要，{len(problems)} 处有问题"
        )
        if card is not None:
            typer.echo(f"说明卡写在 {card}")
    if problems:
        raise typer.Exit(1)


@commands.command()
def diff(
    old: Annotated[str, typer.Argument(help="旧版本，如 治安管理处罚法@2012-10-26（版本日期或某一天）")],
    new: Annotated[str, typer.Argument(help="新版本，如 治安管理处罚法@2025-06-27")],
    as_json: AsJson = False,
) -> None:
    """逐条比较一部法律的两个版本：新增、删去、改动（逐字）、改了条号（按文字推断）。"""
    from foundation.canonical import to_json
    from legal_corpus.diff import diff_versions
    from legal_corpus.library import Library
    from legal_corpus.pick import pick_version
    from legal_corpus.store import LawStore
    from service.cli.diff import readable_diff
    from service.settings import Settings

    with LawStore.open(Settings.from_environment().corpus_path) as store:
        library = Library([store])
        before, after = pick_version(library, old), pick_version(library, new)
        found = diff_versions(before, after, store.articles_of(before.id), store.articles_of(after.id))
    typer.echo(to_json(found, indent=1) if as_json else readable_diff(found))


def _print_ingest(result: IngestReport, store: Path) -> None:
    typer.echo(
        f"读入 {result.taken} 个版本（其中替换 {result.replaced} 个），用时 {result.seconds} 秒 → {store}\n"
        f"库中现有 {result.laws} 部法律、{result.versions} 个版本、{result.articles} 条；"
        f"现行有效 {result.in_force_versions} 个版本、{result.in_force_articles} 条"
    )
    typer.echo(_statuses(result.statuses))
    typer.echo(
        f"跳过 {len(result.skipped)} 项，来源有 {len(result.defects)} 处毛病（--report 文件 可存全部）"
    )
    for skipped in result.skipped[:_SHOWN]:
        typer.echo(f"  跳过 {skipped.where}：{skipped.why}")
    if len(result.skipped) > _SHOWN:
        typer.echo(f"  ……另有 {len(result.skipped) - _SHOWN} 项")
    typer.echo("下一步：zhili index build")


def _print_status(found: StoreStatus) -> None:
    typer.echo(
        f"{found.path}（{found.megabytes} MB，格式 {found.schema}）\n"
        f"{found.laws} 部法律、{found.versions} 个版本、{found.articles} 条；"
        f"现行有效 {found.in_force_versions} 个版本、{found.in_force_articles} 条"
    )
    typer.echo(_statuses(found.statuses))
    typer.echo(f"效力判断于 {found.judged_on}，导入于 {found.ingested_at}，来源 {'、'.join(found.sources)}")
    typer.echo(f"内容 {found.content_hash}")
    if not found.complete:
        typer.echo("由旧版程序导入，没有条文之间的引用和来源的毛病；请重新运行 zhili corpus ingest")


def _statuses(counts: dict[str, int]) -> str:
    return "版本：" + "，".join(f"{_NAMES.get(name, name)} {count}" for name, count in counts.items())


def _write_report(path: Path, result: IngestReport) -> None:
    from foundation.canonical import to_json

    lines = [to_json({"skipped": item.where, "why": item.why}) for item in result.skipped]
    lines += [to_json({"defect": item.where, "what": item.what}) for item in result.defects]
    _write(path, "".join(line + "\n" for line in lines))


def _write(path: Path, text: str) -> None:
    from foundation.errors import FileProblem

    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise FileProblem(f"无法写入 {path}", found=error.strerror or "", remedy="检查路径与权限") from error
