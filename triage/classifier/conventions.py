"""Level 1 where the training data follows two conventions of labelling.

Rows that carry level 1 alone (a contest's set of 7 classes) and rows that carry level 2 as well (all 15) call
the same matter differently: barbecue fumes are 城乡建设 in the one and 环境保护 in the other. One model of
both is worse at either. So there are two experts and a gate that tells of which kind a message looks; the
answer is the mixture of the experts' probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from triage.classifier.member import Logits

FINE = "level1.fine"
"""Scores of the expert for rows labelled with both levels."""
COARSE = "level1.coarse"
"""Scores of the expert for rows labelled with level 1 alone."""
GATE = "level1.gate"
"""One score: above 0 a message looks like the coarse rows."""

EXPERTS = (FINE, COARSE, GATE)
Convention = Literal["auto", "national", "contest"]
"""Whose classes are wanted: `national` the 15 of the taxonomy, `contest` the 7; `auto`: the gate decides."""
GATE_LEANING = 1.0
"""Added to the calibrated log-odds of the gate; chosen out of fold (docs/experiment_log.md)."""


def has_two_conventions(scores: Mapping[str, object]) -> bool:
    """Whether a member was trained on both."""
    return GATE in scores


def gate_pair(scores: Logits) -> Logits:
    """The gate's score as logits of two columns: the fine and the coarse convention."""
    return np.hstack([-scores, scores])


def join_experts(
    fine: NDArray[np.float64], coarse: NDArray[np.float64], gate: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Probabilities of level 1 from both experts' and the gate's (rows × 2) log-probabilities."""
    share = contest_share(gate)
    return np.asarray(share * np.exp(coarse) + (1 - share) * np.exp(fine))


def contest_share(gate: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each message looks like a contest's (rows × 1), from the gate's log-probabilities."""
    odds = np.clip(gate[:, 1:] - gate[:, :1] + GATE_LEANING, -50, 50)
    return np.asarray(1 / (1 + np.exp(-odds)))
