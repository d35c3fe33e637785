"""When the router is sure enough: the thresholds that the manifest holds, and the data that justify them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from triage.classifier.conventions import Convention
from triage.errors import ModelError


def level1_of(convention: Convention) -> str:
    """The name under which promises of level 1 are kept for those who ask for one convention's classes."""
    return "level1" if convention == "auto" else f"level1.{convention}"


@dataclass(frozen=True, slots=True)
class Promise:
    """One setting of a centre: above `threshold` the error of `head` is at most `alpha`, with 1 - `delta`."""

    head: str
    """`level1`, that by one convention (`level1_of`), or `department` (an acceptable one counts as right)."""
    alpha: float
    """Most error that is allowed among the messages above the threshold."""
    delta: float
    """Chance that the promise does not hold."""
    threshold: float | None
    """Least probability of the first label; `None`: no threshold could be shown to keep the promise."""
    n: int = 0
    """Out-of-fold messages above the threshold."""
    wrong: int = 0
    """How many of them were wrong."""
    calibration_n: int = 0
    """Out-of-fold messages from which it was chosen."""
    data_hash: str = ""
    """Hash of the files they came from."""

    @property
    def share(self) -> float:
        """Share of the calibration messages above the threshold."""
        return self.n / self.calibration_n if self.calibration_n else 0.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The bounds of automatic proposal, chosen on out-of-fold predictions."""

    auto: float | None
    """Least probability of the first department for `auto`; `None`: never, nothing was good enough."""
    error_bound: float = 0.05
    """Upper end (95 %) of the share of wrong departments above the threshold, as promised."""
    n: int = 0
    """Out-of-fold messages above the threshold."""
    wrong: int = 0
    """How many of them went to a department that is not acceptable."""
    calibration_n: int = 0
    """Out-of-fold messages from which the threshold was chosen."""
    data_hash: str = ""
    """Hash of the files they came from."""
    promises: tuple[Promise, ...] = ()
    """The settings that a centre may choose from."""

    def promise(self, head: str, alpha: float, delta: float = 0.05) -> Promise | None:
        """The stored setting for a head, or `None` where none was stored."""
        found = (one for one in self.promises if (one.head, one.alpha, one.delta) == (head, alpha, delta))
        return next(found, None)

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> Thresholds:
        """Thresholds as a manifest holds them."""
        try:
            promises = tuple(Promise(**one) for one in values.get("promises", ()))
            return cls(**{**values, "promises": promises})
        except TypeError as error:
            raise ModelError(
                "模型清单中的阈值不完整", expected="auto 等字段", found=str(error), remedy="重新训练模型"
            ) from error
