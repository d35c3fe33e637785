"""`zhili search`: one question to the screen, or a file of questions to a TREC run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from legal_corpus.clock import today

if TYPE_CHECKING:
    from foundation.progress import Progress
    from retrieval.index import LexicalIndex
    from retrieval.searcher import Searcher
    from retrieval.values import Hit
    from service.cli.index import Problems

SNIPPET = 90
"""Characters of an article that a result line shows."""
UNINDEXED = "（全文库还没有索引，运行 zhili index build 后按全文检索）"
STALE = "（索引不是由现有全文库建立的，请重新运行 zhili index build）"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is searched: an index, the filters, and whose words its texts are."""

    index: LexicalIndex
    as_of: date | None
    region: str | None
    source: str
    """For the reader: an index directory, or the embedded digest."""
    own: bool
    """Whether it is our own law (home index or digest) and not an evaluator's corpus."""


def search(
    query: Annotated[str, typer.Argument(help="问题，用平常的话说")] = "",
    k: Annotated[int, typer.Option("-k", min=1, max=10_000, help="返回条数")] = 10,
    index: Annotated[
        Path | None, typer.Option("--index", help="索引目录；默认用 ZHILI_HOME 下的索引，没有则用内置摘要")
    ] = None,
    as_of: Annotated[
        str,
        typer.Option("--as-of", help="按哪一天的法律，如 2026-01-31；默认今天，指定 --index 时默认不筛选"),
    ] = "",
    region: Annotated[str, typer.Option("--region", help="省市，如 北京市；默认不筛选")] = "",
    json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    queries: Annotated[
        Path | None, typer.Option("--queries", help="成批检索：问题文件，编号<TAB>问题")
    ] = None,
    run: Annotated[Path | None, typer.Option("--run", help="成批检索：结果文件（TREC 格式）")] = None,
) -> None:
    """检索法律条文。

    单个问题：zhili search "物业不修电梯怎么办" -k 5

    成批：zhili search --index DIR --queries Q.tsv --run OUT.trec -k 100
    """
    _check(query, queries, run)
    scope = _scope(index, as_of, region)
    if queries is not None and run is not None:
        _batch(scope, queries, run, k)
    else:
        _single(scope, query, k, json)


def _check(query: str, queries: Path | None, run: Path | None) -> None:
    from service.errors import BadRequest

    if (queries is None) != (run is None) or bool(query) == (queries is not None):
        raise BadRequest(
            "不清楚要检索什么",
            expected="一个问题，或者同时给出 --queries 与 --run",
            found="问题与文件都有，或缺少其中一项",
            remedy="参看 zhili search --help",
        )


def _scope(folder: Path | None, as_of: str, region: str) -> Scope:
    from legal_corpus.digest import load_digest
    from retrieval.dense import embedded
    from retrieval.index import LexicalIndex
    from retrieval.sources import from_article
    from service.settings import Settings

    day = _day(as_of)
    if folder is not None:
        return Scope(LexicalIndex.open(folder), day, region or None, str(folder), own=False)
    settings = Settings.from_environment()
    has_corpus = settings.corpus_path.exists()
    if settings.index_path.exists():
        found = LexicalIndex.open(settings.index_path)
        stale = has_corpus and not _made_from(settings.corpus_path, found)
        source = f"{settings.index_path}{STALE if stale else ''}"
    else:
        articles = load_digest().articles()
        found = LexicalIndex.in_memory((from_article(article) for article in articles), embedded())
        source = f"内置摘要{UNINDEXED if has_corpus else ''}"
    return Scope(found, day or today(), region or None, source, own=True)


def _made_from(corpus: Path, index: LexicalIndex) -> bool:
    """Whether the index was built from the store as it is now."""
    from service.cli.index import store_name

    return index.manifest is not None and index.manifest.details.get("source") == store_name(corpus)


def _day(text: str) -> date | None:
    from retrieval.errors import BadQuery

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadQuery(
            "日期无法识别", expected="年-月-日，如 2026-01-31", found=text[:40], remedy="改正 --as-of"
        ) from None


def _single(scope: Scope, query: str, k: int, json: bool) -> None:
    from retrieval.searcher import Searcher

    hits = Searcher(scope.index).search(query, k, as_of=scope.as_of, region=scope.region)
    results = list(_results(scope, hits))
    if json:
        from foundation.canonical import to_json

        body = {"source": scope.source, "as_of": scope.as_of, "region": scope.region or "", "hits": results}
        typer.echo(to_json(body, indent=2))
    else:
        _print(scope, results)


def _results(scope: Scope, hits: Sequence[Hit]) -> Iterator[dict[str, Any]]:
    """Every hit with its document, as plain values; a digest's words are marked as such."""
    from legal_corpus.digest import load_digest

    digest = {article.id for article in load_digest().articles()} if scope.own else set()
    for hit in hits:
        document = scope.index.document(hit.id)
        if document is None:
            raise AssertionError("a hit of an index is one of its documents")
        kind = ("digest" if hit.id in digest else "official") if scope.own else "corpus"
        yield {
            "rank": hit.rank,
            "id": hit.id,
            "law": document.law,
            "article": document.article,
            "score": round(hit.score, 4),
            "why": list(hit.why),
            "region": document.region,
            "valid_from": document.valid_from,
            "valid_to": document.valid_to,
            "text_kind": kind,
            "text": document.text,
        }


def _print(scope: Scope, results: Sequence[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.text import Text

    out = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    day = f"，按 {scope.as_of} 的法律" if scope.as_of else ""
    out.print(
        Text(f"检索范围：{scope.source}{day}{f'，{scope.region}' if scope.region else ''}", style="dim")
    )
    if not results:
        out.print("没有找到相关条文。")
    for found in results:
        mark = "【摘要】" if found["text_kind"] == "digest" else ""
        place = f"　{found['region']}" if found["region"] not in ("", "全国") else ""
        out.print(
            Text.assemble(
                f"{found['rank']:>3}. ",
                (f"{mark}《{found['law']}》{found['article']}", "bold"),
                (f"　{found['score']:.2f}{place}　{found['id']}", "dim"),
            )
        )
        line = Text("     " + snippet(found["text"], found["why"]))
        line.highlight_words(found["why"], "yellow")
        out.print(line)


def snippet(text: str, why: Sequence[str]) -> str:
    """A stretch of the text on one line, around the first word that matched."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    places = [place for place in (line.find(word) for word in why) if place >= 0]
    start = max(0, min(places, default=0) - 15)
    start = 0 if start < 20 else start
    end = start + SNIPPET
    return f"{'…' if start else ''}{line[start:end]}{'…' if end < len(line) else ''}"


def _batch(scope: Scope, queries: Path, run: Path, k: int) -> None:
    from retrieval.searcher import Searcher
    from retrieval.trec import write_run
    from service.cli.index import Problems
    from service.cli.render import progress_bar

    problems = Problems()
    with progress_bar() as progress:
        lines = write_run(run, _answers(Searcher(scope.index), scope, queries, k, problems, progress))
    typer.echo(f"已写入 {run}：{lines} 行。")
    problems.finish()


def _answers(
    searcher: Searcher, scope: Scope, queries: Path, k: int, problems: Problems, progress: Progress
) -> Iterator[tuple[str, list[Hit]]]:
    from foundation.tables import BadRow
    from retrieval.errors import BadQuery
    from retrieval.trec import read_queries

    items = list(read_queries(queries))
    for number, item in enumerate(items, start=1):
        if isinstance(item, BadRow):
            problems.add(item)
        else:
            try:
                yield (
                    item.id,
                    searcher.search(item.text, k, as_of=scope.as_of, region=scope.region, explain=False),
                )
            except BadQuery as error:
                problems.add(BadRow(number, f"问题 {item.id}：{error.message}"))
        progress(number, len(items), "检索")
