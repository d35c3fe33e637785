"""The dispatch catalogue as a table: one row an entry, so that a city can keep it in a spreadsheet.

Lists are separated by `；`. Departments may be written by id or by name. A unit that is not competent is
written `单位：理由〔《法律》第X条、…〕`. Reading gives the rows to the same checks as the TOML files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from foundation.errors import FileProblem
from foundation.tables import FORMATS, BadRow, read_table
from triage.catalogue.book import Catalogue
from triage.catalogue.dispatch import DispatchEntry, NotCompetent
from triage.catalogue.reading import Entry
from triage.errors import CatalogueError

COLUMNS = {
    "编号": "id",
    "名称": "name",
    "一级": "level1",
    "二级": "level2",
    "三级": "level3",
    "主办": "lead",
    "协办": "co",
    "非职责单位": "not_competent",
    "法律依据": "basis",
    "时限": "clock",
    "询问": "ask",
    "告知": "tell",
    "口语词": "words",
}
_LISTS = ("co", "basis", "ask", "tell", "words")
_NEEDED = ("编号", "名称", "一级", "二级", "主办", "询问", "告知", "口语词")
_SPLIT = re.compile(r"[；;\n]+")
_NOT = re.compile(r"([^：:]+)[：:]([^〔〕]+)(?:〔([^〔〕]*)〕)?")


def is_table(path: Path) -> bool:
    """Whether the name ends like a table that can be read."""
    return path.name.lower().endswith(FORMATS)


def read_entry_rows(path: Path, departments: Catalogue) -> list[Entry]:
    """The rows of a table in the form of the TOML entries; `FileProblem` or `CatalogueError` where broken."""
    names = {departments.department(id).name: id for id in departments.ids}
    entries = []
    for row in read_table(path):
        place = f"第 {row.number} 行"
        if isinstance(row, BadRow):
            raise CatalogueError(
                f"{path} {place}无法读取", expected="一行一个条目", found=row.problem, remedy="改正该行"
            )
        _check_columns(path, row.values)
        entries.append(_row(Entry(path, place, row.values), names))
    if not entries:
        raise CatalogueError(
            f"{path} 中没有条目",
            expected="表头下至少一行",
            found="0 行",
            remedy="用 zhili catalogue export 取得样表",
        )
    return entries


def write_table(entries: Iterable[DispatchEntry], departments: Catalogue, path: Path) -> None:
    """Write the entries as .xlsx that `read_entry_rows` reads back; `FileProblem` where that fails."""
    from openpyxl import Workbook

    if path.suffix.lower() != ".xlsx":
        raise FileProblem(f"不能导出为 {path.name}", expected=".xlsx", found=path.suffix, remedy="改用 .xlsx")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("派单目录")
    sheet.append(list(COLUMNS))
    for entry in entries:
        sheet.append([_inert(value) for value in _cells(entry, departments)])
    try:
        book.save(path)
    except OSError as error:
        raise FileProblem(
            f"无法写入 {path}", found=error.strerror or str(error), remedy="检查权限与空间"
        ) from error


def _check_columns(path: Path, values: dict[str, Any]) -> None:
    missing = [name for name in _NEEDED if name not in values]
    unknown = [name for name in values if name not in COLUMNS]
    if missing or unknown:
        found = "、".join([f"缺 {name}" for name in missing] + [f"多出 {name}" for name in unknown])
        raise CatalogueError(
            f"{path} 的表头不对", expected="、".join(COLUMNS), found=found, remedy="按样表改正表头"
        )


def _row(entry: Entry, names: dict[str, str]) -> Entry:
    values: dict[str, Any] = {}
    for column, key in COLUMNS.items():
        cell = str(entry.values.get(column) or "").strip()
        values[key] = _split(cell) if key in _LISTS else cell
    values["lead"] = names.get(values["lead"], values["lead"])
    values["co"] = [names.get(name, name) for name in values["co"]]
    row = Entry(entry.path, entry.place, values)
    values["not_competent"] = [_not(row, part, names) for part in _split(values["not_competent"])]
    return row


def _not(row: Entry, text: str, names: dict[str, str]) -> dict[str, Any]:
    match = _NOT.fullmatch(text)
    if match is None:
        raise row.wrong("的“非职责单位”无法识别", "单位：理由〔《法律》第X条〕", text)
    name, why, basis = match[1].strip(), match[2].strip(), match[3] or ""
    return {"department": names.get(name, name), "why": why, "basis": [b for b in basis.split("、") if b]}


def _cells(entry: DispatchEntry, departments: Catalogue) -> list[str]:
    def name(id: str) -> str:
        return departments.department(id).name if id in departments else id

    return [
        entry.id,
        entry.name,
        entry.level1,
        entry.level2,
        entry.level3,
        name(entry.lead),
        "；".join(name(id) for id in entry.co),
        "；".join(_written(each, name(each.department)) for each in entry.not_competent),
        "；".join(map(str, entry.basis)),
        entry.clock,
        "；".join(entry.ask),
        "；".join(entry.tell),
        "；".join(entry.words),
    ]


def _written(each: NotCompetent, name: str) -> str:
    basis = "、".join(map(str, each.basis))
    return f"{name}：{each.why}" + (f"〔{basis}〕" if basis else "")


def _inert(value: str) -> str:
    """A cell that no spreadsheet reads as a formula."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@") else value


def _split(cell: str) -> list[str]:
    return [part.strip() for part in _SPLIT.split(cell) if part.strip()]
