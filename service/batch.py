"""Triage of a whole file: one line out per line in, in order; a bad row costs one error line.

The work goes through a journal (`service.journal`): the output itself where that is .jsonl, else a part file
beside it. It is saved after each chunk, so a killed batch goes on where it stopped when the same command is
run again. No unmasked text reaches any file: answers hold masked text, error lines are masked too.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from foundation.canonical import to_plain
from foundation.errors import ZhiliError
from foundation.progress import Progress, silent
from foundation.tables import BadRow, Row, read_table
from service.answers import Answer
from service.errors import BadRequest, BatchError
from service.inputs import read_complaint, read_id
from service.journal import Journal
from service.spreadsheet import write_spreadsheet
from triage.privacy import mask
from triage.values import Complaint

OUTPUTS = (".jsonl", ".csv", ".xlsx")


class Handler(Protocol):
    """The part of the assistant that a batch needs."""

    @property
    def model(self) -> str:
        """Name and hash of the router."""

    def handle_many(self, complaints: Sequence[Complaint]) -> list[Answer]:
        """Answer several complaints, in order."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a batch may take: rows between two saves, default region, greatest length of a text."""

    chunk: int = 64
    region: str = ""
    longest: int = 20_000


@dataclass(frozen=True, slots=True)
class BatchReport:
    """How a batch went."""

    total: int
    answered: int
    errors: int
    resumed: int
    """Rows that an earlier, interrupted run had answered already."""
    seconds: float
    target: Path


def run_batch(
    assistant: Handler,
    source: Path,
    target: Path,
    *,
    progress: Progress = silent,
    limits: Limits | None = None,
) -> BatchReport:
    """Answer every row of `source` into `target` (.jsonl, .csv, .xlsx).

    Raises `FileProblem` where a file cannot be read or written, `BatchError` where the target holds something
    else than this batch's own lines.
    """
    started = time.monotonic()
    limits = limits or Limits()
    form = _check_target(source, target)
    rows = list(read_table(source))
    _check_columns(source, rows)
    with Journal.open(_journal_path(target, form)) as journal:
        resumed = journal.resume([(row.number, _check(row)) for row in rows], assistant.model)
        progress(resumed, len(rows), "研判")
        for chunk in _chunks(rows[resumed:], limits.chunk):
            journal.append(_answer_rows(assistant, chunk, limits))
            progress(chunk[-1].number, len(rows), "研判")
        errors = journal.errors
        if form != ".jsonl":
            write_spreadsheet(journal.lines(), target)
    if form != ".jsonl":
        _journal_path(target, form).unlink(missing_ok=True)
    return BatchReport(
        total=len(rows),
        answered=len(rows) - errors,
        errors=errors,
        resumed=resumed,
        seconds=round(time.monotonic() - started, 2),
        target=target,
    )


def _answer_rows(assistant: Handler, rows: Sequence[Row | BadRow], limits: Limits) -> list[dict[str, Any]]:
    read = [_read(row, limits) for row in rows]
    answers = iter(_answers(assistant, [item for item in read if isinstance(item, Complaint)]))
    outcomes = [next(answers) if isinstance(item, Complaint) else item for item in read]
    return [_line(*pair) for pair in zip(rows, outcomes, strict=True)]


def _answers(assistant: Handler, complaints: list[Complaint]) -> list[Answer | ZhiliError]:
    if not complaints:
        return []
    try:
        return list(assistant.handle_many(complaints))
    except ZhiliError as error:
        if len(complaints) == 1:
            return [error]
    # One complaint of the chunk is at fault: find it by asking for each alone.
    return [_answers(assistant, [complaint])[0] for complaint in complaints]


def _read(row: Row | BadRow, limits: Limits) -> Complaint | ZhiliError:
    if isinstance(row, BadRow):
        return BadRequest("这一行无法读取", expected="完整的一行", found=row.problem, remedy="改正这一行")
    try:
        return read_complaint(row.values, number=row.number, region=limits.region, longest=limits.longest)
    except ZhiliError as error:
        return error


def _line(row: Row | BadRow, outcome: Answer | ZhiliError) -> dict[str, Any]:
    stamp = {"row": row.number, "check": _check(row)}
    if isinstance(outcome, ZhiliError):
        fault = {key: mask(value).text for key, value in outcome.to_dict().items()}
        return {"id": _id_of(row), "error": fault} | stamp
    return {**to_plain(outcome), **stamp}


def _id_of(row: Row | BadRow) -> str:
    if isinstance(row, BadRow):
        return str(row.number)
    try:
        return read_id(row.values.get("id"), row.number)
    except BadRequest:
        return str(row.number)


def _check(row: Row | BadRow) -> str:
    """Four hex digits over a row: enough to notice another input, too few to find a telephone number by."""
    content = row.problem if isinstance(row, BadRow) else repr(sorted(row.values.items()))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:4]


def _chunks(rows: Sequence[Row | BadRow], size: int) -> Iterator[Sequence[Row | BadRow]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _journal_path(target: Path, form: str) -> Path:
    return target if form == ".jsonl" else target.with_name(f"{target.name}.part.jsonl")


def _check_target(source: Path, target: Path) -> str:
    form = target.suffix.lower()
    if form not in OUTPUTS:
        raise _bad_target(f"不能写成 {target.name}", "、".join(OUTPUTS), form or "无扩展名")
    if _same_file(source, target):
        raise _bad_target("输出与输入是同一个文件", "另一个文件", str(target))
    if target.is_dir() or (form != ".jsonl" and target.exists()):
        raise _bad_target(f"{target} 已经存在，不覆盖", "尚不存在的文件", "已有内容")
    return form


def _same_file(source: Path, target: Path) -> bool:
    """Whether both are one file, by whatever path, link or spelling."""
    try:
        return source.samefile(target)
    except OSError:
        return source.absolute() == target.absolute()


def _bad_target(message: str, expected: str, found: str) -> BatchError:
    return BatchError(message, expected=expected, found=found, remedy="换一个 --out，或移走原有的文件")


def _check_columns(source: Path, rows: Sequence[Row | BadRow]) -> None:
    """Refuse a table without a text column at once instead of writing a hundred thousand error lines."""
    read = [row for row in rows if isinstance(row, Row)]
    if read and not any({"text", "title"} & row.values.keys() for row in read):
        raise BatchError(
            f"{source.name} 中没有诉求内容这一列",
            expected="列名 text（可另有 id title received_at region）",
            found=f"{len(read[0].values)} 列，没有 text 或 title",
            remedy="把诉求内容一列改名为 text",
        )
