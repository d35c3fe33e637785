"""A centre's own tickets: which of its columns holds what, and its names for our labels.

`标题=title` says that the column 标题 holds the title. Departments may be written by id or by name, kinds and
levels of urgency as the catalogue of labels writes them; every other label is an error that is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from foundation.tables import Row
from triage.catalogue.book import load_catalogue
from triage.errors import TrainingDataError

FIELDS = (
    "id", "title", "text", "reply", "time", "region", "channel", "group",
    "level1", "level2", "department", "department_ok", "kind", "urgency",
)  # fmt: skip
"""What a column may hold. `reply` teaches a weak department only, and is never part of the message."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Columns of a centre's table by the field that they hold."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """Column → field of `FIELDS`."""

    @classmethod
    def parse(cls, pairs: Sequence[str]) -> ColumnMap:
        """From `column=field` pairs; raises `TrainingDataError` where one is not such a pair."""
        fields: dict[str, str] = {}
        for pair in pairs:
            column, _, name = pair.partition("=")
            if not column.strip() or name.strip() not in FIELDS:
                raise TrainingDataError(
                    f"--map {pair} 不能理解",
                    expected=f"列名=字段，字段为 {'、'.join(FIELDS)} 之一",
                    found=pair,
                    remedy="例如 --map 诉求内容=text --map 承办单位=department",
                )
            fields[column.strip()] = name.strip()
        return cls(fields)

    def apply(self, row: Row, file: str) -> Row:
        """The row with our field names; a mapped column that is not there is an error."""
        if not self.fields:
            return row
        missing = [column for column in self.fields if column not in row.values]
        if missing:
            raise TrainingDataError(
                f"{file} 中没有这些列：{'、'.join(missing)}",
                expected="--map 里写的列名都在表头中",
                found="、".join(map(str, list(row.values)[:20])),
                remedy="改正 --map 的列名",
            )
        return Row(row.number, {name: row.values[column] for column, name in self.fields.items()})


def department_id(value: str | None) -> str | None:
    """The id of a department that is written by id or by name; anything else comes back as it is."""
    if value is None:
        return None
    return _names().get(value, value)


def department_ids(value: Any) -> tuple[str, ...]:
    """Several departments: a list, or names separated by ；、, or spaces."""
    if not value:
        return ()
    parts = value if isinstance(value, list | tuple) else _split(str(value))
    return tuple(department_id(str(part).strip()) or "" for part in parts if str(part).strip())


def _split(text: str) -> list[str]:
    for mark in "；;、,，":
        text = text.replace(mark, " ")
    return text.split()


def _names() -> dict[str, str]:
    return {department.name: department.id for department in load_catalogue().departments}
