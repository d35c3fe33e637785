"""Complaint → governing articles, end to end: does the answer show the articles that an expert would cite?

    zhili eval grounding --data law_gold_dev.jsonl --articles articles.jsonl.xz

The gold names articles by the ids of one collection; answers cite law and article. Both are compared as
(short title, label), so the measurement holds for the digest as for any ingested full text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from eval.errors import EvalError, must_exist
from eval.provenance import Stopwatch
from eval.result import Result, Score, mean_score
from foundation.progress import Progress, silent
from foundation.tables import BadRow, Row, read_table
from service.answers import Answer, Role
from triage.values import Complaint

Named = tuple[str, str]
"""(short title of the law, label of the article)."""
CUTS = (5, 10)


@dataclass(frozen=True, slots=True)
class GoldCase:
    """One complaint and the articles that should be cited for it."""

    complaint: Complaint
    core: frozenset[Named]
    """Must be cited."""
    also: frozenset[Named]
    """Relevant; citing one of them is not wrong."""


class Handler(Protocol):
    """The one verb that is measured; `service.assistant.Assistant` has it."""

    @property
    def model(self) -> str:
        """Name and hash of the router that answers."""

    def handle(self, complaint: Complaint) -> Answer:
        """Answer one complaint, with guidance."""


def measure_grounding(
    assistant: Handler, data: Path, articles: Path, *, progress: Progress = silent
) -> Result:
    """Answer every complaint of the gold and compare what is cited with what should be.

    Raises `DataMissing` where a file is missing, `EvalError` where gold and collection do not fit.
    """
    watch = Stopwatch()
    cases = read_cases(data, articles)
    governed = [case for case in cases if case.core]
    answers = _answers(assistant, governed, progress)
    scores = _scores(governed, answers)
    scores.update(_quoted(governed, answers))
    provenance = watch.record(data=[data, articles], model_hash=assistant.model)
    details = {
        "complaints": len(cases),
        "without_governing_law": len(cases) - len(governed),
        "text_kinds": _text_kinds(answers),
    }
    return Result("grounding", scores, provenance, details)


def read_cases(data: Path, articles: Path) -> list[GoldCase]:
    """The gold with its article ids turned into names."""
    for path in (data, articles):
        must_exist(path)
    rows = [_values(row, data) for row in read_table(data)]
    wanted = {entry["id"] for row in rows for entry in (*row["core"], *row["also"])}
    names = _names(articles, wanted)
    return [
        GoldCase(
            Complaint(text=row["text"], title=row.get("title") or "", id=str(row["uid"])),
            frozenset(names[entry["id"]] for entry in row["core"]),
            frozenset(names[entry["id"]] for entry in row["also"]),
        )
        for row in rows
    ]


def _values(row: Row | BadRow, path: Path) -> dict[str, Any]:
    if isinstance(row, BadRow):
        raise EvalError(f"{path.name} 第 {row.number} 行无法读取", found=row.problem, remedy="修正这一行")
    missing = {"uid", "text", "core", "also"} - set(row.values)
    if missing:
        raise EvalError(
            f"{path.name} 第 {row.number} 行缺少字段",
            expected="uid text core also",
            found=f"没有 {'、'.join(sorted(missing))}",
        )
    return row.values


def _names(articles: Path, wanted: set[str]) -> dict[str, Named]:
    names = {
        str(row.values["id"]): (str(row.values["law"]), str(row.values["article_no"]))
        for row in read_table(articles)
        if isinstance(row, Row) and row.values.get("id") in wanted
    }
    if wanted - set(names):
        raise EvalError(
            "金标与条文集不匹配",
            expected="金标的每个条文 id 都在条文集中",
            found=f"缺 {len(wanted - set(names))} 个",
            remedy="换用金标所依据的条文集",
        )
    return names


def _answers(assistant: Handler, cases: Sequence[GoldCase], progress: Progress) -> list[Answer]:
    answers: list[Answer] = []
    for case in cases:
        answers.append(assistant.handle(case.complaint))
        progress(len(answers), len(cases), "应答")
    return answers


def _scores(cases: Sequence[GoldCase], answers: Sequence[Answer]) -> dict[str, Score]:
    scores: dict[str, Score] = {}
    shown = [_cited(answer) for answer in answers]
    found = [_cited(answer, governing=True) for answer in answers]
    for cut in CUTS:
        scores[f"core_recall@{cut}"] = mean_score(
            [_recall(c.core, s[:cut]) for c, s in zip(cases, found, strict=True)]
        )
    scores["core_recall_shown"] = mean_score([_recall(c.core, s) for c, s in zip(cases, shown, strict=True)])
    scores["relevant_in_top5"] = mean_score(
        [float(bool((c.core | c.also) & set(s[:5]))) for c, s in zip(cases, found, strict=True)]
    )
    scores["relevant_shown"] = mean_score(
        [float(bool((c.core | c.also) & set(s))) for c, s in zip(cases, shown, strict=True)]
    )
    return scores


def _quoted(cases: Sequence[GoldCase], answers: Sequence[Answer]) -> dict[str, Score]:
    """Of the articles that the reply drafts quote, how many an expert finds relevant; drafts without a basis.

    The gold's `also` is not complete, so the precision is a lower bound.
    """
    drafts = [_rests_on(answer) for answer in answers]
    judged = [(c, named) for c, draft in zip(cases, drafts, strict=True) for named in draft]
    with_basis = [(c, draft) for c, draft in zip(cases, drafts, strict=True) if draft]
    scores = {"drafts_with_basis": mean_score([float(bool(draft)) for draft in drafts])}
    if judged:
        scores["quoted_relevant"] = mean_score([float(named in c.core | c.also) for c, named in judged])
        scores["quoted_core"] = mean_score([float(named in c.core) for c, named in judged])
        scores["drafts_all_relevant"] = mean_score(
            [float(set(draft) <= c.core | c.also) for c, draft in with_basis]
        )
    return scores


def _rests_on(answer: Answer) -> list[Named]:
    """The articles of the matter that the reply draft rests on, in order."""
    if answer.guidance is None:
        return []
    linked = {link.article_id for link in answer.guidance.draft.basis}
    said = [point.cited for point in answer.guidance.says if point.article_id in linked]
    parted = (cited.removeprefix("《").partition("》") for cited in said)
    return [(law, label) for law, _, label in parted]


def _cited(answer: Answer, *, governing: bool = False) -> list[Named]:
    """What the answer cites, in order; `governing`: without the bases of the department's duty."""
    return [(c.law, c.article) for c in answer.citations if not governing or c.role is Role.GOVERNING]


def _recall(core: frozenset[Named], cited: Sequence[Named]) -> float:
    return len(core & set(cited)) / len(core)


def _text_kinds(answers: Iterable[Answer]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for answer in answers:
        for cited in answer.citations:
            counts[cited.text_kind.value] = counts.get(cited.text_kind.value, 0) + 1
    return counts
