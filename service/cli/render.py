"""Answers in the terminal, readable at a glance.

Citizens' words are plain `Text`: never markup, never control codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from foundation.progress import Progress as Report
from service.answers import Answer, Cited, LegalAnswer, at_a_glance
from service.cli import guidance as guided
from service.doctor import Finding, Level
from service.guidance.values import Draft
from service.words import ACTIONS, DUTIES, ROLES, TEXT_KINDS, UNSURE, UNSURE_DOOR, percent
from triage.values import Action, DepartmentScore

BAR = 24
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ACTION_STYLE = {
    Action.AUTO: "bold green",
    Action.REVIEW: "bold yellow",
    Action.OTHER_CHANNEL: "bold cyan",
    Action.EMERGENCY: "bold white on red",
}
_MARKS = {Level.OK: ("✓", "green"), Level.WARN: ("!", "yellow"), Level.FAIL: ("✗", "bold red")}


def print_answer(answer: Answer) -> None:
    """The answer to a complaint."""
    out = _console()
    _heading(out, "诉求（已脱敏）")
    _body(out, answer.masked_text)
    _heading(out, "处理建议")
    _body(out, f" {ACTIONS[answer.action]} ", _ACTION_STYLE[answer.action])
    if answer.channel:
        _body(out, f"途径：{answer.channel}", "bold")
    _heading(out, "主管部门")
    for score in answer.department[:3]:
        _department(out, score)
    _body(out, _labels(answer))
    guidance = answer.guidance
    if guidance:
        _lines(out, "", guided.actor_lines(guidance))
        _lines(out, "时限", guided.clock_lines(guidance))
        _lines(out, "还要问清", guided.ask_lines(guidance))
        _lines(out, "逐项诉求", guided.demand_lines(guidance))
        _lines(out, "要先核对", guided.hint_lines(guidance))
    _heading(out, f"法律依据（按 {answer.as_of} 的法律）")
    shown, folded = at_a_glance(answer.citations)
    _articles(out, shown)
    if folded:
        _body(out, f"另有{len(folded)}条可能适用：{'、'.join(cited.cited for cited in folded)}", "dim")
    if guidance:
        _lines(out, "办理步骤", guided.step_lines(guidance))
        _draft(out, "答复口径", guidance.draft)
        if guidance.model_draft:
            _draft(out, "模型草稿", guidance.model_draft)
    if answer.signals:
        _heading(out, "风险信号")
        _points(out, [f"{one.raises_to}：{one.text}（{one.reason}）" for one in answer.signals])
    _heading(out, "理由")
    _points(out, answer.reasons)
    _footer(out, answer.notes, answer.model)


def print_legal_answer(answer: LegalAnswer, *, full: bool = False) -> None:
    """The answer to a resident's question; `full`: whole sentences with their articles, not short ones."""
    out = _console()
    _heading(out, "问题（已脱敏）")
    _body(out, answer.question)
    if answer.channel:
        _body(out, f"请先：{answer.channel}", "bold white on red")
    _heading(out, f"相关条文（按 {answer.as_of} 的法律）")
    _body(out, answer.message, "yellow")
    if answer.articles or not answer.message:
        _articles(out, answer.articles)
    _heading(out, "该找谁")
    _body(out, UNSURE_DOOR if answer.doors and answer.doors[0].p < UNSURE else "", "yellow")
    for door in answer.doors:
        line = f"　电话 {door.public_line}" if door.public_line else ""
        _body(out, f"{door.name}（{percent(door.p)}）{line}", "bold")
        _body(out, "；".join(door.duties[:DUTIES]), "dim", indent=4)
    if answer.guidance:
        for title, lines in guided.resident_lines(answer.guidance, full=full):
            if lines:
                _heading(out, title)
                _points(out, lines)
        if answer.guidance.summary:
            _draft(out, "模型写的大白话", answer.guidance.summary)
    _footer(out, answer.notes, answer.model)


def print_findings(findings: Sequence[Finding]) -> None:
    """What `doctor` found."""
    out = _console()
    for finding in findings:
        mark, style = _MARKS[finding.level]
        out.print(Text.assemble((f"{mark} ", style), (finding.name, "bold"), f"　{_clean(finding.found)}"))
        if finding.remedy:
            _body(out, f"→ {finding.remedy}", style, indent=4)


@contextmanager
def progress_bar() -> Iterator[Report]:
    """A bar on stderr that a library's `Progress` callback moves."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("准备", total=None)

        def report(done: int, total: int | None, what: str) -> None:
            bar.update(task, completed=done, total=total, description=what)

        yield report


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False)


def _heading(out: Console, text: str) -> None:
    out.print(Text(f"\n{text}", style="bold underline"))


def _body(out: Console, text: str, style: str = "", indent: int = 2) -> None:
    if text:
        out.print(Padding(Text(_clean(text), style=style), (0, 0, 0, indent)))


def _lines(out: Console, title: str, lines: Iterable[guided.Line]) -> None:
    found = list(lines)
    if found and title:
        _heading(out, title)
    for text, style in found:
        _body(out, text, style)


def _draft(out: Console, title: str, draft: Draft) -> None:
    _heading(out, title)
    out.print(Padding(guided.draft_text(draft.sentences, _clean), (0, 0, 0, 2)))
    _body(out, draft.note, "dim")


def _points(out: Console, lines: Sequence[str]) -> None:
    grid = Table.grid(padding=(0, 1))
    grid.add_column()
    grid.add_column(overflow="fold")
    for line in lines:
        grid.add_row("  ·", Text(_clean(line)))
    out.print(grid)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)


def _department(out: Console, score: DepartmentScore) -> None:
    full = round(score.p * BAR)
    bar = Text.assemble("  ", ("█" * full, "blue"), ("░" * (BAR - full), "dim"), f" {percent(score.p):>4}  ")
    out.print(bar + Text(score.name, style="bold"))


def _labels(answer: Answer) -> str:
    parts = [f"事项：{score.level1}／{score.level2} {percent(score.p)}" for score in answer.matter[:1]]
    parts += [f"类型：{score.label} {percent(score.p)}" for score in answer.kind[:1]]
    parts += [f"紧急程度：{score.label} {percent(score.p)}" for score in answer.urgency[:1]]
    return "　".join(parts)


def _articles(out: Console, articles: Sequence[Cited]) -> None:
    if not articles:
        _body(out, "（没有找到可以确认现行有效的条文）", "dim")
    for cited in articles:
        version = f"　{cited.version_date} 版本" if cited.version_date else ""
        label = f"【{TEXT_KINDS[cited.text_kind]}】{cited.cited}"
        _body(out, f"{label}{version}　{ROLES[cited.role]}", "bold")
        _body(out, cited.text, indent=4)
        if cited.plain:
            _body(out, f"大白话：{cited.plain}", "cyan", indent=4)
        _body(out, cited.note, "yellow", indent=4)


def _footer(out: Console, notes: Sequence[str], model: str) -> None:
    out.print()
    for note in notes:
        _body(out, note, "dim", indent=0)
    _body(out, f"模型：{model}", "dim", indent=0)
