"""How alike two texts of law are, and which articles of two texts belong together.

Likeness is Dice's coefficient over pairs of neighbouring characters (1: the same pairs, 0: none in common).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from legal_corpus.quote import paragraphs
from legal_corpus.values import Article

ALIKE = 0.5
"""From here on two texts pass for two wordings of one rule: a rule of thumb, always shown as inferred."""
_PART = 0.95
_COMMON = 0.2
"""Pairs of characters that stand in more than this share of the articles tell nothing apart."""
_SELDOM = 30
_NOISE = re.compile(r"[\s\u3000]+")
_WIDTH = str.maketrans(":;,()", "：；，（）")
_NUMBERS = re.compile(r"第[零〇一二三四五六七八九十百千]+(?:条|款|项|章|节)")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles that belong together."""

    old: Article
    new: Article
    likeness: float

    @property
    def same_text(self) -> bool:
        """Whether the words are the same, white space and the width of punctuation aside."""
        return plain(self.old.text) == plain(self.new.text)

    @property
    def same_label(self) -> bool:
        """Whether both carry the same number."""
        return key_of(self.old) == key_of(self.new)


def plain(text: str) -> str:
    """A text without white space, its punctuation full-width: sources differ in both, laws do not."""
    return _NOISE.sub("", text).translate(_WIDTH)


def key_of(article: Article) -> tuple[int | None, int]:
    """Number and suffix."""
    return article.number, article.suffix


def likeness(one: str, other: str) -> float:
    """How alike two texts are, from 0 to 1; numbers of cited articles do not count."""
    first, second = pairs_of(one), pairs_of(other)
    if not first or not second:
        return float(plain(one) == plain(other))
    common = sum((Counter(first) & Counter(second)).values())
    return 2 * common / (len(first) + len(second))


def kinship(old: str, new: str) -> float:
    """How much an old text lives on in a new one: likeness to the whole or to one of its paragraphs.

    A successor often joins several old articles, each as one paragraph of a longer one.
    """
    alike = likeness(old, new)
    parts = paragraphs(new)
    if alike >= ALIKE or len(parts) < 2:
        return alike
    # A little less than a whole article that is as like.
    return max(alike, *(_PART * likeness(old, new[part.start : part.end]) for part in parts))


@lru_cache(maxsize=4096)
def pairs_of(text: str) -> tuple[str, ...]:
    """The pairs of neighbouring characters of a text, in order."""
    bare = _NUMBERS.sub("第条", plain(text))
    return tuple(bare[start : start + 2] for start in range(len(bare) - 1))


class Wording:
    """The words of several articles, indexed: which of them is most like a text."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = tuple(articles)
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, article in enumerate(self._articles):
            for pair in set(pairs_of(article.text)):
                self._places[pair].append(place)
        self._most = max(_SELDOM, int(_COMMON * len(self._articles)))

    def likely(self, text: str, k: int = 5) -> list[tuple[int, float]]:
        """Places and likeness of the `k` articles that share most telling pairs of characters with a text."""
        shared: Counter[int] = Counter()
        for pair in set(pairs_of(text)):
            places = self._places.get(pair, ())
            if len(places) <= self._most:
                shared.update(places)
        return [(place, likeness(text, self._articles[place].text)) for place, _ in shared.most_common(k)]

    def nearest(self, article: Article, *, at_least: float = ALIKE) -> Pair | None:
        """The article whose words are most alike; `None` where none is alike enough."""
        numbered = [
            (score, -place)
            for place, _ in self.likely(article.text, 10)
            if self._articles[place].number is not None
            and (score := kinship(article.text, self._articles[place].text)) >= at_least
        ]
        if not numbered:
            return None
        score, place = max(numbered)
        return Pair(article, self._articles[-place], round(score, 3))


def pair_up(
    old: Sequence[Article], new: Sequence[Article]
) -> tuple[list[Pair], list[Article], list[Article]]:
    """Pairs of articles, the old ones without a partner, and the new ones.

    Equal texts first (same number before others), then by likeness; every article has one partner at most.
    """
    pairs = _equal(old, new)
    taken_old, taken_new = {one.old.id for one in pairs}, {one.new.id for one in pairs}
    left = [one for one in old if one.id not in taken_old]
    right = [one for one in new if one.id not in taken_new]
    pairs += _alike(left, right)
    taken_old, taken_new = {one.old.id for one in pairs}, {one.new.id for one in pairs}
    return (
        pairs,
        [one for one in old if one.id not in taken_old],
        [one for one in new if one.id not in taken_new],
    )


def _equal(old: Sequence[Article], new: Sequence[Article]) -> list[Pair]:
    by_text: dict[str, list[Article]] = defaultdict(list)
    for article in new:
        by_text[plain(article.text)].append(article)
    pairs: list[Pair] = []
    for same_label in (True, False):
        paired = {one.old.id for one in pairs}
        for article in old:
            options = by_text.get(plain(article.text), [])
            fitting = [one for one in options if not same_label or key_of(one) == key_of(article)]
            if article.id not in paired and fitting:
                options.remove(fitting[0])
                pairs.append(Pair(article, fitting[0], 1.0))
    return pairs


def _alike(old: Sequence[Article], new: Sequence[Article]) -> list[Pair]:
    wording = Wording(new)
    scored = [
        (score, key_of(article) == key_of(new[right]), left, right)
        for left, article in enumerate(old)
        for right, score in wording.likely(article.text)
        if score >= ALIKE
    ]
    # Among near equals the same number wins, then the order of the text.
    scored.sort(key=lambda row: (-row[0] - 0.1 * row[1], row[2], row[3]))
    pairs: list[Pair] = []
    lefts: set[int] = set()
    rights: set[int] = set()
    for score, _, left, right in scored:
        if left not in lefts and right not in rights:
            lefts.add(left)
            rights.add(right)
            pairs.append(Pair(old[left], new[right], round(score, 3)))
    return pairs
