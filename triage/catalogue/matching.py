"""Which entries of the dispatch catalogue fit a masked complaint, and what that says of the department.

Two voices that know nothing of each other are multiplied: the lay words of an entry that stand in the text (a
word counts by how rare it is among messages, and more in the title), and the router's belief in the entry's
matter. Summed over the entries that a department leads this gives a belief about departments that no labelled
message taught; `reweigh` mixes it into the router's. The weights and the figures that justify them stand in
`matching.toml`.
"""

from __future__ import annotations

import math
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from triage.catalogue.book import load_catalogue
from triage.catalogue.dispatch import DispatchEntry, EntryMatch
from triage.catalogue.word_counts import WordCounts, load_counts
from triage.catalogue.word_finder import WordFinder
from triage.values import DepartmentScore, Prediction

WEIGHTS = Path(__file__).with_name("matching.toml")

_FLOOR = 1e-4
"""The belief granted to a matter or department that the router did not name."""
_DOUBT = 1e-3
"""The belief of the catalogue in a department for which no entry speaks: never nothing."""


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
    """Share of an entry's belief that each assisting department gets beside the lead's 1."""
    prior: float
    """`reweigh`: power of the catalogue's belief beside the router's probability."""


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
        self._entries = tuple(entries)
        self._weights = weights or load_weights()
        holders: dict[str, list[int]] = defaultdict(list)
        for number, entry in enumerate(self._entries):
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
            number: belief * (max(leads.get(self._entries[number].lead, 0.0), _FLOOR) if leads else 1.0)
            for number, belief in self._beliefs(hits, _matters(prediction)).items()
        }
        total = sum(scores.values())
        ranked = sorted(scores, key=lambda number: (-scores[number], number))[:k]
        return tuple(
            EntryMatch(self._entries[number], scores[number] / total, _weightiest(hits.get(number, {})))
            for number in ranked
        )

    def department_beliefs(self, text: str, matters: Mapping[tuple[str, str], float]) -> dict[str, float]:
        """What the catalogue believes of each department, by the text's words and the matters' probabilities.

        The beliefs sum to 1; a department for which nothing speaks is absent.
        """
        beliefs = self._beliefs(self._hits(text), matters)
        total = sum(beliefs.values())
        found: dict[str, float] = defaultdict(float)
        for number, belief in beliefs.items():
            entry = self._entries[number]
            found[entry.lead] += belief / total
            for id in entry.co:
                found[id] += belief / total * self._weights.co
        whole = sum(found.values())
        return {id: belief / whole for id, belief in found.items()}

    def entry_scores(self, text: str) -> dict[str, float]:
        """`department_beliefs` by the words alone."""
        return self.department_beliefs(text, {})

    def _hits(self, text: str) -> dict[int, dict[str, float]]:
        """By entry: its words in the text and what each weighs."""
        folded = text.casefold()
        title = folded.find("\n")
        hits: dict[int, dict[str, float]] = defaultdict(dict)
        for word, start in self._finder.find(folded).items():
            weight = self._telling[word] * (self._weights.title if start < title else 1.0)
            for number in self._holders[word]:
                hits[number][word] = weight
        return hits

    def _beliefs(
        self, hits: Mapping[int, Mapping[str, float]], matters: Mapping[tuple[str, str], float]
    ) -> dict[int, float]:
        """By entry, unnormalised: words times matter; an entry for which neither speaks is absent."""
        beliefs = {}
        for number, entry in enumerate(self._entries):
            words = hits.get(number)
            matter = matters.get((entry.level1, entry.level2), 0.0)
            if words or matter > _FLOOR:
                told = (1.0 + sum(words.values() if words else ())) ** self._weights.words
                beliefs[number] = told * max(matter, _FLOOR) ** self._weights.matter
        return beliefs


def reweigh(
    prediction: Prediction, beliefs: Mapping[str, float], names: Mapping[str, str] | None = None
) -> Prediction:
    """The prediction with its departments reweighed by the catalogue's beliefs (`department_beliefs`).

    `names`: the name of every department id that may be shown; by default those of the national catalogue.
    The list keeps its length and its mass. Without beliefs nothing changes.
    """
    shown = _names() if names is None else names
    believed = {each.id: each.p for each in prediction.department}
    for id in beliefs:
        if id in shown:
            believed.setdefault(id, _FLOOR)
    mixed = mix(believed, beliefs)
    total = sum(mixed.values())
    if not beliefs or not total:
        return prediction
    mass = min(1.0, sum(each.p for each in prediction.department))
    ranked = sorted(mixed, key=lambda id: (-mixed[id], id))[: len(prediction.department)]
    named = {**shown, **{each.id: each.name for each in prediction.department}}
    kept = sum(mixed[id] for id in ranked)
    departments = tuple(DepartmentScore(id, named[id], mixed[id] / kept * mass) for id in ranked)
    return replace(prediction, department=departments)


@cache
def _names() -> dict[str, str]:
    return {each.id: each.name for each in load_catalogue().departments}


def mix(router: Mapping[str, float], beliefs: Mapping[str, float]) -> dict[str, float]:
    """The product of both beliefs over the router's departments, unnormalised."""
    power = load_weights().prior
    return {id: p * (beliefs.get(id, 0.0) + _DOUBT) ** power for id, p in router.items()}


def matters_of(prediction: Prediction) -> dict[tuple[str, str], float]:
    """The matters of a prediction as `department_beliefs` wants them."""
    return {(each.level1, each.level2): each.p for each in prediction.matter}


def _matters(prediction: Prediction | None) -> dict[tuple[str, str], float]:
    return {} if prediction is None else matters_of(prediction)


def _weightiest(words: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-words[word], word)))
