"""From a question or a whole complaint to weighted tokens.

A complaint of a thousand characters repeats itself: without damping, its commonest words drown the one word
that decides. So a token counts with the square root of its frequency, a single character less than a pair.
"""

from __future__ import annotations

from collections import Counter
from math import sqrt

from retrieval.analyzer import analyze

LONGEST_QUERY = 20_000
"""Characters of a query that are read; the rest is ignored, so that a megabyte cannot hang a search."""
CHARACTER_WEIGHT = 0.6
"""Weight of a single character against a pair (tuned on one half of STARD's train questions)."""


def weighted_tokens(query: str) -> dict[str, float]:
    """The tokens of a query and how much each counts; empty where nothing can be searched."""
    counts = Counter(analyze(query[:LONGEST_QUERY]))
    return {
        token: sqrt(count) * (CHARACTER_WEIGHT if len(token) == 1 else 1.0) for token, count in counts.items()
    }
