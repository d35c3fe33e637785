"""Level 1 where the training data follows two conventions of labelling.

Rows that carry level 1 alone (a contest's set of 7 classes) and rows that carry level 2 as well (all 15) call
the same matter differently: barbecue fumes are 城乡建设 in the one and 环境保护 in the other. One model of
both is worse at either. So there are two experts and a gate that tells of which kind a message looks; the
answer is the mixture of the experts' probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from triage.classifier.member import Logits

FINE = "level1.fine"
"""Scores of the expert for rows labelled with both levels."""
COARSE = "level1.coarse"
"""Scores of the expert for rows labelled with level 1 alone."""
GATE = "level1.gate"
"""One score: above 0 a message looks like the coarse rows."""

STEEPNESS = 3.0
LEANING = 0.55
"""How surely the gate decides, and how far it leans to the coarse convention (docs/experiment_log.md)."""
TEMPERATURE = 0.3


def has_two_conventions(scores: Mapping[str, object]) -> bool:
    """Whether a member was trained on both."""
    return GATE in scores


def mix_level1(
    scores: Mapping[str, Logits], *, temperature: float = TEMPERATURE, steepness: float = STEEPNESS
) -> Logits:
    """Log-probabilities of level 1 from both experts and the gate; the defaults suit ridge scores."""
    coarse = 1 / (1 + np.exp(-steepness * (scores[GATE] + LEANING)))
    mixed = coarse * _softmax(scores[COARSE] / temperature) + (1 - coarse) * _softmax(
        scores[FINE] / temperature
    )
    logits: Logits = np.log(np.maximum(mixed, 1e-9)).astype(np.float32)
    return logits


def _softmax(scores: Logits) -> Logits:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Logits = raised / raised.sum(axis=1, keepdims=True)
    return result
