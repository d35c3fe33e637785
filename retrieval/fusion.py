"""One score from two: words in common (BM25) and nearness of meaning (cosine of vectors).

Both are standardised over the best `POOL` of a query and added; then an article gains a share of the best
score of its own law, since a law that answers once is likely the law that governs. Weights were chosen on
STARD's training questions outside the fold they were trained on (`docs/experiment_log.md`): the sum finds
more than either part on every set that was measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Positions = NDArray[np.intp]

POOL = 1_000
"""How many of the best of either kind are looked at, and over how many a score is standardised."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts against meaning, which counts 1; all are in standard deviations."""

    lexical: float = 0.4
    headline: float = 0.25
    """Share of the first line in the meaning of a text of several sentences."""
    sentence: float = 0.25
    """Share of the sentence that lies nearest to the article."""
    law: float = 0.4
    """Share of the best score of the law that an article gains on top of its own."""


def fuse(lexical: Scores, cosines: Scores, laws: NDArray[np.int32], weights: Weights = Weights()) -> Scores:
    """The fused scores of a query's candidates (rows), on the scale of the lexical ones.

    `cosines` has a column for each of `retrieval.query.aspects`; `laws` numbers the law of each candidate.
    The best candidate gets the best lexical score and the poorest a small share of it, so a query that shares
    only common words with the law still scores low.
    """
    if not len(lexical):
        return np.zeros(0, np.float32)
    total = meaning(cosines, weights) + weights.lexical * standard(lexical)
    total = total + weights.law * _best_of_law(total, laws)
    low, high = float(total.min()), float(total.max())
    share = (total - low) / (high - low) if high > low else np.ones_like(total)
    return np.asarray(lexical.max() * (0.01 + 0.99 * share), np.float32)


def meaning(cosines: Scores, weights: Weights = Weights()) -> NDArray[np.float64]:
    """One score from the columns: the whole, the headline, the nearest sentence."""
    whole = standard(cosines[:, 0])
    if cosines.shape[1] == 1:
        return whole
    headline, sentence = standard(cosines[:, 1]), standard(cosines[:, 2:].max(axis=1))
    rest = 1 - weights.headline - weights.sentence
    return rest * whole + weights.headline * headline + weights.sentence * sentence


def standard(scores: Scores) -> NDArray[np.float64]:
    """Scores in standard deviations from the mean of the best `POOL` of them."""
    values = scores.astype(np.float64)
    best = values if len(values) <= POOL else -np.partition(-values, POOL - 1)[:POOL]
    spread = float(best.std())
    return (values - best.mean()) / spread if spread > 0 else np.zeros_like(values)


def _best_of_law(total: NDArray[np.float64], laws: NDArray[np.int32]) -> NDArray[np.float64]:
    _, number = np.unique(laws, return_inverse=True)
    best = np.full(int(number.max()) + 1, -np.inf)
    np.maximum.at(best, number, total)
    return best[number]
