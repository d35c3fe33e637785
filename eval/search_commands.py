"""Measuring search: retrieval, its peers and reranker, dated cases, refusal; joined in `eval.commands`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from eval.in_force import Shelf

commands = typer.Typer(rich_markup_mode=None)

Out = Annotated[Path | None, typer.Option("--out", help="把结果写成 JSON 文件")]


@commands.command("retrieval")
def retrieval(
    queries: Annotated[Path, typer.Option("--queries", help="问题：.tsv（编号<TAB>问题）或 .jsonl")],
    qrels: Annotated[Path, typer.Option("--qrels", help="标注：编号 0 条文编号 相关度")],
    index: Annotated[Path | None, typer.Option("--index", help="索引目录（zhili index build）")] = None,
    scored: Annotated[Path | None, typer.Option("--scored", help="不检索，评测现成的 TREC 结果")] = None,
    run: Annotated[Path | None, typer.Option("--run", help="把检索结果写成 TREC 文件")] = None,
    against: Annotated[Path | None, typer.Option("--against", help="与另一份 TREC 结果作配对检验")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=10_000, help="每个问题取多少条")] = 100,
    no_rerank: Annotated[bool, typer.Option("--no-rerank", help="不重排")] = False,
    as_of: Annotated[
        str, typer.Option("--as-of", help="年-月-日：按日检索，并用全文库核对前十条是否现行有效")
    ] = "",
    out: Out = None,
) -> None:
    """检索评测：R@1/5/10/20/100、MRR@10、nDCG@10，附 95% 自助法区间、分组、耗时与内存。"""
    from eval.commands import finish
    from eval.retrieval import Setting, evaluate_retrieval, evaluate_run
    from service.cli.render import progress_bar

    if (index is None) == (scored is None):
        raise typer.BadParameter("--index 与 --scored 须给出其一")
    if scored is not None:
        finish(evaluate_run(queries, qrels, scored, k=k, against=against), out)
        return
    assert index is not None
    day = _day(as_of)
    setting = Setting(k=k, rerank=not no_rerank, as_of=day)
    with progress_bar() as progress:
        result = evaluate_retrieval(
            queries,
            qrels,
            index,
            setting=setting,
            run=run,
            against=against,
            shelf=_shelf() if day else None,
            progress=progress,
        )
    finish(result, out)


@commands.command("reranker")
def reranker(
    data: Annotated[Path, typer.Option("--data", help="数据目录（含 petition/ 与 law/，见其 README）")],
    keep: Annotated[
        Path, typer.Option("--keep", help="存放各折编码器与全国现行法索引的目录；缺的当场做，有的再用")
    ],
    complaints_only: Annotated[
        bool, typer.Option("--complaints-only", help="只交叉验证诉求，问题的权重沿用自带的重排器")
    ] = False,
    runs: Annotated[Path | None, typer.Option("--runs", help="把各种次序写成 TREC 文件的目录")] = None,
    out: Out = None,
) -> None:
    """重排评测：交叉验证 STARD 问题与诉求的先后次序，与融合次序、不用分派先验的次序作配对检验。"""
    from eval.commands import finish
    from eval.reranking import measure_reranker
    from service.cli.render import progress_bar
    from service.hints import law_hints
    from service.law_cases import law_cases

    with progress_bar() as progress:
        result = measure_reranker(
            data,
            keep,
            law_cases(data),
            lambda: law_hints(data),
            complaints_only=complaints_only,
            runs=runs,
            progress=progress,
        )
    finish(result, out)


@commands.command("retrieval-baselines")
def retrieval_baselines(
    queries: Annotated[Path, typer.Option("--queries", help="问题：.tsv（编号<TAB>问题）或 .jsonl")],
    qrels: Annotated[Path, typer.Option("--qrels", help="标注：编号 0 条文编号 相关度")],
    index: Annotated[Path, typer.Option("--index", help="索引目录（zhili index build）")],
    transformer: Annotated[
        str, typer.Option("--transformer", help="再加一个 Hugging Face 编码器（本地目录），取各字向量的平均")
    ] = "",
    only: Annotated[list[str] | None, typer.Option("--only", help="只测这些模型，可多次给出")] = None,
    runs: Annotated[Path | None, typer.Option("--runs", help="把各模型的结果写成 TREC 文件的目录")] = None,
    out: Out = None,
) -> None:
    """检索同场对比：分词与双字 BM25、LSA、（可选）变换器编码器，与本程序各步骤在同一批条文上比较。"""
    from eval.commands import finish
    from eval.retrieval_baselines import measure_baselines
    from service.cli.render import progress_bar

    with progress_bar() as progress:
        result = measure_baselines(
            queries, qrels, index, transformer=transformer, only=only or (), runs=runs, progress=progress
        )
    finish(result, out)
    if left_out := result.details["left_out"]:
        typer.echo(f"未列入（模型学过其中的问题）：{'、'.join(left_out)}；见 zhili eval reranker。", err=True)


@commands.command("cited-replies")
def cited_replies(
    data: Annotated[Path, typer.Option("--data", help="留言与公开答复（.jsonl，列 title text reply）")],
    index: Annotated[Path, typer.Option("--index", help="现行全国法律的索引目录")],
    out: Out = None,
) -> None:
    """答复引法评测：公开答复引用的法律能否检索到；不用、只用法律、用法律与条文的分派先验各测一次。"""
    from eval.cited_replies import measure_cited_replies
    from eval.commands import finish
    from service.cli.render import progress_bar

    with progress_bar() as progress:
        result = measure_cited_replies(data, index, progress=progress)
    finish(result, out)


@commands.command("as-of")
def as_of_cases(out: Out = None) -> None:
    """按日查法评测：有日期的个案，当日文本、效力与后来的变动是否全对（须先导入法律全文）。"""
    from eval.as_of import measure_as_of
    from eval.commands import finish
    from service.cli.render import progress_bar
    from service.settings import Settings

    with progress_bar() as progress:
        result = measure_as_of(Settings.from_environment().corpus_path, progress=progress)
    finish(result, out)
    for case, problem in result.details["wrong"].items():
        typer.echo(f"不对：{case}：{problem}", err=True)


@commands.command("refusal")
def refusal(
    data: Annotated[
        Path | None, typer.Option("--data", help="数据目录（含 law/ 与 petition/）；缺省只用自写的文本")
    ] = None,
    as_of: Annotated[str, typer.Option("--as-of", help="年-月-日：按日检索；缺省为今天")] = "",
    fit: Annotated[
        Path | None, typer.Option("--fit", help="重新拟合，并把 scope.toml 与 scope_words.json 写入此目录")
    ] = None,
    out: Out = None,
) -> None:
    """拒答评测：无法可依的文本应拒答，有法可依的不应拒答；分别按内置要点与全文库测。"""
    from eval.commands import finish
    from eval.refusal import measure_refusal
    from eval.refusal_fit import refit
    from legal_corpus.clock import today
    from service.assistant import Assistant
    from service.cli.render import progress_bar
    from service.settings import Settings

    day = _day(as_of) or today()
    assistant = Assistant.open(Settings.from_environment())
    with progress_bar() as progress:
        if fit is None:
            result = measure_refusal(assistant, data, as_of=day, progress=progress)
        else:
            result = refit(assistant, data, fit, as_of=day, progress=progress)
    finish(result, out)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter("--as-of 应为 年-月-日，如 2026-11-23") from None


def _shelf() -> Shelf:
    """The ingested law, else the digest."""
    from legal_corpus.digest import load_digest
    from legal_corpus.library import Library
    from legal_corpus.store import LawStore
    from service.settings import Settings

    path = Settings.from_environment().corpus_path
    return Library([LawStore.open(path), load_digest()] if path.exists() else [load_digest()])
