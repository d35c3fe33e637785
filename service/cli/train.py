"""`zhili train`: router, encoder, search encoder, reranker: from labelled files to artefacts with cards."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from triage.training.replace import Outcome
    from triage.training.tickets import ColumnMap

commands = typer.Typer(help="训练：由标注数据生成分派模型。", no_args_is_help=True, rich_markup_mode=None)


class Kind(StrEnum):
    """What kind of router is trained."""

    AUTO = "auto"
    """With an encoder where one is named, else linear."""
    LINEAR = "linear"
    ENCODER = "encoder"


@commands.callback()
def _group() -> None:
    """训练：由标注数据生成分派模型。"""


@commands.command("router")
def router(
    data: Annotated[
        list[Path],
        typer.Option("--data", help="标注文件，可多次给出（.jsonl .csv .xlsx；无标签的留言也有用）"),
    ],
    out: Annotated[Path, typer.Option("--out", help="模型写到哪个目录；已有模型时，不更差才替换")],
    kind: Annotated[Kind, typer.Option("--kind", help="auto：给了 --encoder 就用它，否则线性")] = Kind.AUTO,
    encoder: Annotated[
        str | None, typer.Option("--encoder", help="Hugging Face 编码器的名称或本地目录")
    ] = None,
    map: Annotated[
        list[str] | None, typer.Option("--map", help="列名=字段，可多次给出，如 承办单位=department")
    ] = None,
    test_from: Annotated[
        str, typer.Option("--test-from", help="按时间划分：此日（YYYY-MM-DD）及以后的留言只用于测试")
    ] = "",
    continued: Annotated[
        Path | None, typer.Option("--continue", help="在这个模型上加入更正（--data），不重新训练")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", help="存放半成品的目录：中断后再次运行即续训（用编码器时）")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="即使新模型更差也替换")] = False,
) -> None:
    """训练分派模型：数据体检、划分、交叉验证、校准、留出测试、与现用模型比较、导出（含模型卡）。"""
    from service.cli.render import progress_bar
    from triage.training.recipe import Options, Recipe
    from triage.training.replace import train_and_replace
    from triage.training.tickets import ColumnMap

    if kind is Kind.ENCODER and encoder is None:
        raise typer.BadParameter("--kind encoder 需要 --encoder 名称或目录")
    if kind is Kind.LINEAR and encoder is not None:
        raise typer.BadParameter("--kind linear 不能与 --encoder 同用")
    columns = ColumnMap.parse(map or [])
    if continued is not None:
        _continue(continued, data, out, columns)
        return
    with progress_bar() as progress:
        outcome = train_and_replace(
            data,
            out,
            Recipe(encoder=encoder),
            progress,
            Options(columns, test_from, keep),
            force=force,
        )
    _report(outcome)
    if not outcome.replaced:
        raise typer.Exit(1)


@commands.command("encoder")
def encoder(
    data: Annotated[Path, typer.Option("--data", help="数据目录（含 petition/ 与 law/，见其 README）")],
    out: Annotated[Path, typer.Option("--out", help="编码器写到哪个目录；中断后再次运行即续训")],
    steps: Annotated[int, typer.Option("--steps", min=1, help="训练步数")] = 6000,
) -> None:
    """从零预训练一个小编码器（遮蔽语言模型），供 train router --encoder 使用。"""
    from service.cli.render import progress_bar
    from triage.training.corpus_text import read_corpus_texts
    from triage.training.pretrain import PretrainArguments, prepare, pretrain

    arguments = PretrainArguments(steps=steps)
    with progress_bar() as progress:
        blocks, tokenizer = prepare(list(read_corpus_texts(data)), arguments)
        figures = pretrain(blocks, tokenizer, out, arguments, progress)
    typer.echo(
        f"第 {figures['step']:.0f} 步：留出集遮蔽损失 {figures['loss']:.3f}，"
        f"二元模型 {figures['bigram']:.3f}；已写入 {out}"
    )


@commands.command("retriever")
def retriever(
    data: Annotated[Path, typer.Option("--data", help="数据目录（含 petition/ 与 law/，见其 README）")],
    out: Annotated[Path, typer.Option("--out", help="检索编码器写到哪个目录")],
    fold: Annotated[
        int | None, typer.Option("--fold", min=0, max=4, help="留出 STARD 问题的第几折，供评测")
    ] = None,
) -> None:
    """训练检索编码器：法条、问答与诉求的对比学习；供 index build --encoder 使用。"""
    from retrieval.training.commands import retriever as train
    from service.cli.render import progress_bar
    from service.hints import law_hints

    with progress_bar() as progress:
        manifest = train(data, out, hints=law_hints(data), fold=fold, progress=progress)
    typer.echo(f"已写入 {out}（{manifest.hash[:19]}）；说明见其中的 README.md。")


@commands.command("reranker")
def reranker(
    data: Annotated[Path, typer.Option("--data", help="数据目录（含 petition/ 与 law/，见其 README）")],
    out: Annotated[Path, typer.Option("--out", help="重排器写到哪个目录")],
    keep: Annotated[
        Path, typer.Option("--keep", help="存放各折编码器与全国现行法索引的目录；缺的当场做，有的再用")
    ],
    complaints_only: Annotated[
        bool, typer.Option("--complaints-only", help="只重学诉求的权重，问题的权重沿用自带的重排器")
    ] = False,
) -> None:
    """训练重排器：由标注的问题与诉求学习候选条文的先后。"""
    from retrieval.training.commands import reranker as train
    from service.cli.render import progress_bar
    from service.hints import law_hints
    from service.law_cases import law_cases

    with progress_bar() as progress:
        manifest = train(
            data,
            out,
            keep,
            law_cases(data),
            lambda: law_hints(data),
            complaints_only=complaints_only,
            progress=progress,
        )
    typer.echo(f"已写入 {out}（{manifest.hash[:19]}）；说明见其中的 README.md。")
    typer.echo("交叉验证：zhili eval reranker。")


def _continue(current: Path, data: list[Path], out: Path, columns: ColumnMap) -> None:
    from triage.training.corrections import continue_router

    done = continue_router(current, data, out, columns=columns)
    typer.echo(
        f"加入更正 {done.rows} 条：这些留言首选正确的比例 {done.before:.3f} → {done.after:.3f}；"
        f"目录用语（未更正的内容）{done.kept_before:.3f} → {done.kept_after:.3f}"
    )
    typer.echo(f"已写入 {out}（{done.manifest.hash[:19]}）；原有指标不再代表新模型，请重新评测。")


def _report(outcome: Outcome) -> None:
    for line in outcome.check.lines():
        typer.echo(line)
    manifest = outcome.manifest
    for part, title in (("test", "留出测试"), ("out_of_fold", "交叉验证")):
        for name, figures in manifest.details["figures"].get(part, {}).items():
            typer.echo(
                f"{title} {name}：n={figures['n']} 准确率 {figures['accuracy']:.3f} "
                f"宏平均 F1 {figures['macro_f1']:.3f} 前三 {figures['top3']:.3f} ECE {figures['ece']:.3f}"
                + (f" 可接受 {figures['acceptable']:.3f}" if "acceptable" in figures else "")
            )
    for comparison in outcome.comparisons:
        typer.echo(f"与现用模型比较 {comparison.line()}")
    if outcome.replaced:
        typer.echo(f"已写入 {outcome.folder}（{manifest.hash[:19]}）；说明见其中的 README.md。")
    else:
        typer.echo(
            f"新模型比现用的差，没有替换：新模型在 {outcome.folder}，现用的未动。确要替换请加 --force。",
            err=True,
        )
