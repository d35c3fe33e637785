"""What a detector reports, and how the detectors share the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from triage.values import PiiKind


@dataclass(frozen=True, slots=True)
class Found:
    """Personal information at `[start:end]` of a folded view, or of the text where the masker says so."""

    start: int
    end: int
    kind: PiiKind


Detector = Callable[[str], Iterator[Found]]
"""Finds one family of personal information in a folded view; every detector is linear in its length."""

BARRIER = "\ue000"
"""Stands in the view for a placeholder that is already there: no pattern reaches across it."""


def cue_before(view: str, start: int, cues: tuple[str, ...], reach: int) -> bool:
    """Whether one of the `cues` stands in the `reach` characters before `start`, past no barrier."""
    window = view[max(0, start - reach) : start].rpartition(BARRIER)[2].lower()
    return any(cue in window for cue in cues)
