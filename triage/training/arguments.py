"""Knobs of fine-tuning an encoder, apart from the code that runs it: naming them needs no torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.classifier.encoder import EncoderMember


@dataclass(frozen=True, slots=True)
class FinetuneArguments:
    """Knobs of fine-tuning; the defaults suit a small encoder on two CPU cores."""

    epochs: int = 3
    batch_tokens: int = 6144
    """Tokens a step; messages of like length go together."""
    batch_rows: int = 64
    """Texts a step at most: short phrases would else be learned in a handful of steps."""
    rate: float = 4e-4
    """Peak learning rate of the encoder (a large published encoder wants 2e-5); heads go thrice as fast."""
    warmup: float = 0.1
    weight_decay: float = 0.01
    dropout: float = 0.1
    smoothing: float = 0.05
    most_windows: int = 1
    """Windows of a message that are trained on (reading later is not limited)."""
    bf16: bool = True
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Stages:
    """Knobs of the two stages, for a small encoder; a large published one wants rates of 2e-5."""

    foundation: FinetuneArguments = field(default_factory=FinetuneArguments)
    finish: FinetuneArguments = field(default_factory=lambda: FinetuneArguments(rate=2e-4))
    weak_weight: float = 0.5
    """Trust in a department that a reply names, in the foundation (no better label stands there)."""
    remembered: int = 800
    """Rows of level 1 alone that the second stage sees again, so that it does not forget them."""
    seed: int = 7


@dataclass
class Foundations:
    """The foundations of one session, by what they were trained on."""

    made: dict[str, EncoderMember] = field(default_factory=dict)
    folder: Path | None = None
    """Where they are kept, so that a training that was stopped goes on; `None`: in memory only."""
    barred: frozenset[str] | None = None
    """Ids of rows that no foundation may hold: all that are twins of a row with a department by hand.

    Found once over all rows of a session, so that every fold bars the same; `None`: found for each fit.
    """
