"""How common the words of the dispatch catalogue are among messages: a rare word tells more of a matter.

The counts were made on public collections of complaints (without the messages of the dispatch gold) by
`zhili catalogue count`; a city makes its own from its own tickets. They hold words of ours and numbers.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from triage.catalogue.word_finder import WordFinder
from triage.errors import CatalogueError

COUNTS = Path(__file__).with_name("word_counts.tsv")

_UNCOUNTED = (0.02, 0.006, 0.0015)
"""Share of messages supposed to hold an uncounted word of up to 2, of 3, of more characters."""


@dataclass(frozen=True)
class WordCounts:
    """In how many of `messages` messages each word stands."""

    messages: int
    counts: dict[str, int] = field(repr=False)

    def rarity(self, word: str) -> float:
        """`log((messages + 1) / (count + 1))`, from 0 (in every message) on; by length where uncounted."""
        count: float | None = self.counts.get(word)
        if count is None:
            length = len(word.replace("…", ""))
            count = self.messages * _UNCOUNTED[min(max(length, 2), 4) - 2]
        return math.log((self.messages + 1) / (count + 1))


@cache
def load_counts(path: Path = COUNTS) -> WordCounts:
    """The shipped counts, or a file that `write_counts` wrote; `CatalogueError` where it is none."""
    try:
        lines = path.read_text("utf-8").splitlines()
        rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
        (name, messages), *counted = rows
        if name != "messages":
            raise ValueError(name)
        return WordCounts(int(messages), {word: int(count) for word, count in counted})
    except (OSError, ValueError) as error:
        raise CatalogueError(
            f"无法读取词频文件 {path}",
            expected="首行 messages<TAB>总数，其后每行 词<TAB>次数",
            found=str(error)[:80],
            remedy="用 zhili catalogue count 重新生成",
        ) from error


def count_words(words: Iterable[str], texts: Iterable[str]) -> WordCounts:
    """Count in how many of the texts each word stands."""
    chosen = sorted({word.casefold() for word in words})
    finder = WordFinder(chosen)
    counts: Counter[str] = Counter()
    messages = 0
    for text in texts:
        counts.update(finder.find(text.casefold()).keys())
        messages += 1
    return WordCounts(messages, {word: counts[word] for word in chosen})


def write_counts(found: WordCounts, path: Path) -> None:
    """Write the counts, the words in order, so that two versions can be compared."""
    lines = [
        "# In how many messages each word of the dispatch catalogue stands: zhili catalogue count",
        f"messages\t{found.messages}",
        *(f"{word}\t{count}" for word, count in sorted(found.counts.items())),
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
