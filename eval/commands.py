"""The group `zhili eval`: one command a benchmark; every one prints a table and can write a Result JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.search_commands import commands as search_commands

if TYPE_CHECKING:
    from eval.result import Result

commands = typer.Typer(help="评测：检索、分类、派单、法条引用。", no_args_is_help=True, rich_markup_mode=None)

Out = Annotated[Path | None, typer.Option("--out", help="把结果写成 JSON 文件")]
Model = Annotated[Path | None, typer.Option("--model", help="模型目录；缺省为随程序附带的模型")]
Also = Annotated[
    list[Path] | None,
    typer.Option("--also", help="交叉验证时的其他训练文件；缺省为与金标同目录、模型用过的文件"),
]
Encoder = Annotated[str | None, typer.Option("--encoder", help="交叉验证时加入的编码器")]


commands.add_typer(search_commands)


@commands.callback()
def _group() -> None:
    """评测：检索、分类、派单、法条引用。"""


@commands.command("time")
def over_time(
    data: Annotated[Path, typer.Option("--data", help="带日期与一级事项的留言")],
    start: Annotated[str, typer.Option("--from", help="此日（YYYY-MM-DD）及以后的留言只用于测试")],
    pool: Annotated[
        list[Path] | None, typer.Option("--pool", help="无标签的留言，可多次给出；只用其文字")
    ] = None,
    encoder: Annotated[str | None, typer.Option("--encoder", help="预训练编码器的名称或目录")] = None,
    model: Annotated[Path | None, typer.Option("--model", help="分派模型目录；缺省用自带的")] = None,
    out: Out = None,
) -> None:
    """按时间划分的评测：用较早的留言训练，在较晚的留言上测一级事项。"""
    from eval.over_time import evaluate_over_time
    from service.cli.render import progress_bar

    with progress_bar() as progress:
        result = evaluate_over_time(
            data, start, pool=pool or (), model=model, encoder=encoder, progress=progress
        )
    finish(result, out)


@commands.command("grounding")
def grounding(
    data: Annotated[Path, typer.Option("--data", help="金标：诉求与应引条文（.jsonl）")],
    articles: Annotated[
        Path | None,
        typer.Option("--articles", help="金标条文编号所属的条文集；缺省为 ../law/articles.jsonl.xz"),
    ] = None,
    out: Out = None,
) -> None:
    """法条引用评测：端到端应答所引条文与专家应引条文的召回，附 95% 自助法区间。"""
    from eval.grounding import measure_grounding
    from service.assistant import Assistant
    from service.cli.render import progress_bar
    from service.settings import Settings

    collection = articles or data.parent.parent / "law" / "articles.jsonl.xz"
    assistant = Assistant.open(Settings.from_environment())
    with progress_bar() as progress:
        result = measure_grounding(assistant, data, collection, progress=progress)
    finish(result, out)


@commands.command("lookup")
def lookup(
    count: Annotated[int, typer.Option("--count", min=1, max=100_000, help="查多少条引用")] = 500,
    quotes: Annotated[int, typer.Option("--quotes", min=1, help="核对多少条引文与库是否逐字节相同")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="抽样的种子")] = 20261123,
    out: Out = None,
) -> None:
    """查引用评测：随机条文以随机写法查询（对、如实拒绝、错），并核对引文与库逐字节一致。"""
    from eval.lookup import measure_lookup
    from service.cli.render import progress_bar
    from service.settings import Settings

    path = Settings.from_environment().corpus_path
    with progress_bar() as progress:
        result = measure_lookup(path, count=count, quotes=quotes, seed=seed, progress=progress)
    finish(result, out)


@commands.command("router")
def router(
    data: Annotated[Path, typer.Option("--data", help="带一级事项标签的留言（.jsonl .csv .xlsx）")],
    model: Model = None,
    out: Out = None,
) -> None:
    """分类评测：一级事项的准确率、宏平均 F1、前三、ECE；训练中见过的留言不计入。"""
    from eval.router import evaluate_router

    finish(evaluate_router(data, model), out)


@commands.command("baselines")
def baselines(
    data: Annotated[Path, typer.Option("--data", help="只标一级事项的留言（.jsonl .csv .xlsx）")],
    model: Model = None,
    out: Out = None,
) -> None:
    """同场对比：在同一训练部分上训练线性、朴素贝叶斯、词袋、TextCNN，与分派模型在同一测试部分上配对比较。"""
    from eval.baselines import evaluate_baselines
    from service.cli.render import progress_bar

    with progress_bar() as progress:
        result = evaluate_baselines(data, model, progress=progress)
    finish(result, out)


@commands.command("dispatch")
def dispatch(
    data: Annotated[Path, typer.Option("--data", help="派单金标（.jsonl .csv .xlsx）")],
    cross_validate: Annotated[
        int | None, typer.Option("--cross-validate", min=2, max=20, help="按同一配方逐折重新训练并评测")
    ] = None,
    model: Model = None,
    also: Also = None,
    encoder: Encoder = None,
    pipeline: Annotated[
        bool, typer.Option("--pipeline", help="交叉验证时加上派单目录，并给出它带来的增益")
    ] = False,
    predictions: Annotated[
        Path | None,
        typer.Option("--predictions", help="交叉验证时把逐折预测写成 .jsonl（无文字），供 zhili eval report"),
    ] = None,
    out: Out = None,
) -> None:
    """派单评测：单位（首选、可接受、前三）、事项、诉求类型、紧急程度，附 95% 自助法区间。"""
    from eval.dispatch import cross_validate_dispatch, evaluate_dispatch
    from service.cli.render import progress_bar
    from triage.training.recipe import Recipe

    if cross_validate is None:
        if predictions is not None:
            raise typer.BadParameter("--predictions 只与 --cross-validate 同用")
        finish(evaluate_dispatch(data, model), out)
        return
    with progress_bar() as progress:
        result = cross_validate_dispatch(
            data,
            cross_validate,
            model=model,
            also=also or None,
            recipe=Recipe(encoder=encoder),
            pipeline=pipeline,
            predictions=predictions,
            progress=progress,
        )
    finish(result, out)


@commands.command("report")
def report(
    data: Annotated[list[Path], typer.Option("--data", help="带标签的留言，可多次给出")],
    out: Annotated[Path, typer.Option("--out", help="报告写到哪个 .html 文件")],
    model: Model = None,
    cross_validated: Annotated[
        Path | None,
        typer.Option("--cross-validated", help="不用模型，用 zhili eval dispatch --predictions 的逐折预测"),
    ] = None,
    alpha: Annotated[float, typer.Option("--alpha", min=0.001, max=0.5, help="图中标出的允许错误率")] = 0.03,
    own: Annotated[
        bool, typer.Option("--own-convention", help="一级事项按各行标注所用的口径来问；缺省由模型自己判断")
    ] = False,
    errors: Annotated[int, typer.Option("--errors", min=0, max=1000, help="列出多少个最有把握的错误")] = 30,
    with_text: Annotated[
        bool, typer.Option("--with-text", help="错误列表中给出留言文字（已脱敏）；报告便不可外传")
    ] = False,
    learning: Annotated[
        bool, typer.Option("--learning-curve", help="加上学习曲线：重新训练四次线性模型，费时")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="另把全部数字以 JSON 打到标准输出")] = False,
) -> None:
    """分派评测报告（一个 HTML 文件）：谁的单派到了谁那里、把握可信吗、能自动派多少、哪里较弱。"""
    from eval.report.make import Wishes, make_report, write_report
    from foundation.canonical import to_json
    from service.cli.render import progress_bar

    if model is not None and cross_validated is not None:
        raise typer.BadParameter("--model 与 --cross-validated 只能给一个")
    wishes = Wishes(alpha, errors, with_text, own, learning)
    with progress_bar() as progress:
        made = make_report(data, model=model, predictions=cross_validated, wishes=wishes, progress=progress)
    write_report(made, out)
    if as_json:
        typer.echo(to_json(made.result().to_dict(), indent=1))
        return
    finish(made.result(), None)
    typer.echo(f"报告：{out}")


@commands.command("gates")
def gates(
    cases: Annotated[Path, typer.Option("--cases", help="用例（.toml），或带 channel 的留言（.jsonl）")],
    half: Annotated[int | None, typer.Option("--half", min=0, max=1, help="只用按文本哈希的一半")] = None,
    out: Out = None,
) -> None:
    """闸门评测：紧急情形的召回与精确、法定途径各类的宏平均 F1，附 95% 自助法区间。"""
    from eval.gates import evaluate_gates

    finish(evaluate_gates(cases, part=half), out)


@commands.command("privacy")
def privacy(
    data: Annotated[
        list[Path] | None, typer.Option("--data", help="另在这些文件上清点遮盖后残留的号码（只计数）")
    ] = None,
    part: Annotated[str, typer.Option("--part", help="语料的哪一部分：open、held、all")] = "all",
    seed: Annotated[int | None, typer.Option("--seed", help="换一个种子生成语料")] = None,
    out: Out = None,
) -> None:
    """脱敏评测：自造语料上各类个人信息的召回与误遮，附 95% 自助法区间。"""
    from eval.pii_corpus import SEED
    from eval.privacy import evaluate_privacy

    finish(evaluate_privacy(part, data or (), SEED if seed is None else seed), out)


@commands.command("quality")
def quality(
    data: Annotated[Path, typer.Option("--data", help="诉求、答复与 ann_* 标注（.jsonl）")],
    out: Out = None,
) -> None:
    """答复质量评测：各项评分与人工（弱）标注的 AUC 或 Spearman，并与长度、TF-IDF 基线比较。"""
    from eval.quality import evaluate_quality
    from service.cli.render import progress_bar

    with progress_bar() as progress:
        result = evaluate_quality(data, progress=progress)
    finish(result, out)


@commands.command("guarantee")
def guarantee(
    data: Annotated[Path, typer.Option("--data", help="带一级事项或单位标签的新留言（.jsonl .csv .xlsx）")],
    model: Annotated[
        Path | None, typer.Option("--router", "--model", help="模型目录；缺省为随程序附带的模型")
    ] = None,
    alpha: Annotated[
        float, typer.Option("--alpha", min=0.001, max=0.5, help="自动派单允许的最大错误率")
    ] = 0.03,
    delta: Annotated[float, typer.Option("--delta", min=0.001, max=0.5, help="承诺不成立的概率上限")] = 0.05,
    out: Out = None,
) -> None:
    """承诺复核：新数据上自动派单的占比、错误率及其上界；反复重选阈值时违背承诺的次数。"""
    from eval.guarantee import evaluate_guarantee

    result = evaluate_guarantee(data, model, alpha=alpha, delta=delta)
    finish(result, out)
    for head, said in result.details["verdict"].items():
        typer.echo(f"{head}：{said}")


@commands.command("robustness")
def robustness(
    data: Annotated[Path, typer.Option("--data", help="带一级事项或单位标签的留言（.jsonl .csv .xlsx）")],
    model: Model = None,
    out: Out = None,
) -> None:
    """稳健性评测：更换姓名、电话、地名、性别词后的改判率；错别字、谐音、无标点、繁体字所失的宏平均 F1。"""
    from eval.robustness import evaluate_robustness
    from service.cli.render import progress_bar

    with progress_bar() as progress:
        result = evaluate_robustness(data, model, progress=progress)
    finish(result, out)


@commands.command("faithfulness")
def faithfulness(
    data: Annotated[Path, typer.Option("--data", help="留言（.jsonl .csv .xlsx）")],
    model: Model = None,
    most: Annotated[int, typer.Option("--most", min=1, help="最多用多少条")] = 1000,
    out: Out = None,
) -> None:
    """依据评测：删去所示依据字词，与随机删去同样多的字词相比，改判率和概率下降各多少。"""
    from eval.faithfulness import evaluate_faithfulness
    from service.cli.render import progress_bar

    with progress_bar() as progress:
        result = evaluate_faithfulness(data, model, most=most, progress=progress)
    finish(result, out)


@commands.command("parts")
def parts(
    data: Annotated[Path, typer.Option("--data", help="带 multi 标注的留言（.jsonl）")],
    model: Model = None,
    half: Annotated[int | None, typer.Option("--half", min=0, max=1, help="只用按编号哈希的一半")] = None,
    cross_validate: Annotated[
        int | None, typer.Option("--cross-validate", min=2, max=20, help="逐折重新训练，并加测合成的一件多诉")
    ] = None,
    also: Also = None,
    encoder: Encoder = None,
    out: Out = None,
) -> None:
    """一件多诉评测：识别的精确率、召回率与 F1，误拆率，附 95% 自助法区间。"""
    from eval.parts import cross_validate_parts, evaluate_parts
    from service.cli.render import progress_bar
    from triage.training.recipe import Recipe

    if cross_validate is None:
        finish(evaluate_parts(data, model, half=half), out)
        return
    with progress_bar() as progress:
        result = cross_validate_parts(
            data,
            cross_validate,
            model=model,
            also=also or None,
            half=half,
            recipe=Recipe(encoder=encoder),
            progress=progress,
        )
    finish(result, out)


@commands.command("drafts")
def drafts(
    data: Annotated[Path, typer.Option("--data", help="诉求文件（.jsonl .csv .xlsx，有 text 列）")],
    limit: Annotated[int, typer.Option("--limit", min=1, help="取多少条，均匀抽取")] = 300,
    out: Out = None,
) -> None:
    """口径评测：真实诉求的答复口径中，有没有把库中没有的东西当作法律；篡改的引文是否全被发现。"""
    from eval.drafts import measure_drafts
    from service.assistant import Assistant
    from service.cli.render import progress_bar
    from service.settings import Settings

    assistant = Assistant.open(Settings.from_environment())
    with progress_bar() as progress:
        result = measure_drafts(assistant, data, limit=limit, progress=progress)
    finish(result, out)


def finish(result: Result, out: Path | None) -> None:
    """Save the result where it was asked for, and print its table."""
    from rich.console import Console

    from eval.result import render_table, save_result

    if out is not None:
        save_result(result, out)
    if seen := result.details.get("seen_in_training"):
        typer.echo(f"训练中见过、未计入：{seen} 行。", err=True)
    if warning := result.details.get("warning"):
        typer.echo(f"警告：{warning}。", err=True)
    if lost := result.details.get("bad_lines"):
        typer.echo(f"有 {len(lost)} 行未能使用：{'；'.join(lost[:5])}", err=True)
    Console().print(render_table(result))
