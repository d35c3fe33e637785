"""Where a name begins in a sentence without spaces: what stands before it cannot belong to it.

Two helpers: the words of `slots.toml` (`stop`: 位于, 投诉, 我们…), and the segmenter's parts of speech: a
verb, a pronoun, a preposition before the name is no part of it, unless streets are called so (建设路).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from triage.entities.words import either, listed

_NOT_IN_NAMES = frozenset(("v", "d", "p", "c", "r", "y", "t", "q", "i"))
MOST_ENDINGS = 2000
"""So many endings of names are looked at in one text: a bound for hostile text, no letter has as many."""
_NAMING = re.compile("[\u4e00-\u9fffA-Za-z0-9]")
_LEADING = tuple("使以向对将把给因让由为是在从到能可")
"""A preposition that begins the run, where a name of two characters is left (向阳路 keeps its 向)."""
_BESIDE = frozenset("旁上里内外下边间")
_RANKS = frozenset("省市县区镇乡")
_COUNTED = re.compile("[0-9一二三四五六七八九十两几]+[个家所条段栋间名位座片处户年月日多大]")


def name_run(text: str, start: int, end: int, signs: str = "") -> int:
    """Where the run of name characters (and `signs`) that ends at `end` begins, not before `start`."""
    at = end
    while at > start and (_NAMING.match(text[at - 1]) or text[at - 1] in signs):
        at -= 1
    return at


def name_start(name: str, ending: str) -> int:
    """Where the name begins in `name`, which stands before `ending`; `len(name)` where there is none."""
    cut = _after_stops(name)
    if name[cut : cut + 1] in _LEADING and len(name) - cut > 2:
        cut += 1
    return cut + _after_other_words(name[cut:], ending) if cut < len(name) else cut


def _after_stops(name: str) -> int:
    cut = 0
    for match in _stops().finditer(name):
        end = match.end(1)
        if len(name) - end >= 2 or name[end:].isascii() or name[end:] in _RANKS:
            cut = max(cut, end)
    return cut


def _after_other_words(name: str, ending: str) -> int:
    """After the last word that is no noun; a single character left over belongs to that word instead."""
    cut = at = before = 0
    for word, tag in _tagged(name + ending):
        at += len(word)
        if at > len(name):
            break
        foreign = _foreign(word, tag)
        # 万和, 永和: a single character after a single one that is a noun belongs to the name.
        inside = len(word) == 1 == before and tag in ("c", "p")
        if foreign and not inside and (len(name) - at != 1 or name[at:].isascii()):
            cut = at
        before = 0 if foreign else len(word)
    return cut


def _foreign(word: str, tag: str) -> bool:
    if tag == "f":
        return word in _BESIDE
    if tag == "m":
        return bool(_COUNTED.fullmatch(word))
    return (tag in _NOT_IN_NAMES or tag.startswith("u")) and word not in listed("names", "verbs")


def common_word(name: str, ending: str) -> str:
    """The common word (公路, 超市, 小区) that ends the place and holds a part of its name, or empty."""
    word = _tagged(name + ending)[-1][0]
    return word if len(ending) < len(word) and word in listed("place", "common") else ""


def is_proper(name: str) -> bool:
    """Whether the run ends in a word that the segmenter takes for a proper name (长张公路, not 村级公路)."""
    return bool(name) and _tagged(name)[-1][1].startswith(("ns", "nr", "nz", "nt", "j", "eng"))


@lru_cache(maxsize=4096)
def _tagged(text: str) -> list[tuple[str, str]]:
    import rjieba

    return list(rjieba.tag(text))


@cache
def _stops() -> re.Pattern[str]:
    """Overlapping occurrences: a lookahead, so that 住在 and 在 are both seen."""
    return re.compile(f"(?=({either(listed('names', 'stop'))}))")
