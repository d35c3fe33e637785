"""The values of guidance: sentences before and after the citation lock, drafts, and what each reader is told.

Frozen; `foundation.canonical.to_json` turns them into the JSON of every edge. They hold masked text only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from legal_corpus.values import TextKind


class Origin(StrEnum):
    """Who wrote a sentence; what a model writes is believed only where it is verbatim."""

    PROGRAM = "program"
    MODEL = "model"


class Status(StrEnum):
    """What the lock found."""

    SUPPORTED = "supported"
    """Every claim rests on an article of the store, or on what the citizen said; quotes are byte-equal."""
    MARKED = "marked"
    """May stand, but not as law: nothing in the store carries it, and the mark says so."""
    STRUCK = "struck"
    """Shown struck out, never copied, never counted as basis."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a draft, before the lock."""

    text: str
    origin: Origin = Origin.PROGRAM
    blank: bool = False
    """A blank that a person fills in: `〔待承办单位填写：调查结果〕`."""
    opens: bool = False
    """Begins a paragraph."""


@dataclass(frozen=True, slots=True)
class Link:
    """An article that carries a sentence."""

    cited: str
    """`《民法典》第九百四十二条`."""
    article_id: str
    text_kind: TextKind
    text_hash: str
    """Tagged hash of the article's words as the store holds them."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of a sentence, struck out or not."""

    text: str
    struck: bool = False


@dataclass(frozen=True, slots=True)
class LockedSentence:
    """One sentence after the lock."""

    segments: tuple[Segment, ...]
    status: Status
    origin: Origin
    basis: tuple[Link, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why it is marked or struck, in Chinese."""
    mark: str = ""
    """What a marked sentence carries at its end: `〔待核实〕`."""
    blank: bool = False
    opens: bool = False

    @property
    def text(self) -> str:
        """Its words without what was struck out."""
        return "".join(part.text for part in self.segments if not part.struck)

    @property
    def shown(self) -> str:
        """As plain text for a reader: what was struck stands between `~~`, with the remark beside it."""
        parts = [f"~~{part.text}~~{STRUCK_REMARK}" if part.struck else part.text for part in self.segments]
        return "".join(parts) + self.mark


STRUCK_REMARK = "〔无法核实，已删去〕"


@dataclass(frozen=True, slots=True)
class LockReport:
    """A draft after the lock."""

    sentences: tuple[LockedSentence, ...]

    @property
    def basis(self) -> tuple[Link, ...]:
        """Articles that supported sentences rest on, each once."""
        links = (link for one in self.sentences if one.status is Status.SUPPORTED for link in one.basis)
        return tuple(dict.fromkeys(links))

    @property
    def copy_text(self) -> str:
        """What may be copied: supported sentences, and marked ones with their mark; nothing struck."""
        kept = [one for one in self.sentences if one.status is not Status.STRUCK]
        parts = [("\n" if one.opens and n else "") + one.text + one.mark for n, one in enumerate(kept)]
        return "".join(parts)

    def count(self, status: Status) -> int:
        """How many sentences have this status."""
        return sum(one.status is status for one in self.sentences)


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply draft (答复口径) that went through the lock."""

    sentences: tuple[LockedSentence, ...]
    text: str
    """What may be copied."""
    shown: str
    """The whole, with what was struck and marked."""
    basis: tuple[Link, ...]
    origin: Origin = Origin.PROGRAM
    note: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """A unit and its part in the matter."""

    id: str
    name: str
    role: str
    """`lead` 主办, `co` 协办, `not_competent` 不主管（常被误派）."""
    why: str = ""
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LawPoint:
    """What the law says: an article's words as the store holds them, or our digest of it, marked."""

    cited: str
    article_id: str
    text_kind: TextKind
    text: str
    plain: str = ""


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A clock that runs, in words."""

    id: str
    name: str
    start: date | None
    due: date | None
    inform_by: date | None
    text: str
    """One line: how long, from when, until when."""
    basis: tuple[str, ...]
    verified: bool
    """Whether the basis resolves in the law that is loaded here."""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the handling, in order."""

    text: str
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A short question to the caller, and why it matters."""

    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class DemandLine:
    """One demand of a message with several: who answers it, on what basis, by when."""

    text: str
    """The citizen's words, a run of the masked text."""
    form: str
    """`wish`, `question`, or `part` (reported, nothing asked)."""
    unit: str
    """Name of the unit that is proposed."""
    leads: bool
    """Whether that is the unit proposed for the whole message."""
    basis: tuple[str, ...]
    """Articles that speak of this demand; empty: none is confirmed (依据待核)."""
    due: date | None
    """The nearest day on which an answer is due."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """What an operator needs beside the route."""

    says: tuple[LawPoint, ...]
    actors: tuple[Actor, ...]
    steps: tuple[Step, ...]
    clocks: tuple[ClockLine, ...]
    ask: tuple[Ask, ...]
    tell: tuple[str, ...]
    draft: Draft
    demands: tuple[DemandLine, ...] = ()
    """Each demand by itself, where the message holds several."""
    model_draft: Draft | None = None
    """Written by a language model where one is set and answered; through the same lock."""
    hints: tuple[str, ...] = ()
    """What a single voice suggests (依据待核): for the operator to check, never part of a reply."""
    unverified: tuple[str, ...] = ()
    """Citations of our own tables that the law loaded here cannot confirm: not shown as law."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One thing in two levels of language."""

    plain: str
    """Short sentences, everyday words (易读)."""
    full: str
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DoorAdvice:
    """A door to knock on."""

    name: str
    number: str
    said: Said
    source: str
    """Where the number comes from."""


@dataclass(frozen=True, slots=True)
class ResidentGuidance:
    """What a resident can do next, in plain words."""

    doors: tuple[DoorAdvice, ...]
    bring: tuple[str, ...]
    clocks: tuple[Said, ...]
    rights: tuple[Said, ...]
    limits: tuple[Said, ...]
    tell: tuple[str, ...] = ()
    """What the catalogue says to a citizen with such a matter."""
    summary: Draft | None = None
    """A plain-language answer by a language model, where one is set; through the lock."""
    notes: tuple[str, ...] = ()
