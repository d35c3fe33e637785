"""Which entries of the dispatch catalogue fit a masked complaint: lay words found in it, and the router's belief.

A word counts by how telling it is (longer, and shared by fewer entries) and twice in the title, which is the first
line. `Matcher.entry_scores` gives what the words alone say of each department, a prior that knows nothing of the
router; `reweigh` mixes it into a prediction with the weight of `matching.toml`, where the figures that
justify it stand.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from triage.catalogue.dispatch import DispatchEntry, EntryMatch
from triage.values import DepartmentScore, Prediction

WEIGHTS = Path(__file__).with_name("matching.toml")

_GAP = 8
"""How many characters may stand for the `…` of a word."""
_FLOOR = 1e-4
"""The belief granted to a department or matter that the router did not name."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How strongly each voice counts; see `matching.toml`."""

    prior: float
    """`reweigh`: factor of the words' score beside the log of the router's probability."""
    matter: float
    """`match`: factor of the log probability of the entry's matter."""
    lead: float
    """`match`: factor of the log probability of the entry's department."""
    title: float
    """How much a word counts more in the title."""


@cache
def load_weights(path: Path = WEIGHTS) -> Weights:
    """The shipped weights."""
    found = tomllib.loads(path.read_text("utf-8"))["weights"]
    return Weights(**{name: float(found[name]) for name in Weights.__slots__})


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    weight: float
    entries: tuple[int, ...]
    pattern: re.Pattern[str] | None


class Matcher:
    """The words of all entries, ready to be looked for."""

    def __init__(self, entries: Sequence[DispatchEntry], weights: Weights | None = None) -> None:
        self._entries = tuple(entries)
        self._weights = weights or load_weights()
        self._words = _words(self._entries)

    def match(self, text: str, prediction: Prediction | None, k: int) -> tuple[EntryMatch, ...]:
        """The `k` entries that fit best, the best first; none where neither a word nor the router speaks."""
        hits = self._hits(text)
        scores = {entry: sum(found.values()) for entry, found in hits.items()}
        if prediction is not None:
            for entry, belief in self._beliefs(prediction).items():
                scores[entry] = scores.get(entry, 0.0) + belief
            # An entry whose matter and department the router never named lives by its words alone.
            silent = math.log(_FLOOR) * (self._weights.matter + self._weights.lead)
            known = self._beliefs(prediction)
            scores = {entry: value if entry in known else value + silent for entry, value in scores.items()}
        ranked = sorted(scores, key=lambda entry: (-scores[entry], entry))[:k]
        if not ranked:
            return ()
        top = scores[ranked[0]]
        total = sum(math.exp(value - top) for value in scores.values())
        return tuple(
            EntryMatch(
                self._entries[entry],
                math.exp(scores[entry] - top) / total,
                tuple(sorted(hits.get(entry, {}), key=lambda word: -hits[entry][word])),
            )
            for entry in ranked
        )

    def entry_scores(self, text: str) -> dict[str, float]:
        """By department: how strongly the words of its best entries speak for it (0: not at all)."""
        best: dict[str, float] = defaultdict(float)
        for entry, found in self._hits(text).items():
            lead = self._entries[entry].lead
            best[lead] = max(best[lead], math.log1p(sum(found.values())))
        return dict(best)

    def _hits(self, text: str) -> dict[int, dict[str, float]]:
        title, _, body = text.casefold().partition("\n")
        hits: dict[int, dict[str, float]] = defaultdict(dict)
        for word in self._words:
            times = self._weights.title if _found(word, title) else 1.0 if _found(word, body) else 0.0
            if times:
                for entry in word.entries:
                    hits[entry][word.text] = word.weight * times
        return hits

    def _beliefs(self, prediction: Prediction) -> dict[int, float]:
        matters = {(each.level1, each.level2): each.p for each in prediction.matter}
        leads = {each.id: each.p for each in prediction.department}
        beliefs = {}
        for number, entry in enumerate(self._entries):
            matter, lead = matters.get((entry.level1, entry.level2)), leads.get(entry.lead)
            if matter is not None or lead is not None:
                beliefs[number] = self._weights.matter * math.log(
                    max(matter or 0.0, _FLOOR)
                ) + self._weights.lead * math.log(max(lead or 0.0, _FLOOR))
        return beliefs


def reweigh(
    prediction: Prediction, scores: Mapping[str, float], names: Mapping[str, str], weight: float | None = None
) -> Prediction:
    """The prediction with its departments reweighed by what the catalogue's words say.

    `scores`: `Matcher.entry_scores`; `names`: the name of each department id. The mass of the list is kept.
    """
    factor = load_weights().prior if weight is None else weight
    believed = {each.id: each.p for each in prediction.department}
    for id in scores:
        believed.setdefault(id, _FLOOR)
    mixed = {id: p * math.exp(factor * scores.get(id, 0.0)) for id, p in believed.items() if id in names}
    total = sum(mixed.values())
    if not total:
        return prediction
    mass = min(1.0, sum(each.p for each in prediction.department))
    ranked = sorted(mixed, key=lambda id: (-mixed[id], id))[: max(len(prediction.department), 1)]
    departments = tuple(DepartmentScore(id, names[id], mixed[id] / total * mass) for id in ranked)
    return replace(prediction, department=departments)


def _found(word: _Word, text: str) -> bool:
    return word.text in text if word.pattern is None else word.pattern.search(text) is not None


def _words(entries: Sequence[DispatchEntry]) -> tuple[_Word, ...]:
    holders: dict[str, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        for word in entry.words:
            holders[word.casefold()].append(number)
    return tuple(
        _Word(word, _telling(word, len(found)), tuple(found), _pattern(word))
        for word, found in holders.items()
    )


def _telling(word: str, holders: int) -> float:
    """How telling a word is: two characters 1, each further one a half more, up to 3; shared among its holders."""
    length = len(word.replace("…", ""))
    return min(3.0, 1.0 + 0.5 * max(0, length - 2)) / math.sqrt(holders)


def _pattern(word: str) -> re.Pattern[str] | None:
    if "…" not in word:
        return None
    return re.compile(f".{{0,{_GAP}}}?".join(re.escape(part) for part in word.split("…")))
