"""A batch as a table for people (.csv, .xlsx): readable columns first, then the exact values as JSON.

A cell that a spreadsheet would take for a formula (`= + - @`) gets a leading apostrophe, so that a complaint
cannot run anything on the desk of whoever opens the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from foundation.canonical import to_json
from foundation.errors import FileProblem
from service.words import ACTIONS, TEXT_KINDS, percent

READABLE = ("主管部门", "事项", "诉求类型", "紧急程度", "处理建议", "法律依据", "理由", "错误")
EXACT = (
    "matter", "department", "kind", "urgency", "action", "masked_text", "citations", "reasons", "model",
)  # fmt: skip
COLUMNS = ("id", *READABLE, *EXACT, "row", "check", "error")
LONGEST_CELL = 32_767
"""What a cell of .xlsx can hold."""
_CUT = "…（单元格放不下，已截断；完整内容请输出为 .jsonl）"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_spreadsheet(lines: Iterable[dict[str, Any]], target: Path) -> None:
    """Write the lines of a batch as a table; the file appears only when it is whole."""
    draft = target.with_name(f".{target.name}.draft")
    cells = ([guard(cell) for cell in row] for row in _rows(lines))
    try:
        (_write_xlsx if target.suffix.lower() == ".xlsx" else _write_csv)(cells, draft)
        draft.replace(target)
    except OSError as error:
        raise FileProblem(
            f"无法写入 {target}", found=error.strerror or str(error), remedy="检查权限与磁盘空间"
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def guard(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula and that fits into one."""
    text = _CONTROL.sub("", cell)
    if text[:1] in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"):
        text = "'" + text
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(_CUT)] + _CUT


def _rows(lines: Iterable[dict[str, Any]]) -> Iterator[list[str]]:
    yield list(COLUMNS)
    for line in lines:
        exact = [_cell(line.get(name)) for name in COLUMNS[1 + len(READABLE) :]]
        yield [line["id"], *_readable(line), *exact]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else to_json(value)


def _readable(line: dict[str, Any]) -> list[str]:
    if "error" in line:
        fault = line["error"]
        return [""] * (len(READABLE) - 1) + [f"{fault['message']}（{fault['remedy']}）"]
    return [
        "；".join(f"{item['name']} {percent(item['p'])}" for item in line["department"][:3]),
        "；".join(f"{item['level1']}/{item['level2']} {percent(item['p'])}" for item in line["matter"][:3]),
        _first(line["kind"]),
        _first(line["urgency"]),
        ACTIONS[line["action"]],
        "；".join(_citation(item) for item in line["citations"]),
        "\n".join(line["reasons"]),
        "",
    ]


def _citation(item: dict[str, Any]) -> str:
    return f"《{item['law']}》{item['article']}（{TEXT_KINDS[item['text_kind']]}）"


def _first(labels: list[dict[str, Any]]) -> str:
    return labels[0]["label"] if labels else ""


def _write_csv(rows: Iterable[list[str]], path: Path) -> None:
    # With a byte-order mark: without it Excel reads Chinese UTF-8 as another encoding.
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)


def _write_xlsx(rows: Iterable[list[str]], path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("研判结果")
    sheet.freeze_panes = "B2"
    for row in rows:
        sheet.append(row)
    with path.open("wb") as stream:
        book.save(stream)
