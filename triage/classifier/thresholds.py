"""When the router is sure enough: the thresholds that the manifest holds, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from triage.errors import ModelError


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

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> Thresholds:
        """Thresholds as a manifest holds them."""
        try:
            return cls(**values)
        except TypeError as error:
            raise ModelError(
                "模型清单中的阈值不完整", expected="auto 等字段", found=str(error), remedy="重新训练模型"
            ) from error
