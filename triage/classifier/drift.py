"""Is a message unlike everything the router learned from? The share of its words and pairs that it never met.

A message from another world (another language, another trade, machine text) is read with confidence all the
same: softmax knows no "neither". The share of terms that stand in no training message says it plainly. What a
new matter in familiar words looks like, this cannot see; the measured reliability (`zhili eval guarantee` on
new tickets) can.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from triage.classifier.features import Vocabulary, find_terms

STRANGE = 0.35
"""Share of unknown terms from which a person decides: unseen complaints of the training platforms have .09
(median; 99 % are below .19), poems, English and physics .36 and more."""
FEWEST = 10
"""Terms of a message; fewer are no measure."""


@runtime_checkable
class Familiar(Protocol):
    """A router that can tell how much of a text it never met."""

    def unknown_share(self, text: str) -> float:
        """Share of the terms of a clean text that stand in no training message."""


def unknown_share(text: str, vocabularies: Sequence[Vocabulary]) -> float:
    """Share of the terms of a clean text that no vocabulary holds; 0 where there are too few to say."""
    known: list[np.ndarray[tuple[int], np.dtype[np.bool_]]] = []
    for vocabulary in vocabularies:
        found = vocabulary.look_up(find_terms(text, vocabulary.spec).hash)[1]
        known.append(found)
    every = np.concatenate([np.zeros(0, dtype=bool), *known])
    return float(1 - every.mean()) if len(every) >= FEWEST else 0.0
