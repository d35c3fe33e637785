"""The learned ear of the gates: does a short message sound like an emergency, in words that no rule foresaw?

A logistic model over the character 1–3-grams that stand in the message (present or not, divided by the root
of their number); the weights are `alarm.json`, learned by `triage.training.alarm` from messages of our own
against everyday petitions. It only adds: what it hears opens a gate where no rule did; it silences none.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from triage.errors import CatalogueError

ALARM_FILE = Path(__file__).parent / "alarm.json"
WIDEST = 3
"""Characters of the longest n-gram."""
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Alarm:
    """The weights and the bound above which the message counts as an emergency."""

    weights: dict[str, float]
    bias: float
    threshold: float

    def score(self, text: str) -> float:
        """Probability that `text` (short, masked) is an emergency; 0 where nothing is known of it."""
        grams = ngrams(text)
        total = sum(self.weights.get(gram, 0.0) for gram in grams)
        return 1 / (1 + math.exp(-(total / math.sqrt(len(grams)) + self.bias))) if grams else 0.0

    def words(self, text: str) -> tuple[str, ...]:
        """The n-grams of the text that spoke loudest, longest first among equals; none inside another."""
        found = sorted(ngrams(text), key=lambda gram: (-self.weights.get(gram, 0.0) * len(gram), gram))
        shown: list[str] = []
        for gram in found:
            if len(gram) > 1 and self.weights.get(gram, 0.0) > 0 and not any(gram in one for one in shown):
                shown.append(gram)
        return tuple(shown[:_SHOWN])


def ngrams(text: str) -> set[str]:
    """The distinct character 1–3-grams of a text without its line breaks."""
    text = text.replace("\n", "，")
    return {text[at : at + n] for n in range(1, WIDEST + 1) for at in range(len(text) - n + 1)}


@cache
def load_alarm(path: Path = ALARM_FILE) -> Alarm:
    """The weights that ship with the package; `CatalogueError` where the file cannot be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
        return Alarm(
            {str(gram): float(weight) for gram, weight in found["weights"].items()},
            float(found["bias"]),
            float(found["threshold"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CatalogueError(
            f"无法读取 {path.name}",
            expected="weights、bias、threshold",
            found=f"{type(error).__name__}: {error}",
            remedy="重新安装，或用 python -m triage.training.alarm 重新训练",
        ) from error
