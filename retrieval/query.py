"""From a question or a whole complaint to weighted tokens.

A complaint of a thousand characters repeats itself: without damping, its commonest words drown the one word
that decides. So a token counts with the square root of its frequency, a single character less than a pair.
"""

from __future__ import annotations

import re
from collections import Counter
from math import sqrt

from retrieval.analyzer import analyze

LONGEST_QUERY = 20_000
"""Characters of a query that are read; the rest is ignored, so that a megabyte cannot hang a search."""
CHARACTER_WEIGHT = 0.6
"""Weight of a single character against a pair (tuned on one half of STARD's train questions)."""
MOST_SENTENCES = 16
SHORTEST_SENTENCE = 6
"""Characters: below it stands a greeting, not a matter."""

_SENTENCE_END = re.compile(r"[。！？!?；;\n]")


def weighted_tokens(query: str) -> dict[str, float]:
    """The tokens of a query and how much each counts; empty where nothing can be searched."""
    counts = Counter(analyze(query[:LONGEST_QUERY]))
    return {
        token: sqrt(count) * (CHARACTER_WEIGHT if len(token) == 1 else 1.0) for token, count in counts.items()
    }


def aspects(query: str) -> list[str]:
    """The texts whose meaning is looked for: the whole, its first line (the headline), its sentences.

    One sentence alone is only the whole. A long complaint tells a story around its matter: the headline and
    the one sentence that lies nearest to an article say more about it than all words together.
    """
    query = query[:LONGEST_QUERY].strip()
    parts = (part.strip() for part in _SENTENCE_END.split(query))
    sentences = [part for part in parts if len(part) >= SHORTEST_SENTENCE][:MOST_SENTENCES]
    return [query] if len(sentences) < 2 else [query, query.partition("\n")[0], *sentences]
