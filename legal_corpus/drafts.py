"""What a reader of a source hands to the store: laws as found, before their status is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """One article or unit as found."""

    number: int | None
    suffix: int
    label: str
    chapter: str
    kind: str
    """`article`, `preamble`, `item`, `para` or `annex`."""
    text: str
    id: str = ""
    """The source's own id, kept where it has one."""


@dataclass(frozen=True, slots=True)
class LawDraft:
    """One version of one law as found, with what the source says of its status."""

    title: str
    full_title: str
    level: str
    region: str
    version_date: date | None
    valid_from: date | None
    """First day of *this* version; a date older than the version is left out."""
    articles: tuple[ArticleDraft, ...]
    source: str
    """Path or row in the source."""
    origin: str = ""
    """The collection."""
    official: bool = False
    """Read from a file as the national database of laws gives it: preferred to collections."""
    part: str = ""
    """編 of a law that the source spreads over several files; joined by `ingest`."""
    notes: tuple[str, ...] = ()
    """History lines as printed: adoption, amendments."""
    expired: bool = False
    """The source's database marks it as expired."""
    amending: bool = False
    """An act that only amends other acts: its contents stand in them."""
    maybe_truncated: bool = False
    given_status: str = ""
    """`current`, `superseded`, `repealed` where the source has judged; else empty."""
    given_reason: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in the source that was not taken, and why."""

    where: str
    why: str


class DefectKind(StrEnum):
    """What is wrong with a source."""

    GAP = "gap"
    """Article numbers are missing, or an article is empty."""
    TRUNCATED = "truncated"
    DUPLICATE = "duplicate"
    ENCODING = "encoding"
    DATES = "dates"
    CONFLICT = "conflict"
    """Two sources give different words for one article."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Defect:
    """Something taken although the source is odd there."""

    where: str
    what: str
    kind: DefectKind = DefectKind.OTHER


Found = LawDraft | Skipped | Defect


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did."""

    source: str
    laws: int
    """Laws in the store afterwards."""
    versions: int
    articles: int
    in_force_versions: int
    in_force_articles: int
    taken: int
    """Versions read from this source."""
    replaced: int
    """Versions of this source that the store had held before."""
    content_hash: str
    """Tagged hash over all versions, their texts and their status: equal content gives an equal hash."""
    seconds: float
    statuses: dict[str, int] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    defects: tuple[Defect, ...] = ()
