"""What goes into an index and what a search gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Document:
    """One searchable unit: an article of the store or of the digest, or a row of an evaluator's corpus."""

    id: str
    law: str
    """Short title."""
    article: str
    """Label such as 第三十五条; may be empty."""
    text: str
    topics: tuple[str, ...] = ()
    """Extra words under which it should be found (digest only)."""
    region: str = ""
    """Empty: not known, passes every region filter; `全国`: everywhere."""
    valid_from: date | None = None
    valid_to: date | None = None
    in_force: bool = True
    """Whether the status allows it to be law at all; dates are compared on top (see `retrieval.filters`)."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found: rank from 1, score (higher is better, always > 0), the words that matched."""

    id: str
    rank: int
    score: float
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What a caller expects of the law before any article is searched: 0 nothing, from 1 on a certainty.

    A hint to the reranker, never a filter.
    """

    laws: Mapping[str, float] = field(default_factory=dict)
    """By short title."""
    articles: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """By short title and label (`第七十一条`)."""

    def __bool__(self) -> bool:
        return bool(self.laws or self.articles)

    def laws_only(self) -> Expected:
        """The same without the articles: for a search that is to bear an expected article out by itself."""
        return Expected(self.laws)
