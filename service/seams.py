"""What the front of house needs from the rooms below, as Protocols; fakes in tests satisfy them too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from legal_corpus.values import Article, Citation, Resolution
from retrieval.values import Expected, Hit
from triage.values import Complaint, LegalBasis, Triage


class Desk(Protocol):
    """Triage: where a complaint goes."""

    def handle(self, complaint: Complaint) -> Triage:
        """Triage one complaint; raises `triage.errors.BadComplaint`."""

    def handle_many(self, complaints: Sequence[Complaint]) -> list[Triage]:
        """Triage several at once, in order."""


class Shelf(Protocol):
    """The law: what resolves, and in which words."""

    def resolve(
        self, citation: Citation | str, as_of: date | None = None, region: str | None = None
    ) -> Resolution:
        """The article that a citation means on a day, or why there is none."""

    def article(self, id: str) -> Article | None:
        """The article with this id."""

    def titles(self) -> list[str]:
        """Short titles of all laws."""


class Digest(Protocol):
    """Our own words for articles of law."""

    def articles(self, as_of: date | None = None, region: str | None = None) -> Iterable[Article]:
        """All its articles, or those in force on a day."""


class Finder(Protocol):
    """Search over articles."""

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        as_of: date | None = None,
        region: str | None = None,
        prior: Expected | None = None,
    ) -> list[Hit]:
        """The best `k` articles in force on the day, best first; `prior`: the laws that are expected."""


class Department(Protocol):
    """An entry of the catalogue."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def duties(self) -> tuple[str, ...]:
        """What it does, in our words."""

    @property
    def public_line(self) -> str:
        """Its public number; empty: none known."""

    @property
    def basis(self) -> tuple[LegalBasis, ...]:
        """What its duty rests on."""


class Directory(Protocol):
    """Who is responsible for what, and by which law: catalogue and taxonomy seen together."""

    def department(self, id: str) -> Department:
        """The entry of a department; raises `CatalogueError` where there is none."""

    def department_basis(self, id: str) -> tuple[LegalBasis, ...]:
        """What the duty of a department rests on; empty where there is none of that id."""
        ...

    def matter_basis(self, level1: str, level2: str) -> tuple[LegalBasis, ...]:
        """What governs a matter, from the taxonomy."""
        ...
