"""Which entries of the dispatch catalogue fit a masked complaint, and how strongly their words speak.

Two voices that know nothing of each other are multiplied: the lay words of an entry that stand in the text (a
word counts by how rare it is among messages, and more in the title), and what is believed of the entry's
matter. What that says of matter and department is joined with the router's belief in `joining`. The weights
stand in `matching.toml`.
"""

from __future__ import annotations

import math
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from triage.catalogue.dispatch import DispatchEntry, EntryMatch
from triage.catalogue.word_counts import WordCounts, load_counts
from triage.catalogue.word_finder import WordFinder
from triage.values import Prediction

WEIGHTS = Path(__file__).with_name("matching.toml")

_FLOOR = 1e-4
"""The belief granted to a matter or department that the router did not name."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How strongly each voice counts; see `matching.toml`."""

    words: float
    """Power of `1 + the weight of an entry's words in the text`."""
    title: float
    """How much a word counts more in the title."""
    matter: float
    """Power of the router's probability of the entry's matter."""
    co: float
    """What each assisting department gets of an entry's belief beside the lead's 1."""


@cache
def load_weights(path: Path = WEIGHTS) -> Weights:
    """The shipped weights."""
    found = tomllib.loads(path.read_text("utf-8"))["weights"]
    return Weights(**{name: float(found[name]) for name in Weights.__slots__})


class Matcher:
    """The words of all entries, ready to be looked for."""

    def __init__(
        self,
        entries: Sequence[DispatchEntry],
        weights: Weights | None = None,
        counts: WordCounts | None = None,
    ) -> None:
        self.entries = tuple(entries)
        self.weights = weights or load_weights()
        holders: dict[str, list[int]] = defaultdict(list)
        for number, entry in enumerate(self.entries):
            for word in entry.words:
                holders[word.casefold()].append(number)
        self._holders = dict(holders)
        rarity = (counts or load_counts()).rarity
        self._telling = {word: rarity(word) / math.sqrt(len(who)) for word, who in holders.items()}
        self._finder = WordFinder(holders)

    def match(self, text: str, prediction: Prediction | None, k: int) -> tuple[EntryMatch, ...]:
        """The `k` entries that fit best, the best first; none where neither a word nor the router speaks."""
        hits = self._hits(text)
        leads = {each.id: each.p for each in prediction.department} if prediction else {}
        scores = {
            number: belief * (max(leads.get(self.entries[number].lead, 0.0), _FLOOR) if leads else 1.0)
            for number, belief in self._beliefs(hits, _matters(prediction)).items()
        }
        total = sum(scores.values())
        ranked = sorted(scores, key=lambda number: (-scores[number], number))[:k]
        return tuple(
            EntryMatch(self.entries[number], scores[number] / total, _weightiest(hits.get(number, {})))
            for number in ranked
        )

    def told(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """How strongly the words of each entry speak in each text (texts × entries); 1: not at all."""
        found = np.zeros((len(texts), len(self.entries)))
        for row, text in enumerate(texts):
            for number, words in self._hits(text).items():
                found[row, number] = sum(words.values())
        return np.asarray((1.0 + found) ** self.weights.words)

    def duties(self, departments: Sequence[str]) -> npt.NDArray[np.float64]:
        """How far each department handles each entry's matter (entries × departments): its lead 1."""
        column = {id: number for number, id in enumerate(departments)}
        found = np.zeros((len(self.entries), len(column)))
        for number, entry in enumerate(self.entries):
            for id, share in ((entry.lead, 1.0), *((id, self.weights.co) for id in entry.co)):
                if id in column:
                    found[number, column[id]] += share
        return found

    def _hits(self, text: str) -> dict[int, dict[str, float]]:
        """By entry: its words in the text and what each weighs."""
        folded = text.casefold()
        title = folded.find("\n")
        hits: dict[int, dict[str, float]] = defaultdict(dict)
        for word, start in self._finder.find(folded).items():
            weight = self._telling[word] * (self.weights.title if start < title else 1.0)
            for number in self._holders[word]:
                hits[number][word] = weight
        return hits

    def _beliefs(
        self, hits: Mapping[int, Mapping[str, float]], matters: Mapping[tuple[str, str], float]
    ) -> dict[int, float]:
        """By entry, unnormalised: words times matter; an entry for which neither speaks is absent."""
        beliefs = {}
        for number, entry in enumerate(self.entries):
            words = hits.get(number)
            matter = matters.get((entry.level1, entry.level2), 0.0)
            if words or matter > _FLOOR:
                told = (1.0 + sum(words.values() if words else ())) ** self.weights.words
                beliefs[number] = told * max(matter, _FLOOR) ** self.weights.matter
        return beliefs


def _matters(prediction: Prediction | None) -> dict[tuple[str, str], float]:
    return {(each.level1, each.level2): each.p for each in prediction.matter} if prediction else {}


def _weightiest(words: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-words[word], word)))
