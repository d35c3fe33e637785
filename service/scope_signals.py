"""What tells whether any law governs a text, as numbers: what triage saw, and how it sounds.

The sound has two parts. *Cues* are word lists of ours (`scope_cues.toml`): thanks, wishes, grievances,
rights. The *ear* is a linear model over characters and pairs of characters (`scope_words.json`), learned by
`zhili eval refusal --fit` from our own texts and real questions; it is one signal among the others.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from service.errors import ScopeError
from triage.values import Triage

CUES = Path(__file__).with_name("scope_cues.toml")
WORDS = Path(__file__).with_name("scope_words.json")
HEARD = 120
"""Characters of the beginning of a text that cues and ear listen to: a long message is never small talk."""
WIDEST = 2
"""Characters of the longest run that the ear knows."""
PRAISE, WISH, CONSULT = "表扬", "建议", "咨询"
GRIEVANCES = ("投诉", "举报", "求助")
_MOST_WORDS = 12
"""Characters of catalogue words in a text, above which more say nothing new."""
_MOST_CUES = 3
_SLOTS = ("place", "time", "parties", "amount", "evidence", "demand")


@dataclass(frozen=True, slots=True)
class Ear:
    """Weights by run of characters: positive where the run sounds like a matter of law."""

    weights: Mapping[str, float]
    bias: float

    def hears(self, text: str) -> float:
        """Log-odds that somebody who speaks so has a matter of law."""
        found = runs(text)
        total = sum(self.weights.get(run, 0.0) for run in found)
        return self.bias + (total / math.sqrt(len(found)) if found else 0.0)


def runs(text: str) -> set[str]:
    """The distinct characters and pairs of characters of the beginning of a text."""
    text = text[:HEARD].replace("\n", "，")
    return {text[at : at + n] for n in range(1, WIDEST + 1) for at in range(len(text) - n + 1)}


def of_triage(triage: Triage) -> dict[str, float]:
    """What triage saw, by name."""
    prediction, slots = triage.prediction, triage.slots
    kinds = {one.label: one.p for one in prediction.kind}
    found = [word for match in triage.entries for word in match.words]
    return {
        "word": float(bool(found)),
        "word_characters": float(min(sum(map(len, found)), _MOST_WORDS)),
        "distinct_words": math.log1p(len(set(found))),
        "distinct_characters": math.log1p(sum(map(len, set(found)))),
        "entry": triage.entries[0].score if triage.entries else 0.0,
        "department": prediction.department[0].p if prediction.department else 0.0,
        "matter": prediction.matter[0].p if prediction.matter else 0.0,
        "praise": kinds.get(PRAISE, 0.0),
        "wish": kinds.get(WISH, 0.0),
        "consult": kinds.get(CONSULT, 0.0),
        "grievance": sum(kinds.get(kind, 0.0) for kind in GRIEVANCES),
        "length": math.log(max(1, len(triage.masked.text))),
        "slots": float(sum(bool(slots.of(kind)) for kind in _SLOTS)) if slots else 0.0,
        "demand": float(bool(slots and slots.demand)),
        "amount": float(bool(slots and slots.amount)),
        "risk": float(bool(triage.signals)),
    }


def of_sound(text: str, ear: Ear) -> dict[str, float]:
    """The cues in a masked text, and what the ear hears."""
    heard = text[:HEARD]
    counts = {name: min(_MOST_CUES, len(cue.findall(heard))) for name, cue in load_cues().items()}
    alone = counts["thanks"] and not counts["turn"] and not counts["asks"]
    found = {f"cue_{name}": float(count) for name, count in counts.items()}
    found |= {"cue_thanks": float(counts["thanks"] > 0), "only_thanks": float(bool(alone))}
    return found | {"ear": ear.hears(text)}


@cache
def load_cues(path: Path = CUES) -> Mapping[str, re.Pattern[str]]:
    """The cues by name; `ScopeError` where the file cannot be read."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))["cue"]
        return {name: re.compile("|".join(words)) for name, words in found.items()}
    except (OSError, ValueError, KeyError, TypeError, re.error) as error:
        raise _unreadable(path, "表 [cue]，每项一列词", error) from error


@cache
def load_ear(path: Path = WORDS) -> Ear:
    """The shipped ear; `ScopeError` where the file cannot be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
        weights = {str(run): float(weight) for run, weight in found["weights"].items()}
        return Ear(weights, float(found["bias"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(path, "weights、bias", error) from error


def _unreadable(path: Path, expected: str, error: Exception) -> ScopeError:
    return ScopeError(
        f"无法读取 {path.name}",
        expected=expected,
        found=f"{type(error).__name__}: {error}",
        remedy="重新安装，或用 zhili eval refusal --fit 重新拟合",
    )
