"""Slips of speech recognition and quick typing: 民典法, 劳动和同法, 第是三条. Never corrected in silence.

A title is mended by the table (`slips.toml`), or where exactly one known title differs by one character that
sounds alike, by two neighbours changed over, or by one character too few or too many. The rest stays refused.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from legal_corpus.numerals import NUMERAL
from legal_corpus.titles import title_key

_SOUND = 4
"""Characters that a title must have before one of them may stand for a like-sounding one."""
_LENGTH = 7
"""… before one may be missing or too many: short titles lie too near to each other."""


def mended_title(title: str, known: Iterable[str]) -> str | None:
    """The one known title that `title` must mean; `None` where none or more than one fits."""
    key = title_key(title)
    if key in _table():
        return _table()[key]
    fitting = {name for name in known if _one_slip(key, title_key(name))}
    return fitting.pop() if len(fitting) == 1 else None


def mended_number(text: str) -> str | None:
    """The text with misheard digits of its article put right; `None` where there is nothing to mend."""
    digits = _digits()
    odd = "".join(digits)
    pattern = re.compile(rf"第[{NUMERAL}{odd}]{{1,9}}[条调跳]|(?<=[法典例定则])是[{NUMERAL}]{{1,3}}条")
    found = pattern.search(text)
    if not found:
        return None
    right = "".join(digits.get(char, char) for char in found.group()[:-1]) + "条"
    mended = text[: found.start()] + right + text[found.end() :]
    return mended if mended != text else None


def understood(written: str, meant: str) -> str:
    """The remark that goes with every mended citation."""
    return f"按《{meant}》理解（写的是“{written}”），请核对"


def _one_slip(written: str, name: str) -> bool:
    if written == name or abs(len(written) - len(name)) > 1:
        return False
    if len(written) == len(name):
        return _swapped(written, name) or _sounds_alike(written, name)
    short, long = sorted((written, name), key=len)
    return len(short) >= _LENGTH and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _differences(one: str, other: str) -> Iterator[int]:
    return (at for at, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1])


def _swapped(one: str, other: str) -> bool:
    places = list(_differences(one, other))
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    left, right = places
    return one[left] == other[right] and one[right] == other[left]


def _sounds_alike(one: str, other: str) -> bool:
    places = list(_differences(one, other))
    return (
        len(one) >= _SOUND and len(places) == 1 and frozenset((one[places[0]], other[places[0]])) in _sounds()
    )


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("legal_corpus") / "slips.toml").read_text("utf-8"))


@cache
def _table() -> dict[str, str]:
    return {title_key(heard): row["title"] for row in _data()["slip"] for heard in row["heard"]}


@cache
def _digits() -> dict[str, str]:
    return dict(_data()["digits"])


@cache
def _sounds() -> frozenset[frozenset[str]]:
    groups = _data()["sounds"]["groups"]
    return frozenset(frozenset((a, b)) for group in groups for a in group for b in group if a != b)
