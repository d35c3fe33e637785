"""`zhili train router`: from labelled files to a router artefact with its model card."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from foundation.artefact import Manifest

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
    out: Annotated[Path, typer.Option("--out", help="模型写到哪个目录")],
    kind: Annotated[Kind, typer.Option("--kind", help="auto：给了 --encoder 就用它，否则线性")] = Kind.AUTO,
    encoder: Annotated[
        str | None, typer.Option("--encoder", help="Hugging Face 编码器的名称或本地目录")
    ] = None,
) -> None:
    """训练分派模型：划分、交叉验证、校准、留出测试、导出（含模型卡）。"""
    from service.cli.render import progress_bar
    from triage.training.recipe import Recipe, train_router

    if kind is Kind.ENCODER and encoder is None:
        raise typer.BadParameter("--kind encoder 需要 --encoder 名称或目录")
    if kind is Kind.LINEAR and encoder is not None:
        raise typer.BadParameter("--kind linear 不能与 --encoder 同用")
    with progress_bar() as progress:
        manifest = train_router(data, out, Recipe(encoder=encoder), progress)
    _report(manifest, out)


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


def _report(manifest: Manifest, out: Path) -> None:
    for part, title in (("test", "留出测试"), ("out_of_fold", "交叉验证")):
        for name, figures in manifest.details["figures"].get(part, {}).items():
            typer.echo(
                f"{title} {name}：n={figures['n']} 准确率 {figures['accuracy']:.3f} "
                f"宏平均 F1 {figures['macro_f1']:.3f} 前三 {figures['top3']:.3f} ECE {figures['ece']:.3f}"
                + (f" 可接受 {figures['acceptable']:.3f}" if "acceptable" in figures else "")
            )
    typer.echo(f"已写入 {out}（{manifest.hash[:19]}）；说明见其中的 README.md。")
