"""Urgency after the gates: a message at which an emergency gate opens is urgent, whatever the model read.

The model hardly knows 紧急 (five messages of the gold); the gates know danger by rule.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage.values import LabelScore

URGENT = "紧急"
AT_LEAST = 0.9
"""Probability that is given to 紧急 when a rule has spoken; the other labels share the rest as before."""


def raise_to_urgent(urgency: Sequence[LabelScore]) -> tuple[LabelScore, ...]:
    """The ranked labels with 紧急 first and at least `AT_LEAST`; the sum of the probabilities is kept."""
    total = sum(score.p for score in urgency)
    before = next((score.p for score in urgency if score.label == URGENT), 0.0)
    p = max(before, AT_LEAST * total)
    left = total - before
    shrink = (total - p) / left if left > 0 else 0.0
    others = [LabelScore(s.label, round(s.p * shrink, 6)) for s in urgency if s.label != URGENT]
    return (LabelScore(URGENT, round(p, 6)), *others)
