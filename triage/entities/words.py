"""The word lists of `slots.toml`, and expressions built from them; a list that cannot be read is told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from triage.catalogue.reading import read_toml
from triage.errors import CatalogueError

_PATH = Path(__file__).with_name("slots.toml")


@cache
def section(name: str) -> dict[str, Any]:
    """One table of `slots.toml`; `CatalogueError` where it is missing."""
    found = read_toml(_PATH).get(name)
    if not isinstance(found, dict):
        raise CatalogueError(
            f"{_PATH.name} 缺少 [{name}]", expected=f"[{name}]", found="没有", remedy="补上这一节"
        )
    return found


def either(words: Iterable[str]) -> str:
    """An expression for any of the words, the longest first, so that 物业公司 wins over 物业."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


@cache
def listed(name: str, key: str) -> frozenset[str]:
    """A list of words as a set."""
    return frozenset(section(name)[key])
