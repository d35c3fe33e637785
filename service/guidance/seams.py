"""What guidance needs from the values that triage carries, as Protocols; fakes in tests satisfy them too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from legal_corpus.values import Resolution
from triage.values import LegalBasis


class NotCompetent(Protocol):
    """A unit to which such a matter is often sent though it is not its duty."""

    @property
    def department(self) -> str:
        """Id of the unit."""

    @property
    def why(self) -> str:
        """The reason, in our words."""

    @property
    def basis(self) -> Sequence[LegalBasis]:
        """Articles that put the duty elsewhere."""


class Entry(Protocol):
    """An entry of the dispatch catalogue (派单目录)."""

    @property
    def name(self) -> str:
        """The matter as an operator calls it."""

    @property
    def level1(self) -> str:
        """First level of the taxonomy."""

    @property
    def level2(self) -> str:
        """Second level of the taxonomy."""

    @property
    def lead(self) -> str:
        """Id of the unit that handles it."""

    @property
    def co(self) -> Sequence[str]:
        """Ids of those that assist."""

    @property
    def not_competent(self) -> Sequence[NotCompetent]:
        """Units that are often tried in vain."""

    @property
    def basis(self) -> Sequence[LegalBasis]:
        """Articles that govern the matter."""

    @property
    def clock(self) -> str:
        """Id of the clock that usually runs; empty: the ticket's own."""

    @property
    def ask(self) -> tuple[str, ...]:
        """What to ask."""

    @property
    def tell(self) -> Sequence[str]:
        """What to tell the citizen."""


class Match(Protocol):
    """An entry that may fit a text."""

    @property
    def entry(self) -> Entry:
        """The entry."""

    @property
    def score(self) -> float:
        """From 0 to 1."""

    @property
    def words(self) -> Sequence[str]:
        """Its words that stand in the text."""


class ClockRule(Protocol):
    """A clock (时限) as its rule says it."""

    @property
    def id(self) -> str:
        """Stable name."""

    @property
    def name(self) -> str:
        """What must be done."""

    @property
    def length(self) -> str:
        """How long, in words: `5个工作日`."""

    @property
    def starts(self) -> str:
        """The event from which it runs."""

    @property
    def inform(self) -> str:
        """What the citizen must be told, and when."""

    @property
    def basis(self) -> LegalBasis:
        """The article that sets it."""

    @property
    def setting(self) -> bool:
        """A setting of the model city, which is not law."""

    @property
    def minimum(self) -> bool:
        """The time must be left at least so long."""


class Running(Protocol):
    """A clock that runs for this ticket."""

    @property
    def clock(self) -> ClockRule:
        """Its rule."""

    @property
    def start(self) -> date:
        """The day of the starting event."""

    @property
    def due(self) -> date:
        """The last day."""

    @property
    def inform_by(self) -> date | None:
        """By when the citizen must be told."""

    @property
    def reasons(self) -> Sequence[str]:
        """Why it falls on that day."""

    @property
    def assumed(self) -> str:
        """Set where the starting event is assumed to be the receipt of the ticket."""


class Question(Protocol):
    """A short question to the caller."""

    @property
    def text(self) -> str:
        """The question."""

    @property
    def why(self) -> str:
        """What it changes."""


Find = Callable[[str], Resolution]
"""The article that a citation means on the governing day and in the region."""
