"""The values of the law: versions, articles, citations. Frozen; JSON through `foundation.canonical`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Status(StrEnum):
    """Where a version of a law stands (效力状态). `UNKNOWN` is never treated as in force."""

    IN_FORCE = "in_force"
    AMENDED = "amended"
    """Replaced by a later version of the same law."""
    REPEALED = "repealed"
    NOT_YET = "not_yet"
    UNKNOWN = "unknown"


class TextKind(StrEnum):
    """Whose words a text is."""

    OFFICIAL = "official"
    """The text of the law as the source gives it, to the byte."""
    DIGEST = "digest"
    """Our own words about what the article requires; never to be shown as the official text."""


NATIONWIDE = "全国"


@dataclass(frozen=True, slots=True)
class LawVersion:
    """One version of one law (法律版本)."""

    id: str
    title: str
    """Short title without 中华人民共和国, as people cite it: `民法典`."""
    full_title: str
    level: str
    """宪法 · 法律 · 行政法规 · 部门规章 · 司法解释 · 地方性法规 · 地方政府规章 · 规范性文件."""
    region: str
    """`全国`, or the province or city in which it applies."""
    version_date: date | None
    """Date of adoption or of the last amendment that this version holds."""
    valid_from: date | None
    """First day in force; `None`: not known."""
    valid_to: date | None
    """First day no longer in force; `None`: open or not known."""
    status: Status
    """As judged on the day of ingest; ask `in_force_on` for another day."""
    reason: str
    """Why that status: the evidence in a few words."""
    source: str = ""
    """Where the text came from."""

    def in_force_on(self, day: date) -> bool:
        """Whether this version is known to be law on `day`; unknown is never in force.

        An amended or repealed version answers for its own time only where both its first day and its last
        are known.
        """
        if self.valid_from is not None and day < self.valid_from:
            return False
        if self.valid_to is not None and day >= self.valid_to:
            return False
        if self.status is Status.IN_FORCE:
            return self.valid_from is not None or self.version_date is None or day >= self.version_date
        if self.status is Status.NOT_YET:
            return self.valid_from is not None
        if self.status is Status.UNKNOWN:
            return False
        return self.valid_from is not None and self.valid_to is not None


@dataclass(frozen=True, slots=True)
class Article:
    """One article (条) of one version, or a unit without a number (preamble, annex)."""

    id: str
    law: LawVersion
    number: int | None
    """第三十五条 → 35; `None` for a unit that is no article."""
    suffix: int
    """第一百二十条之一 → 1; 0 where there is none."""
    label: str
    """第三十五条, as printed."""
    chapter: str
    text: str
    """The article's words, without its label; paragraphs (款) are separated by a line break."""
    text_kind: TextKind
    topics: tuple[str, ...] = ()
    """Lay words for what it is about (digest only)."""

    @property
    def cited(self) -> str:
        """How people cite it: `《民法典》第九百四十二条`."""
        return f"《{self.law.title}》{self.label}"


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference to law as somebody wrote it, parsed but not yet looked up."""

    law: str
    """Title as written, without 《》 (may be short, full, old or an alias); empty for `本法`."""
    article: int
    suffix: int = 0
    paragraph: int | None = None
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """A citation that was found."""

    citation: Citation
    article: Article
    quote: str
    """The article's text, or just the paragraph or item that was cited."""
    in_force: bool
    """On the day that was asked for."""
    note: str = ""
    """What the reader must know: repealed by what, replaced when, digest instead of official text."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A citation that was not found: never to be shown as law."""

    text: str
    """What was asked."""
    reason: str
    """Why it cannot be resolved, in one line for the user."""
    suggestions: tuple[str, ...] = ()
    """Titles that come near."""


Resolution = Resolved | Unresolved
