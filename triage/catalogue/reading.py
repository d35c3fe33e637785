"""Reading the hand-written TOML files of triage: a broken rule is told with file, entry and remedy.

Both the departments and the matters are kept by people, and a city may write its own; so each value is
checked as it is read, and the first mistake stops the loading with a `CatalogueError`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triage.errors import CatalogueError
from triage.values import LegalBasis

_NUMERAL = "[一二三四五六七八九十百千零]+"
_ID = re.compile(r"[a-z][a-z0-9_]*")
_BASIS = re.compile(rf"《([^《》]+)》(第{_NUMERAL}条(?:之{_NUMERAL})?)")


def read_entries(path: Path, table: str) -> list[Entry]:
    """The entries `[[table]]` of a TOML file; `CatalogueError` where it cannot be read or holds none."""
    return entries_of(path, read_toml(path), table)


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as plain values; `CatalogueError` where it cannot be read."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise CatalogueError(
            f"无法读取 {path}",
            expected="可读的 TOML 文件",
            found=error.strerror or type(error).__name__,
            remedy="检查路径与权限",
        ) from error
    except UnicodeDecodeError as error:
        raise CatalogueError(
            f"{path} 不是 UTF-8 文本", expected="UTF-8 编码", found="其他编码", remedy="另存为 UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(
            f"{path} 不是合法的 TOML", expected="TOML 语法", found=str(error), remedy="改正该处语法"
        ) from error


def entries_of(path: Path, data: dict[str, Any], table: str) -> list[Entry]:
    """The entries `[[table]]` among the values of a file that holds nothing else."""
    unknown = sorted(set(data) - {table})
    entries = data.get(table)
    if unknown or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CatalogueError(
            f"{path} 的结构不对",
            expected=f"只有 [[{table}]] 条目，且至少一条",
            found="、".join(unknown) or f"没有 [[{table}]]",
            remedy=f"把每个条目写在 [[{table}]] 下",
        )
    return [Entry(path, f"第 {number} 个 [[{table}]]", values) for number, values in enumerate(entries, 1)]


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of the file, with its place for the error texts."""

    path: Path
    place: str
    values: dict[str, Any]

    def named(self, name: str) -> Entry:
        """The same entry, called by its own name in errors from now on."""
        return Entry(self.path, f"{self.place}（{name}）", self.values)

    def identified(self) -> tuple[str, Entry]:
        """Its `id`, and the entry called by it from now on; `CatalogueError` where it is no proper id."""
        id = self.text("id")
        entry = self.named(id)
        if not _ID.fullmatch(id):
            raise entry.wrong("的 id 不对", "小写字母开头，只含小写字母、数字和下划线", id)
        return id, entry

    def only(self, keys: Sequence[str]) -> None:
        """Refuse keys that nobody reads: a misspelt key must not pass for an absent one."""
        unknown = sorted(set(self.values) - set(keys))
        if unknown:
            raise self.wrong(f"有不认识的键 {'、'.join(unknown)}", "、".join(keys), "、".join(unknown))

    def text(self, key: str, *, empty: bool = False) -> str:
        """A string value; `empty` allows an empty or missing one."""
        value = self.values.get(key, "" if empty else None)
        if not isinstance(value, str) or not (empty or value.strip()):
            raise self.wrong(f"的 {key} 不对", "非空字符串", _shown(value))
        return value.strip()

    def texts(self, key: str, *, empty: bool = False) -> tuple[str, ...]:
        """A list of distinct, non-empty strings; `empty` allows an empty or missing list."""
        values = self.values.get(key, [] if empty else None)
        if not isinstance(values, list) or not (empty or values):
            raise self.wrong(f"的 {key} 不对", "至少一项的字符串列表", _shown(values))
        for value in values:
            if not isinstance(value, str) or not value.strip():
                raise self.wrong(f"的 {key} 中有一项不对", "非空字符串", _shown(value))
            if values.count(value) > 1:
                raise self.wrong(
                    f"的 {key} 有重复", "各项互不相同", f"“{value}”出现 {values.count(value)} 次"
                )
        return tuple(value.strip() for value in values)

    def bases(self, key: str = "basis") -> tuple[LegalBasis, ...]:
        """Citations such as `《物业管理条例》第五条`; an empty list is allowed."""
        return tuple(self._basis(text) for text in self.texts(key, empty=True))

    def _basis(self, text: str) -> LegalBasis:
        match = _BASIS.fullmatch(text)
        if match is None:
            raise self.wrong("的法律依据无法识别", "《法律名称》第X条（中文数字）", text)
        return LegalBasis(law=match[1], article=match[2])

    def wrong(self, what: str, expected: str, found: str, remedy: str = "改正该条目") -> CatalogueError:
        """The error for this entry, ready to be raised."""
        return CatalogueError(
            f"{self.path} {self.place}{what}", expected=expected, found=found, remedy=remedy
        )


def _shown(value: object) -> str:
    if value is None:
        return "缺失"
    return "空" if value in ("", []) else repr(value)[:60]
