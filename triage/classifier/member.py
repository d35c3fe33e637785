"""What a router is made of: heads, the labels of each, and members that give logits for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

import numpy as np
import numpy.typing as npt

from triage.errors import ModelError

Head = Literal["level1", "level2", "department", "kind", "urgency"]
HEADS: tuple[Head, ...] = get_args(Head)
Logits = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Labels:
    """The columns of every head, in order."""

    level1: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    """Level 1 and level 2 of every matter that exists; the columns of head `level2`."""
    departments: tuple[str, ...]
    kinds: tuple[str, ...]
    urgencies: tuple[str, ...]

    def of(self, head: Head) -> tuple[Any, ...]:
        """The labels of one head."""
        names = {"level2": "pairs", "department": "departments", "kind": "kinds", "urgency": "urgencies"}
        found: tuple[Any, ...] = getattr(self, names.get(head, head))
        return found

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> Labels:
        """Labels as a manifest holds them; raises `ModelError` where one is missing."""
        try:
            return cls(
                tuple(values["level1"]),
                tuple((one, two) for one, two in values["pairs"]),
                tuple(values["departments"]),
                tuple(values["kinds"]),
                tuple(values["urgencies"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(
                "模型清单中的标签集不完整",
                expected="五组标签",
                found=str(error),
                remedy="重新训练或重新下载模型",
            ) from error


class Member(Protocol):
    """One model of the ensemble: texts in (clean, masked), logits by head out; a head may be missing."""

    @property
    def name(self) -> str:
        """Which member this is, in the manifest."""

    def logits(self, texts: Sequence[str]) -> dict[str, Logits]:
        """Logits (texts × labels) by head, in the order of `Labels`.

        Where level 1 has two experts, theirs and the gate's stand in its place (`conventions.EXPERTS`).
        """

    def save(self, folder: Path) -> dict[str, Any]:
        """Write its files into an empty folder; returns what the manifest should say of them."""
