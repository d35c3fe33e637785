"""A folded view of a text: what the detectors read, with the way back to the text as it was written.

Full-width and styled digits and letters become ASCII, zero-width and combining characters vanish, every space
becomes a plain one, dashes become `-`, and a placeholder that is already there becomes one barrier character.
So `１３８\u200b0013８000` reads as a mobile number, and the span still covers every character of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from triage.privacy.found import BARRIER, Found
from triage.values import PiiKind

PLACEHOLDER = re.compile("〔(" + "|".join(map(re.escape, PiiKind)) + ")(?:#([0-9A-Z]{10}))?〕")
"""A placeholder, plain (`〔手机号〕`) or with the token of a vault (`〔手机号#7K2M9QXT4B〕`)."""


def placeholder(kind: PiiKind) -> str:
    """What stands in the masked text instead of personal information of this kind: `〔手机号〕`."""
    return f"〔{kind.value}〕"


@dataclass(frozen=True, slots=True)
class View:
    """The folded text, and for each of its characters where it stands in the text as written."""

    folded: str
    origin: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `folded[start:end]` stands in the text as written."""
        return self.origin[start], self.origin[end - 1] + 1


def fold(text: str, taken: Iterable[Found] = ()) -> View:
    """The view of `text`, in one pass; placeholders and what is `taken` already become barriers."""
    table = _table()
    pieces: list[str] = []
    origin: list[int] = []
    at = 0
    known = [match.span() for match in PLACEHOLDER.finditer(text)]
    for start, end in sorted([*known, *((found.start, found.end) for found in taken)]):
        _fold_piece(text, at, start, table, pieces, origin)
        pieces.append(BARRIER)
        origin.append(start)
        at = end
    _fold_piece(text, at, len(text), table, pieces, origin)
    return View("".join(pieces), origin)


def _fold_piece(
    text: str, start: int, end: int, table: dict[str, str], pieces: list[str], origin: list[int]
) -> None:
    for index in range(start, end):
        character = text[index]
        plain = character if character.isascii() else table.get(character, character)
        if plain:
            pieces.append(plain)
            origin.append(index)


@cache
def _table() -> dict[str, str]:
    """One character → one character, or the empty string where it is invisible."""
    table: dict[str, str] = {}
    for code in (*range(0x80, 0x20000), *range(0xE0000, 0xE01F0)):
        character = chr(code)
        category = unicodedata.category(character)
        if category in ("Cf", "Mn", "Me", "Cc", "Co", "Cs"):
            table[character] = ""
        elif category == "Zs":
            table[character] = " "
        elif category == "Pd":
            table[character] = "-"
        elif category == "Nd":
            table[character] = str(unicodedata.decimal(character))
        elif code >= 0xFF01 or 0x1D400 <= code < 0x1D800:
            plain = unicodedata.normalize("NFKC", character)
            if len(plain) == 1 and plain.isascii():
                table[character] = plain
    return table
