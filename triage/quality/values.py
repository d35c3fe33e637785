"""What is said of a reply: five scores, each with its parts, each part with the words that speak for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Words of the masked reply: `reply[start:end] == text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PartScore:
    """One part of a score, 0 to 1, and its evidence; without evidence the part is missing."""

    name: str
    value: float
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class DemandScore:
    """One demand of the complaint: how far the reply speaks of it (`coverage`) and gives what was asked."""

    demand: str
    asks: str
    """措施, 时间, 原因, 数额, 是否 or 途径."""
    coverage: float
    """Share of the demand's own words that the reply takes up, 0 to 1 (two fifths of them count as all)."""
    answer: float
    """Whether what was asked for is there, 0 to 1."""
    evidence: tuple[Span, ...]

    @property
    def value(self) -> float:
        """The mean of both."""
        return (self.coverage + self.answer) / 2

    @property
    def answered(self) -> bool:
        """Whether the reply speaks of it (a tenth of its words at least) and gives what was asked for."""
        return self.coverage >= 0.25 and self.answer >= 0.5


@dataclass(frozen=True, slots=True)
class Score:
    """One of the five scores: made of its parts and never shown without them."""

    name: str
    value: float | None
    """0 to 1; `None` where it cannot be said (no dates, no clock)."""
    parts: tuple[PartScore, ...]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplyQuality:
    """The five scores. There is no total: a courteous reply that answers nothing is not half good."""

    relevance: Score
    completeness: Score
    explainability: Score
    timeliness: Score
    courtesy: Score
    demands: tuple[DemandScore, ...]
    reply: str
    """The masked reply that the spans point into."""

    @property
    def scores(self) -> tuple[Score, ...]:
        """The five, in this order."""
        return (self.relevance, self.completeness, self.explainability, self.timeliness, self.courtesy)
