"""Whether what was found is a sufficient basis for an answer, or nothing in the law governs.

Praise, a wish for a bus line, a recipe, a symptom: search always finds something, because the words of any
text stand somewhere in the law. A logistic model over ten signals of the search (how near the best lies, how
much of the text it covers, whether words and meaning agree, how many words are ones that people use about
legal matters) gives the probability that an article governs. Weights, thresholds and the figures that
justify them stand in `sufficiency.toml`.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np

from retrieval.dense import BagEncoder
from retrieval.fusion import fuse
from retrieval.query import LONGEST_QUERY, weighted_tokens
from retrieval.reranker import Candidates
from retrieval.searcher import Searcher

RULES = Path(__file__).with_name("sufficiency.toml")
FULL = 20_000
"""An index of at least so many documents is judged as full law, a smaller one as the digest."""
_TOP, _FIELD = 10, 50

SIGNALS = (
    "nearest",
    "covered",
    "agreement",
    "nearest_gap",
    "words_gap",
    "known",
    "nearest_sentence",
    "best_near",
    "best_covered",
    "words",
    "familiar",
    "rarity",
)


class Asked(StrEnum):
    """What kind of text is judged: the service knows, and short complaints look like questions."""

    QUESTION = "question"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a basis was found, and how sure that is."""

    sufficient: bool
    probability: float
    """That some article governs; calibrated where in-scope and out-of-scope texts are equally many."""
    threshold: float
    looked_at: tuple[str, ...]
    """Ids of the documents that lay nearest, the best first: what an answer may say it looked at."""
    full: bool = False
    """Whether the full law was searched, or a digest."""


@dataclass(frozen=True, slots=True)
class Scale:
    """One logistic model: `[centre, scale, weight]` a signal, an intercept, a threshold a kind of text."""

    signals: Mapping[str, tuple[float, float, float]]
    intercept: float
    thresholds: Mapping[str, float]

    def probability(self, values: Mapping[str, float]) -> float:
        """The probability that an article governs."""
        odds = self.intercept
        for name, (centre, scale, weight) in self.signals.items():
            odds += weight * (values[name] - centre) / scale
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))


def judge(searcher: Searcher, query: str, kind: Asked) -> Verdict | None:
    """Judge one text; `None` where the index has no vectors of the embedded encoder (nothing is known).

    A text without a single searchable word has no basis.
    """
    encoder = searcher.encoder
    if not isinstance(encoder, BagEncoder):
        return None
    full = len(searcher.index.documents) >= FULL
    scale = load_scales()["full" if full else "digest"]
    threshold = scale.thresholds[kind.value]
    values, looked_at = signals(searcher, encoder, query)
    if not values:
        return Verdict(False, 0.0, threshold, (), full)
    probability = scale.probability(values)
    return Verdict(probability >= threshold, probability, threshold, looked_at, full)


def signals(searcher: Searcher, encoder: BagEncoder, query: str) -> tuple[dict[str, float], tuple[str, ...]]:
    """The signals by name, and the ids of the best documents; nothing where nothing can be searched."""
    query = query[:LONGEST_QUERY]
    weighted = weighted_tokens(query)
    lexical = searcher.index.lexical
    found = searcher.candidates(query, lexical.scores(weighted), closely=False) if weighted else None
    if found is None:
        return {}, ()
    total = sum(weighted.values())
    known = sum(weight for token, weight in weighted.items() if token in lexical.vocabulary)
    familiar, rarity = encoder.familiarity(query)
    values = _of_candidates(found, total) | {
        "known": known / total,
        "familiar": familiar,
        "rarity": rarity,
    }
    best = _best(fuse(found.words, found.cosines, found.place), 5)
    documents = searcher.index.documents
    return values, tuple(documents[int(found.positions[row])].id for row in best)


def _of_candidates(found: Candidates, total: float) -> dict[str, float]:
    whole = found.cosines[:, 0]
    best = _best(fuse(found.words, found.cosines, found.place), _TOP)
    by_words, by_meaning = _best(found.words, _FIELD), _best(whole, _FIELD)
    shared = set(by_words[:_TOP].tolist()) & set(by_meaning[:_TOP].tolist())
    top = float(found.words[by_words[0]])
    return {
        "nearest": float(whole.max()),
        "covered": math.log(top / total + 1e-3),
        "agreement": len(shared) / _TOP,
        "nearest_gap": float(whole[by_meaning[0]] - whole[by_meaning].mean()),
        "words_gap": math.log(top / max(float(found.words[by_words].mean()), 1e-3)),
        "nearest_sentence": float(found.cosines.max()),
        "best_near": float(whole[best].mean()),
        "best_covered": math.log(float(found.words[best].mean()) / total + 1e-3),
        "words": math.log(max(top, 1e-3)),
    }


def _best(scores: np.ndarray[tuple[int], np.dtype[np.float32]], count: int) -> np.ndarray:
    return np.argsort(-scores, kind="stable")[:count]


@cache
def load_scales(path: Path = RULES) -> Mapping[str, Scale]:
    """The models by kind of index (`full`, `digest`)."""
    found = tomllib.loads(path.read_text("utf-8"))
    return {
        name: Scale(
            {signal: tuple(numbers) for signal, numbers in values["signals"].items()},
            float(values["intercept"]),
            {kind: float(number) for kind, number in values["thresholds"].items()},
        )
        for name, values in found["model"].items()
    }
