"""A text as a bag: its characters, pairs of characters and longer words, numbered by a fixed vocabulary.

The trained encoder (`retrieval.dense`) adds up one vector for each of them. Pieces, folding and function
characters are those of the lexical analyzer; words of three and more characters come from the segmenter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import sqrt

import numpy as np
from scipy import sparse

from retrieval.analyzer import FUNCTION_CHARACTERS, pieces

TOKENS = "zh-char-pair-word-1"
"""Changes whenever `bag_tokens` would give other tokens: an encoder trained on others is refused."""
LONGEST_TEXT = 4_000
"""Characters of a text that are read: a longer one says nothing more about what it is about."""


def bag_tokens(text: str) -> Iterator[str]:
    """The tokens of a text, each as often as it occurs."""
    import rjieba

    for kind, piece in pieces(text[:LONGEST_TEXT]):
        if kind != "han":
            yield piece
            continue
        yield from (character for character in piece if character not in FUNCTION_CHARACTERS)
        yield from (piece[start : start + 2] for start in range(len(piece) - 1))
        if len(piece) > 2:
            yield from (word for word in rjieba.cut(piece) if len(word) > 2)


def bags(texts: Iterable[str], vocabulary: Mapping[str, int]) -> sparse.csr_matrix:
    """One row a text, one column an entry of the vocabulary: the square root of how often it occurs."""
    columns: list[int] = []
    weights: list[float] = []
    starts = [0]
    for text in texts:
        counts = Counter(vocabulary[token] for token in bag_tokens(text) if token in vocabulary)
        for column in sorted(counts):
            columns.append(column)
            weights.append(sqrt(counts[column]))
        starts.append(len(columns))
    return sparse.csr_matrix(
        (np.array(weights, np.float32), np.array(columns, np.int32), np.array(starts, np.int64)),
        shape=(len(starts) - 1, len(vocabulary)),
    )


def numbered(tokens: Sequence[str]) -> dict[str, int]:
    """The vocabulary as a mapping from token to column."""
    return {token: number for number, token in enumerate(tokens)}
