"""The commands of the front of house: serve, triage, ask, doctor.

Each translates in, calls one verb, translates out.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from foundation.canonical import to_json
from service.errors import BadRequest
from service.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="输出完整的 JSON。")]
Region = Annotated[str, typer.Option(help="省或市，如 广东省；决定适用哪些地方性法规。")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (serve, triage, ask, doctor):
        app.command(command.__name__)(command)


def serve(
    host: Annotated[str, typer.Option(help="监听地址；默认 127.0.0.1，只限本机访问。")] = "",
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="端口；0 表示任选一个空闲端口。")
    ] = None,
) -> None:
    """启动页面与接口（默认 http://127.0.0.1:7860/）。"""
    from service.server import serve_forever

    settings = Settings.from_environment()
    serve_forever(
        settings,
        host=host or settings.host,
        port=settings.port if port is None else port,
        say=lambda line: typer.echo(line),
    )


def triage(
    text: Annotated[str, typer.Argument(help="诉求内容；写 - 则从标准输入读取。")] = "",
    title: Annotated[str, typer.Option(help="标题。")] = "",
    region: Region = "",
    received_at: Annotated[
        str, typer.Option(help="受理日期，如 2026-11-22；按这一天的法律。默认今天。")
    ] = "",
    as_json: AsJson = False,
    batch: Annotated[
        Path | None,
        typer.Option(help="批量：输入文件（.jsonl .csv .xlsx，列 id title text received_at region）。"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="批量：输出文件（.jsonl .csv .xlsx）；中断后重跑即接着做。")
    ] = None,
) -> None:
    """研判一条诉求或一个文件：派给谁、依据什么、怎样办。

    批量时，退出码 0 表示全部完成，3 表示已完成但有的行出错（见输出中的 error），2 表示未能完成。
    """
    settings = Settings.from_environment()
    if batch is not None:
        _only_batch(text, title, received_at, out)
        assert out is not None
        _triage_batch(settings, batch, out, region)
        return
    if out is not None:
        raise BadRequest("--out 只用于批量", expected="与 --batch 一起使用", remedy="加上 --batch 输入文件")
    from service.assistant import Assistant
    from service.cli.render import print_answer
    from service.inputs import read_complaint

    values = {"text": _given(text), "title": title, "region": region, "received_at": received_at}
    complaint = read_complaint(values, number=1, region=settings.region, longest=settings.max_characters)
    answer = Assistant.open(settings).handle(complaint)
    typer.echo(to_json(answer, indent=1)) if as_json else print_answer(answer)


def ask(
    question: Annotated[str, typer.Argument(help="问题；写 - 则从标准输入读取。")],
    as_of: Annotated[str, typer.Option(help="按哪一天的法律，如 2026-11-22。默认今天。")] = "",
    region: Region = "",
    full: Annotated[bool, typer.Option("--full", help="完整的说法和依据；默认用短句。")] = False,
    as_json: AsJson = False,
) -> None:
    """居民问法：哪些条文管这件事、大白话怎么说、该找谁、带什么。"""
    from service.assistant import Assistant
    from service.cli.render import print_legal_answer
    from service.inputs import read_day, read_question

    settings = Settings.from_environment()
    asked = read_question(_given(question), settings.max_characters)
    day = read_day(as_of, "as_of")
    answer = Assistant.open(settings).ask(asked, day, region or None)
    typer.echo(to_json(answer, indent=1)) if as_json else print_legal_answer(answer, full=full)


def doctor(as_json: AsJson = False) -> None:
    """自检：装了什么、载入了什么、缺什么、怎么补。有故障时退出码为 1。"""
    from service.cli.render import print_findings
    from service.doctor import Level, examine

    findings = examine(Settings.from_environment())
    typer.echo(to_json(findings, indent=1)) if as_json else print_findings(findings)
    if any(finding.level is Level.FAIL for finding in findings):
        raise typer.Exit(1)


def _given(text: str) -> str:
    if text != "-":
        return text
    from foundation.tables import decode

    return decode(sys.stdin.buffer.read(), "标准输入")


def _only_batch(text: str, title: str, received_at: str, out: Path | None) -> None:
    if text or title or received_at:
        raise BadRequest(
            "--batch 不能与单条诉求同用",
            expected="只有 --batch 与 --out",
            found="另有文字",
            remedy="分开运行",
        )
    if out is None:
        raise BadRequest("批量研判没有输出文件", expected="--out 文件", found="未给出", remedy="加上 --out")


def _triage_batch(settings: Settings, source: Path, target: Path, region: str) -> None:
    from service.assistant import Assistant
    from service.batch import Limits, run_batch
    from service.cli.render import progress_bar

    limits = Limits(settings.chunk, region or settings.region, settings.max_characters)
    with progress_bar() as progress:
        report = run_batch(Assistant.open(settings), source, target, progress=progress, limits=limits)
    typer.echo(
        f"完成 {report.total} 行：{report.answered} 行有结果，{report.errors} 行出错，"
        f"其中 {report.resumed} 行为此前已完成；用时 {report.seconds} 秒 → {report.target}",
        err=True,
    )
    if report.errors:
        raise typer.Exit(3)
