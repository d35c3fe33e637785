"""Find thousands of words in a text in one pass, among them words with a gap (`A…B`); the longest counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

GAP = 8
"""How many characters may stand for the `…` of a word."""


class WordFinder:
    """The words by their beginnings: at each place of a text only those that can begin there are tried."""

    def __init__(self, words: Iterable[str]) -> None:
        self._starts: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        for word in words:
            parts = tuple(part for part in word.split("…") if part)
            if parts:
                self._starts[parts[0][:2]].append((word, parts))

    def find(self, text: str) -> dict[str, int]:
        """Each word that stands in the text by itself, and where it first does.

        A word inside a longer one of the list is not meant (租车 in 出租车) and does not count there; words
        with a gap neither hide others nor are hidden.
        """
        found: dict[str, int] = {}
        reach = 0
        for place in range(len(text)):
            longest = ""
            for start in (text[place : place + 2], text[place]):
                for word, parts in self._starts.get(start, ()):
                    if len(parts) > 1:
                        if word not in found and _stands(text, place, parts):
                            found[word] = place
                    elif len(word) > len(longest) and text.startswith(word, place):
                        longest = word
            if place + len(longest) > reach and longest:
                reach = place + len(longest)
                found.setdefault(longest, place)
        return found


def _stands(text: str, place: int, parts: tuple[str, ...]) -> bool:
    """Whether the parts stand in order, the first at `place`, each further one close behind."""
    if not text.startswith(parts[0], place):
        return False
    end = place + len(parts[0])
    for part in parts[1:]:
        start = text.find(part, end, end + GAP + len(part))
        if start < 0:
            return False
        end = start + len(part)
    return True
