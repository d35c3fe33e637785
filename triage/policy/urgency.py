"""Urgency after the rules: what the model believes, raised by emergency gates and by signals of risk.

The model hardly knows 紧急 (five messages of the gold); gates and signals know danger by rule. A signal
that asks for 较急 adds its weight to the model's log-odds: a weak sign alone does not raise a calm message.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from triage.policy.signals import LEVELS, SignalRules, load_signals
from triage.values import LabelScore, Signal

CALM, SOON, URGENT = LEVELS
AT_LEAST = 0.9
"""Probability that is given to 紧急 when a gate has spoken; the other labels share the rest as before."""
BY_SIGNAL = 0.6
"""The same when a signal asks for 紧急: it is less sure than a gate."""


def raise_to_urgent(urgency: Sequence[LabelScore], at_least: float = AT_LEAST) -> tuple[LabelScore, ...]:
    """The ranked labels with 紧急 first and at least `at_least`; the sum of the probabilities is kept."""
    total = sum(score.p for score in urgency)
    before = next((score.p for score in urgency if score.label == URGENT), 0.0)
    p = max(before, at_least * total)
    left = total - before
    shrink = (total - p) / left if left > 0 else 0.0
    others = [LabelScore(s.label, round(s.p * shrink, 6)) for s in urgency if s.label != URGENT]
    return (LabelScore(URGENT, round(p, 6)), *others)


def raise_by_signals(
    urgency: Sequence[LabelScore], signals: Sequence[Signal], rules: SignalRules | None = None
) -> tuple[LabelScore, ...]:
    """The ranked labels as the signals shift them; without signals, as they were. The sum is kept."""
    if any(signal.raises_to == URGENT for signal in signals):
        return raise_to_urgent(urgency, BY_SIGNAL)
    rules = rules or load_signals()
    added = sum(rules.weight(signal.kind) for signal in signals if signal.raises_to == SOON)
    believed = {score.label: score.p for score in urgency}
    total = sum(believed.values())
    if not added or CALM not in believed or not total:
        return tuple(urgency)
    raised = total - believed[CALM]
    if not 0 < raised < total:
        return tuple(urgency)
    wanted = total * _shifted(raised / total, added)
    others = {label: p * wanted / raised for label, p in believed.items() if label != CALM}
    scores = [LabelScore(label, round(p, 6)) for label, p in ({CALM: total - wanted} | others).items()]
    return tuple(sorted(scores, key=lambda score: -score.p))


def _shifted(p: float, added: float) -> float:
    """`p` with `added` log-odds."""
    return 1 / (1 + math.exp(-(math.log(p / (1 - p)) + added)))


def reasons_of(signals: Sequence[Signal]) -> tuple[str, ...]:
    """What raised the urgency, a sentence each, with the words; what is only noted is left out."""
    return tuple(
        f"{signal.raises_to}：{signal.reason}（“{signal.text}”）"
        for signal in signals
        if signal.raises_to != CALM
    )
