"""Does any law govern this text (是否有法可依)? What search saw and what triage made of it, weighed together.

Search alone refuses bare headlines far too often, triage alone takes every text for a complaint. A logistic
model over both says how likely an article governs; weights, thresholds and the figures that justify them
stand in `scope.toml`. Below the threshold no law is shown, and the answer names what was looked at.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from retrieval.sufficiency import Verdict
from triage.values import Triage

RULES = Path(__file__).with_name("scope.toml")
PRAISE, WISH = "表扬", "建议"
MOST_WORDS = 12
"""Characters of catalogue words in a text, above which more say nothing new."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The model for one kind of index: `[centre, scale, weight]` a signal; intercept, threshold: log-odds."""

    signals: Mapping[str, tuple[float, float, float]]
    intercept: float
    threshold: float

    def governs(self, triage: Triage, verdict: Verdict) -> bool:
        """Whether some article probably governs."""
        values = signals_of(triage, verdict)
        odds = self.intercept + sum(
            weight * (values[name] - centre) / scale for name, (centre, scale, weight) in self.signals.items()
        )
        return odds >= self.threshold


def signals_of(triage: Triage, verdict: Verdict) -> dict[str, float]:
    """What the model weighs, by name."""
    prediction = triage.prediction
    p = min(max(verdict.probability, 1e-4), 1 - 1e-4)
    kinds = {one.label: one.p for one in prediction.kind}
    words = sum(len(word) for match in triage.entries for word in match.words)
    return {
        "search": math.log(p / (1 - p)),
        "word": float(words > 0),
        "words": float(min(words, MOST_WORDS)),
        "entry": triage.entries[0].score if triage.entries else 0.0,
        "department": prediction.department[0].p if prediction.department else 0.0,
        "matter": prediction.matter[0].p if prediction.matter else 0.0,
        "praise": kinds.get(PRAISE, 0.0),
        "wish": kinds.get(WISH, 0.0),
        "length": math.log(max(1, len(triage.masked.text))),
    }


def scope_of(full: bool) -> Scope:
    """The model for the full law, or for the digest alone."""
    return load_scopes()["full" if full else "digest"]


@cache
def load_scopes(path: Path = RULES) -> Mapping[str, Scope]:
    """The models by kind of index (`full`, `digest`)."""
    found = tomllib.loads(path.read_text("utf-8"))
    return {
        name: Scope(
            {signal: tuple(numbers) for signal, numbers in values["signals"].items()},
            float(values["intercept"]),
            float(values["threshold"]),
        )
        for name, values in found["model"].items()
    }
