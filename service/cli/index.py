"""`zhili index build | status`: the search index over the ingested law, or over a corpus file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from foundation.tables import BadRow
    from retrieval.values import Document
    from service.settings import Settings

commands = typer.Typer(help="检索索引：建立、查看。", no_args_is_help=True, rich_markup_mode=None)

SHOWN_PROBLEMS = 20
INCOMPLETE = 3
"""Exit code where everything usable was done but some rows were not usable."""

Folder = Annotated[Path | None, typer.Option("--index", help="索引目录；默认在 ZHILI_HOME 下")]


@dataclass
class Problems:
    """Rows that could not be used: the first few are shown as they come, all are counted."""

    count: int = 0
    shown: list[str] = field(default_factory=list)

    def add(self, row: BadRow) -> None:
        """Take note of one row."""
        self.count += 1
        if len(self.shown) < SHOWN_PROBLEMS:
            self.shown.append(f"第 {row.number} 行：{row.problem}")

    def finish(self) -> None:
        """Print them to stderr, and leave with `INCOMPLETE` where there were any."""
        for line in self.shown:
            typer.echo(line, err=True)
        if self.count:
            typer.echo(f"有 {self.count} 行未能使用。", err=True)
            raise typer.Exit(INCOMPLETE)


@commands.command("build")
def build(
    corpus: Annotated[
        Path | None,
        typer.Option(
            "--corpus", help="语料文件（.jsonl、.jsonl.xz；键 id law article_no text）；默认为已导入的法律库"
        ),
    ] = None,
    index: Folder = None,
    no_dense: Annotated[bool, typer.Option("--no-dense", help="只按字词检索，不计算向量")] = False,
    encoder: Annotated[
        str, typer.Option("--encoder", help="sentence-transformers 模型名称或本地目录；默认为内置编码器")
    ] = "",
) -> None:
    """建立索引：整份语料文件，或已导入的法律全文库（含历史版本，检索时按日期筛选）。"""
    from retrieval.dense import encoder_named
    from retrieval.index import build_index
    from service.cli.render import progress_bar
    from service.settings import Settings

    if no_dense and encoder:
        raise typer.BadParameter("--no-dense 不能与 --encoder 同用")
    chosen = None if no_dense else encoder_named(encoder)
    settings = Settings.from_environment()
    problems = Problems()
    documents, source = _corpus(corpus, problems) if corpus else _library(settings)
    target = index or settings.index_path
    with progress_bar() as progress:
        built = build_index(documents, target, source=source, encoder=chosen, progress=progress)
    kind = "字词" if chosen is None else f"字词与向量，编码器 {chosen.name}"
    typer.echo(f"已建立索引 {target}：{len(built.documents)} 条（{kind}）。")
    problems.finish()


@commands.command("status")
def status(
    index: Folder = None,
    verify: Annotated[bool, typer.Option("--verify", help="逐个核对文件的哈希")] = False,
) -> None:
    """查看索引：条数、来源、分词方案、大小。"""
    from retrieval.index import LexicalIndex, verify_index
    from service.settings import Settings

    folder = index or Settings.from_environment().index_path
    manifest = verify_index(folder) if verify else LexicalIndex.open(folder).manifest
    if manifest is None:
        raise AssertionError("an opened index has a manifest")
    details = manifest.details
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    rows = {
        "目录": folder,
        "条数": details["documents"],
        "法律": details["laws"],
        "来源": details["source"] or "（未注明）",
        "语料哈希": details["corpus_hash"],
        "分词方案": details["analyzer"],
        "权重方案": details["scheme"],
        "词表": details["vocabulary"],
        "编码器": _encoder_line(details.get("encoder")),
        "建立时间": manifest.created_at,
        "大小": f"{size / 1e6:.1f} MB",
        "核对": "哈希全部一致" if verify else "未核对（加 --verify 核对）",
    }
    for name, value in rows.items():
        typer.echo(f"{name}：{value}")


def _encoder_line(encoder: dict[str, Any] | None) -> str:
    return f"{encoder['name']} {encoder['dimensions']} 维 {encoder['hash']}" if encoder else "无（只按字词）"


def _corpus(path: Path, problems: Problems) -> tuple[Iterable[Document], str]:
    from retrieval.sources import read_corpus

    return read_corpus(path, report=problems.add), path.name


def _library(settings: Settings) -> tuple[Iterable[Document], str]:
    from legal_corpus.digest import load_digest
    from legal_corpus.library import Library
    from legal_corpus.store import LawStore
    from retrieval.errors import BadCorpus
    from retrieval.sources import from_article

    if not settings.corpus_path.exists():
        raise BadCorpus(
            "还没有导入法律全文，没有可以建立索引的内容（内置摘要不需要索引，可直接 zhili search）",
            expected="已导入的法律库",
            found=f"{settings.corpus_path} 不存在",
            remedy="先运行 zhili corpus ingest，或用 --corpus 指定语料文件",
        )
    library = Library([LawStore.open(settings.corpus_path), load_digest()])
    documents = (from_article(article) for article in library.articles())
    return documents, store_name(settings.corpus_path)


def store_name(path: Path) -> str:
    """What the manifest of an index calls the store that it was built from: its name and content hash."""
    from legal_corpus.store import LawStore

    return f"{path.name} {LawStore.open(path).status().content_hash}"
