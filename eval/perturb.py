"""Messages changed in ways that must not change where they go: for `zhili eval robustness`.

Swaps change who and where (names, phones, places, gender words); noise changes how it is written (typos,
homophones as speech recognition writes them, no punctuation, traditional characters). Every change is drawn
from the message's own id, so a run can be repeated.
"""

from __future__ import annotations

import random
import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from eval.errors import DataMissing

SHARE = 0.10
"""Share of the characters that noise changes."""

Change = Callable[[str, random.Random], str]

_HAN = re.compile(r"[\u4e00-\u9fff]")
_LETTER_PLACE = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d{0,2}(?=[市区县])")
_LISTS = tomllib.loads((Path(__file__).parent / "swaps.toml").read_text("utf-8"))


def swap_contact(text: str, chance: random.Random) -> str:
    """Another name and phone at the end: compare with `with_contact`."""
    return _signed(text, chance.choice(_LISTS["names"][1:]), chance.choice(_LISTS["phones"][1:]))


def with_contact(text: str, chance: random.Random) -> str:
    """The same name and phone at the end of every message."""
    return _signed(text, _LISTS["names"][0], _LISTS["phones"][0])


def _signed(text: str, name: str, phone: str) -> str:
    return f"{text}\n联系人：{name}，电话{phone}"


def swap_places(text: str, chance: random.Random) -> str:
    """Each place of the message becomes one other place: masked ones (A3区) and well-known names."""
    other: dict[str, str] = {}

    def letters(found: re.Match[str]) -> str:
        number = str(chance.randint(1, 9)) if len(found[0]) > 1 else ""
        return other.setdefault(found[0], chance.choice("BCDEFGHJKLM") + number)

    def names(found: re.Match[str]) -> str:
        alike = [place for place in _LISTS["places"] if len(place) == len(found[0]) and place != found[0]]
        return other.setdefault(found[0], chance.choice(alike))

    longest_first = sorted(_LISTS["places"], key=len, reverse=True)
    return re.sub("|".join(longest_first), names, _LETTER_PLACE.sub(letters, text))


def swap_gender(text: str, chance: random.Random) -> str:
    """Words of one gender become those of the other."""
    table = {one: other for pair in _LISTS["gender"] for one, other in (pair, pair[::-1])}
    # 其他 is no person.
    pattern = "|".join(sorted((word for word in table if word != "他"), key=len, reverse=True))
    return re.sub(rf"{pattern}|(?<!其)他(?!人|们的)", lambda found: table[found[0]], text)


def typos(text: str, chance: random.Random) -> str:
    """A tenth of the Chinese characters lost, doubled, swapped with the next, or replaced by any other."""
    letters = list(text)
    for at, letter in enumerate(letters):
        if not _HAN.match(letter) or chance.random() >= SHARE:
            continue
        kind = chance.randrange(4)
        if kind == 0:
            letters[at] = ""
        elif kind == 1:
            letters[at] = letter * 2
        elif kind == 2 and at + 1 < len(letters) and letters[at + 1] != "\n":
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        else:
            letters[at] = chance.choice(_common())
    return "".join(letters)


def homophones(text: str, chance: random.Random) -> str:
    """A tenth of the Chinese characters become another of the same sound, tone aside."""
    sound, same = _sounds()
    return "".join(
        chance.choice(same[sound[letter]]) if letter in sound and chance.random() < SHARE else letter
        for letter in text
    )


def no_punctuation(text: str, chance: random.Random) -> str:
    """Nothing but letters, digits, spaces and masks; the title keeps its line."""
    return "".join(c for c in text if c in "\n 〔〕" or not unicodedata.category(c).startswith(("P", "S")))


def traditional(text: str, chance: random.Random) -> str:
    """Traditional characters, as Taiwan and Hong Kong write them."""
    return str(_converter().convert(text))


SWAPS: dict[str, tuple[Change | None, Change]] = {
    "names_and_phones": (with_contact, swap_contact),
    "places": (None, swap_places),
    "gender": (None, swap_gender),
}
"""By name: how the message is read first (`None`: as it is), and how after the swap."""

NOISE: dict[str, Change] = {
    "typos": typos,
    "homophones": homophones,
    "no_punctuation": no_punctuation,
    "traditional": traditional,
}


@cache
def _common() -> tuple[str, ...]:
    """The 3,755 commonest characters (GB 2312, level 1)."""
    found = []
    for row in range(0xB0, 0xD8):
        for cell in range(0xA1, 0xFF):
            try:
                found.append(bytes((row, cell)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return tuple(found)


@cache
def _sounds() -> tuple[dict[str, str], dict[str, list[str]]]:
    """The sound of each common character that shares it, and the characters of each sound."""
    try:
        from pypinyin import lazy_pinyin
    except ImportError as error:
        raise DataMissing(
            "谐音测试需要 pypinyin", expected="pypinyin", found="未安装", remedy="pip install pypinyin"
        ) from error
    same: dict[str, list[str]] = defaultdict(list)
    for letter in _common():
        same[lazy_pinyin(letter)[0]].append(letter)
    sound = {letter: key for key, letters in same.items() if len(letters) > 1 for letter in letters}
    return sound, dict(same)


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("s2t")
