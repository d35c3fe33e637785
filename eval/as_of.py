"""Dated cases: what was law on a day, and what became of it since (`as_of_cases.toml`, read by hand).

    zhili eval as-of

A case is right only where everything is: the version of the day, its standing, and every later change with
its kind, first day, the law that brought it and the article that corresponds now.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from eval.provenance import Stopwatch
from eval.result import Result, mean_score
from foundation.progress import Progress, silent
from legal_corpus.digest import load_digest
from legal_corpus.library import Library
from legal_corpus.store import LawStore
from legal_corpus.values import Citation, Resolved, Unresolved

CASES = Path(__file__).with_name("as_of_cases.toml")
UNTIL = date(2026, 11, 23)
"""The day until which later changes were read when the cases were written."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an article after the day asked for."""

    kind: str
    since: date
    by: str
    now: str | None = None
    """Label of the article that corresponds; empty: none is claimed; `None`: the case does not say."""


@dataclass(frozen=True, slots=True)
class Case:
    """A citation on a day, and what must be said of it."""

    law: str
    article: int
    day: date
    status: str
    """`in_force`, `repealed`, `amended` (shown as no longer law), or `refused`."""
    version: date | None = None
    names: str = ""
    """What a refusal must name."""
    changes: tuple[Change, ...] = ()

    @property
    def name(self) -> str:
        """The case for people."""
        return f"《{self.law}》第{self.article}条 @ {self.day}"


@cache
def load_cases(path: Path = CASES) -> tuple[Case, ...]:
    """The shipped cases."""
    return tuple(_case(dict(row)) for row in tomllib.loads(path.read_text("utf-8"))["case"])


def _case(row: dict[str, Any]) -> Case:
    changes = tuple(Change(**change) for change in row.pop("changes", ()))
    return Case(**row, changes=changes)


def measure_as_of(store_path: Path, *, progress: Progress = silent) -> Result:
    """Ask the ingested law, with the digest behind it, every case; `details` say what is wrong where."""
    watch = Stopwatch()
    cases = load_cases()
    with LawStore.open(store_path) as store:
        library = Library([store, load_digest()])
        problems = _ask(library, cases, progress)
    scores = {
        "right": mean_score([float(not problem) for problem in problems]),
        **{f"right.{status}": mean_score(values) for status, values in _by_status(cases, problems).items()},
    }
    wrong = {case.name: problem for case, problem in zip(cases, problems, strict=True) if problem}
    return Result("as-of", scores, watch.record(data=[CASES, store_path], model_hash=""), {"wrong": wrong})


def _ask(library: Library, cases: Sequence[Case], progress: Progress) -> list[str]:
    problems = []
    for number, case in enumerate(cases, 1):
        problems.append(problem_of(library, case))
        progress(number, len(cases), "按日查法")
    return problems


def _by_status(cases: Sequence[Case], problems: Sequence[str]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for case, problem in zip(cases, problems, strict=True):
        found.setdefault(case.status, []).append(float(not problem))
    return found


def problem_of(library: Library, case: Case) -> str:
    """What is wrong with the library's answer to a case; empty where nothing is."""
    found = library.resolve(Citation(case.law, case.article), case.day)
    if isinstance(found, Unresolved) or case.status == "refused":
        return _refusal(found, case)
    law = found.article.law
    standing = "in_force" if found.in_force else law.status.value
    if (law.version_date, standing) != (case.version, case.status):
        return f"{law.version_date} {standing}，应为 {case.version} {case.status}"
    return _later(library, found, case)


def _refusal(found: Resolved | Unresolved, case: Case) -> str:
    if isinstance(found, Resolved):
        return f"给出了 {found.article.law.version_date} 的文本，应不给"
    if case.status != "refused":
        return f"没有给出：{found.reason}"
    return "" if case.names in found.reason else f"没有说出 {case.names}：{found.reason}"


def _later(library: Library, found: Resolved, case: Case) -> str:
    notes = library.changes_since(found.article, case.day, UNTIL)
    if len(notes) != len(case.changes):
        return f"后来的变动 {len(notes)} 处，应为 {len(case.changes)} 处"
    for note, change in zip(notes, case.changes, strict=True):
        said = (note.kind.value, note.day)
        if said != (change.kind, change.since) or change.by not in note.by:
            return f"{said[0]} {said[1]} {note.by}，应为 {change.kind} {change.since} {change.by}"
        label = note.article.label if note.article else ""
        if change.now is not None and label != change.now:
            return f"现为 {label or '无'}，应为 {change.now or '无'}"
        if note.inferred != ("推断" in note.text):
            return f"推断与否没有说清：{note.text}"
    return ""
