"""Does any law govern this text (是否有法可依)? Search, triage and sound, weighed together.

Search alone refuses bare headlines far too often, triage alone takes every text for a complaint. A logistic
model over both, and over how the text sounds, says how likely an article governs; weights, thresholds and the
figures that justify them stand in `scope.toml`, written by `zhili eval refusal --fit`. Below the threshold no
law is shown. The digest holds few laws: where it was searched alone and the text still speaks of rights and
duties, the answer is that the digest lacks it, not that nothing governs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from retrieval.sufficiency import Observed
from service.errors import ScopeError
from service.scope_signals import PRAISE, Ear, load_ear, of_sound, of_triage
from triage.values import Triage

RULES = Path(__file__).with_name("scope.toml")
DIGEST, FULL, SPOKEN = "digest", "full", "spoken"
"""The models: with what the digest's search saw, with what the full law's saw, without any search."""
SURE_PRAISE = 0.5
"""The router's probability of praise from which on nothing is judged, unless a 但是 or the like turns it."""


class Basis(StrEnum):
    """Whether there is law to show."""

    FOUND = "found"
    PRAISE = "praise"
    """Praise or thanks: there is nothing to judge."""
    NOT_HELD = "not_held"
    """Only the digest was searched; the text speaks of rights or duties that it does not hold."""
    NONE = "none"
    """Nothing governs."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One logistic model: `[centre, scale, weight]` a signal; intercept and threshold in log-odds."""

    signals: Mapping[str, tuple[float, float, float]]
    intercept: float
    threshold: float

    def odds(self, values: Mapping[str, float]) -> float:
        """Log-odds that some article governs (in and out of scope equally likely beforehand)."""
        return self.intercept + sum(
            weight * (values[name] - centre) / scale for name, (centre, scale, weight) in self.signals.items()
        )

    def governs(self, values: Mapping[str, float]) -> bool:
        """Whether some article probably governs."""
        return self.odds(values) >= self.threshold


@dataclass(frozen=True, slots=True)
class ScopeModel:
    """What decides: the ear and the three models that listen to it."""

    scopes: Mapping[str, Scope]
    ear: Ear


def basis_of(triage: Triage, observed: Observed | None, model: ScopeModel | None = None) -> Basis:
    """Whether there is law to show for a text; without `observed` (no vectors) everything is searched."""
    model = model or shipped()
    spoken = of_triage(triage) | of_sound(triage.masked.text, model.ear)
    kinds = triage.prediction.kind
    if kinds and kinds[0].label == PRAISE and kinds[0].p >= SURE_PRAISE and not spoken["cue_turn"]:
        return Basis.PRAISE
    if observed is None:
        return Basis.FOUND
    if not observed.values:
        return Basis.NONE
    if model.scopes[FULL if observed.full else DIGEST].governs({**spoken, **observed.values}):
        return Basis.FOUND
    return Basis.NOT_HELD if not observed.full and model.scopes[SPOKEN].governs(spoken) else Basis.NONE


def shipped() -> ScopeModel:
    """The model of the package."""
    return ScopeModel(load_scopes(), load_ear())


@cache
def load_scopes(path: Path = RULES) -> Mapping[str, Scope]:
    """The models by name; `ScopeError` where the file cannot be read."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))["model"]
        return {name: _scope(found[name]) for name in (DIGEST, FULL, SPOKEN)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ScopeError(
            f"无法读取 {path.name}",
            expected=f"表 [model.{DIGEST}]、[model.{FULL}]、[model.{SPOKEN}]",
            found=f"{type(error).__name__}: {error}",
            remedy="重新安装，或用 zhili eval refusal --fit 重新拟合",
        ) from error


def _scope(values: dict[str, object]) -> Scope:
    signals = values["signals"]
    if not isinstance(signals, dict):
        raise TypeError("signals")
    read = {str(name): (float(c), float(s), float(w)) for name, (c, s, w) in signals.items()}
    return Scope(read, float(str(values["intercept"])), float(str(values["threshold"])))
