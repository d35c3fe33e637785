"""Titles of laws: the short title, the key under which spellings meet, year marks, aliases and successors.

Aliases (`道交法`) and laws that another one replaced (`物权法`) are data in `aliases.toml`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

COUNTRY = "中华人民共和国"
_YEAR_MARK = re.compile(
    r"(?:[(（【\[]\s*(\d{4})\s*年?[^()（）【】\[\]]{0,12}[)）】\]]|(\d{4})\s*年?(?:版本?|修[订正]版?))\s*$"
)
_DROPPED = str.maketrans("", "", ' \t\r\n\u3000\u200b\ufeff《》〈〉<>「」“”"')


@dataclass(frozen=True, slots=True)
class Replaced:
    """A law that another one replaced; its article numbers do not carry over."""

    title: str
    by: str
    part: str
    """The part of the successor that took it over: 物权编; may be empty."""
    since: date


def short_title(full_title: str) -> str:
    """The title as people cite it: without spaces and without a leading 中华人民共和国."""
    return re.sub(r"\s+", "", full_title).removeprefix(COUNTRY)


@lru_cache(maxsize=8192)
def title_key(title: str) -> str:
    """One key for every spelling of a title: brackets, spaces, width and 中华人民共和国 do not matter."""
    return unicodedata.normalize("NFKC", title).translate(_DROPPED).replace(COUNTRY, "")


def split_year(title: str) -> tuple[str, int | None]:
    """Take a version mark such as （2020年修订） off the end of a title: the rest, and the year."""
    found = _YEAR_MARK.search(title)
    if not found:
        return title, None
    return title[: found.start()].strip(), int(found.group(1) or found.group(2))


def canonical_title(title: str) -> str:
    """The title that an alias stands for, or `title` itself."""
    return _aliases().get(title_key(title), title)


def replaced(title: str) -> Replaced | None:
    """What replaced the law of that title, where the table knows it."""
    return _replaced().get(title_key(title))


def all_replaced() -> tuple[Replaced, ...]:
    """Every known succession."""
    return tuple(_replaced().values())


@cache
def _table() -> dict[str, list[dict[str, object]]]:
    text = (files("legal_corpus") / "aliases.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _aliases() -> dict[str, str]:
    return {title_key(str(name)): str(row["title"]) for row in _table()["alias"] for name in _names(row)}


def _names(row: dict[str, object]) -> list[object]:
    names = row["names"]
    return names if isinstance(names, list) else []


@cache
def _replaced() -> dict[str, Replaced]:
    rows = {}
    for row in _table()["replaced"]:
        since = row["since"]
        if not isinstance(since, date):
            raise ValueError(f"aliases.toml: {row['title']}: since is no date")
        value = Replaced(str(row["title"]), str(row["by"]), str(row.get("part", "")), since)
        rows[title_key(value.title)] = value
    return rows
