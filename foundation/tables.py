"""Rows of a user's file (.jsonl, .jsonl.xz, .csv, .tsv, .xlsx), one at a time, with bad rows kept as errors.

A row that cannot be read becomes a `BadRow` with its number and the reason; the reading goes on, so a batch
of a hundred thousand tickets does not die of one broken line. Only an unreadable file raises.
Text may be UTF-8 (with or without a byte-order mark) or GB18030, as Chinese office software writes it.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation.errors import FileProblem

FORMATS = (".jsonl", ".jsonl.xz", ".csv", ".tsv", ".xlsx")
MAX_FIELD = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One readable row: its number (from 1, without a header) and its values."""

    number: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that could not be read, and why."""

    number: int
    problem: str


def read_table(path: Path) -> Iterator[Row | BadRow]:
    """Yield the rows of a table in order; raise `FileProblem` where the file itself is unreadable."""
    form = table_format(path)
    if not path.is_file():
        raise FileProblem(f"找不到文件 {path}", expected="可读的文件", found="不存在", remedy="检查路径")
    try:
        if form in (".jsonl", ".jsonl.xz"):
            yield from _json_rows(_text(path))
        elif form == ".xlsx":
            yield from _xlsx_rows(path)
        else:
            yield from _csv_rows(_text(path), "\t" if form == ".tsv" else ",")
    except OSError as error:
        raise FileProblem(
            f"无法读取 {path}", found=error.strerror or str(error), remedy="检查权限"
        ) from error


def table_format(path: Path) -> str:
    """The known ending of a table's name, or `FileProblem` naming the ones that can be read."""
    name = path.name.lower()
    for form in FORMATS:
        if name.endswith(form):
            return form
    raise FileProblem(
        f"不认识的文件类型 {path.name}",
        expected="、".join(FORMATS),
        found=path.suffix or "无扩展名",
        remedy="另存为其中一种",
    )


def decode(data: bytes, name: str) -> str:
    """Bytes as text: UTF-8, else GB18030; `FileProblem` where neither fits (a binary file)."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileProblem(
        f"{name} 不是文本",
        expected="UTF-8 或 GB18030 编码的文本",
        found="二进制内容或其他编码",
        remedy="另存为 UTF-8 文本",
    )


def _text(path: Path) -> str:
    data = path.read_bytes()
    if path.name.lower().endswith(".xz"):
        try:
            data = lzma.decompress(data)
        except lzma.LZMAError as error:
            raise FileProblem(
                f"{path} 无法解压", expected="xz 压缩文件", found=str(error), remedy="重新下载"
            ) from error
    return decode(data, str(path))


def _json_rows(text: str) -> Iterator[Row | BadRow]:
    number = 0
    # Not splitlines(): a JSON string may hold U+2028 and its like as they are.
    for line in text.split("\n"):
        if not line.strip():
            continue
        number += 1
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield BadRow(number, f"不是合法的 JSON：{type(error).__name__}")
            continue
        if isinstance(values, dict):
            yield Row(number, values)
        else:
            yield BadRow(number, f"应为 JSON 对象，实际是 {type(values).__name__}")


def _csv_rows(text: str, delimiter: str) -> Iterator[Row | BadRow]:
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    yield from _with_header(iter(reader))


def _xlsx_rows(path: Path) -> Iterator[Row | BadRow]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(values_only=True))
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OSError,
        IndexError,
        EOFError,
    ) as error:
        raise FileProblem(
            f"{path} 不是可读的 Excel 工作簿",
            expected="未加密、未损坏的 .xlsx",
            found=type(error).__name__,
            remedy="用表格软件打开并另存为 .xlsx，或导出为 .csv",
        ) from error
    yield from _with_header(iter(rows))


def _with_header(rows: Iterator[Any]) -> Iterator[Row | BadRow]:
    header = [str(cell or "").strip() for cell in next(rows, [])]
    number = 0
    while True:
        number += 1
        try:
            cells = next(rows, None)
        except csv.Error as error:
            yield BadRow(number, f"这一行不是合法的表格行：{error}")
            continue
        if cells is None:
            return
        if all(cell is None or str(cell).strip() == "" for cell in cells):
            number -= 1
            continue
        if len(cells) > len(header):
            yield BadRow(number, f"列数应为 {len(header)}，实际 {len(cells)}")
            continue
        yield Row(number, {name: cell for name, cell in zip(header, cells, strict=False) if name})
