"""What a search saw of a text, as numbers from which it can be told whether anything in the law governs it.

Praise, a wish for a bus line, a recipe, a symptom: search always finds something, because the words of any
text stand somewhere in the law. How near the best lies, how much of the text it covers, whether words and
meaning agree, how many words are ones that people use about legal matters: these signals differ where nothing
governs. `service.scope` weighs them together with what triage saw, and decides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from retrieval.dense import BagEncoder
from retrieval.fusion import fuse
from retrieval.query import LONGEST_QUERY
from retrieval.reranker import Candidates
from retrieval.searcher import Searcher

FULL = 20_000
"""An index of at least so many documents is judged as full law, a smaller one as the digest."""
_TOP, _FIELD, _NAMED = 10, 50, 5

SIGNALS = (
    "nearest",
    "covered",
    "agreement",
    "nearest_gap",
    "words_gap",
    "nearest_sentence",
    "best_near",
    "best_covered",
    "best_words",
    "known",
    "familiar",
    "rarity",
)


@dataclass(frozen=True, slots=True)
class Observed:
    """What the search saw of one text."""

    values: Mapping[str, float]
    """By name of `SIGNALS`; empty where the text holds nothing that can be searched."""
    looked_at: tuple[str, ...] = ()
    """Ids of the documents that lay nearest, the best first: what an answer may say it looked at."""
    full: bool = False
    """Whether the full law was searched, or a digest."""


def observe(
    searcher: Searcher, query: str, *, as_of: date | None = None, region: str | None = None
) -> Observed | None:
    """The signals of one text; `None` where the index has no vectors of the embedded encoder.

    Day and place filter as in `Searcher.search`, which remembers what is gathered here.
    """
    encoder = searcher.encoder
    if not isinstance(encoder, BagEncoder):
        return None
    full = len(searcher.index.documents) >= FULL
    gathered = searcher.gathered(query, as_of=as_of, region=region)
    if gathered is None or gathered.found is None:
        return Observed({}, full=full)
    found, weighted = gathered.found, gathered.weighted
    total = sum(weighted.values())
    vocabulary = searcher.index.lexical.vocabulary
    known = sum(weight for token, weight in weighted.items() if token in vocabulary)
    familiar, rarity = encoder.familiarity(query[:LONGEST_QUERY])
    best = _best(fuse(found.words, found.cosines, found.place), _TOP)
    values = _of_candidates(found, best, total) | {
        "known": known / total,
        "familiar": familiar,
        "rarity": rarity,
    }
    documents = searcher.index.documents
    looked_at = tuple(documents[int(found.positions[row])].id for row in best[:_NAMED])
    return Observed(values, looked_at, full)


def _of_candidates(found: Candidates, best: NDArray[np.intp], total: float) -> dict[str, float]:
    """What the candidates tell; `best` are the first rows, `total` is the weight of the whole text."""
    whole = found.cosines[:, 0]
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
        "best_words": math.log(max(top, 1e-3)),
    }


def _best(scores: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    return np.argsort(-scores, kind="stable")[:count]
