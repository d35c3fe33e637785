"""Which words of a message spoke for the department that was chosen."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import rjieba

from triage.values import Evidence

MOST = 5
"""Words shown at most."""
LEAST_SHARE = 0.05
"""A word that carries less of the whole than this is not shown."""

_MASKED = re.compile(r"〔[^〕]*〕")
_MEANING = re.compile(r"[^\W\d_]")


def strongest_words(text: str, share: npt.NDArray[Any]) -> tuple[Evidence, ...]:
    """The words with the greatest sums of `share` (one figure a character), each once, strongest first.

    Masks, punctuation and single characters are never shown. `weight` is the word's part of all that spoke
    for the department, in (0, 1].
    """
    total = float(np.clip(share, 0, None).sum())
    if total <= 0:
        return ()
    masks = [found.span() for found in _MASKED.finditer(text)]
    until = [0.0, *np.cumsum(share).tolist()]
    best: dict[str, Evidence] = {}
    start = 0
    for word in rjieba.cut(text, False):
        end = start + len(word)
        weight = (until[end] - until[start]) / total
        shown = len(word) > 1 and _MEANING.search(word) and not any(b < end and start < e for b, e in masks)
        if shown and weight > (best[word].weight if word in best else 0.0):
            best[word] = Evidence(word, start, end, min(weight, 1.0))
        start = end
    ranked = sorted(best.values(), key=lambda evidence: (-evidence.weight, evidence.start))
    return tuple(evidence for evidence in ranked[:MOST] if evidence.weight >= LEAST_SHARE)
