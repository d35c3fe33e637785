"""What the service answers: an `Answer` to a complaint, a `LegalAnswer` to a question.

Frozen values; `foundation.canonical.to_json` turns them into the JSON of the CLI, the batch and HTTP. They
hold masked text only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from legal_corpus.values import Article, TextKind
from service.guidance.values import Guidance, ResidentGuidance
from triage.values import (
    Action,
    Clause,
    DepartmentScore,
    Evidence,
    LabelScore,
    LegalBasis,
    MatterScore,
    Signal,
)

NOT_ADVICE = "本结果由程序给出，供参考，不是法律意见；如何处理由人决定。"
DIGEST_ONLY = "标“摘要”的是本项目自己的归纳，不是法律原文；导入全文库（zhili corpus）后显示原文。"
NOTHING_TO_JUDGE = "这是表扬或感谢，没有需要依法处理的事项，不引用条文。"
NOT_IN_DIGEST = (
    "内置要点未收录与此对应的条文，这不等于法律没有规定："
    "需导入全文库（zhili corpus）后再查，或咨询 12348 公共法律服务热线。"
)
NO_BASIS = "没有找到足够的依据：现有条文中没有与此对应的内容，请换一种说法，或咨询 12348 公共法律服务热线。"


READ_AT_ONCE = 5
"""Governing articles that a person at the desk reads at a glance."""


class Role(StrEnum):
    """Why an article is shown."""

    GOVERNING = "governing"
    """Found by searching for what the citizen says (可能适用)."""
    BASIS = "basis"
    """The basis of the department's duty or of the matter, from the catalogue (职责依据)."""


@dataclass(frozen=True, slots=True)
class Cited:
    """One article that resolves and is in force on the day that governs."""

    law: str
    article: str
    version_date: date | None
    text_kind: TextKind
    text: str
    role: Role = Role.GOVERNING
    plain: str = ""
    """Our digest of the same article; empty where there is none or where `text` is the digest itself."""
    note: str = ""
    """What the reader must know about this version."""
    why: tuple[str, ...] = ()
    """Words of the complaint that the search matched."""
    id: str = ""

    @property
    def cited(self) -> str:
        """How people cite it: `《民法典》第九百四十二条`."""
        return f"《{self.law}》{self.article}"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one complaint: who handles it, under which law, and why. Lists are ranked, best first."""

    id: str
    matter: tuple[MatterScore, ...]
    department: tuple[DepartmentScore, ...]
    kind: tuple[LabelScore, ...]
    urgency: tuple[LabelScore, ...]
    action: Action
    masked_text: str
    citations: tuple[Cited, ...]
    reasons: tuple[str, ...]
    model: str
    evidence: tuple[Evidence, ...] = ()
    """Words of `masked_text` that spoke for the first department."""
    channel: str = ""
    """The door to knock on where the action is `emergency` or `other_channel`."""
    basis: tuple[LegalBasis, ...] = ()
    """What the decision itself rests on, as its rule names it."""
    notes: tuple[str, ...] = ()
    as_of: date | None = None
    """The day whose law governs: the day of receipt, else today."""
    region: str = ""
    signals: tuple[Signal, ...] = ()
    """Signs of risk, each with its words in `masked_text`."""
    clauses: tuple[Clause, ...] = ()
    """Rules of lawful dispatch that allowed or barred the route."""
    trace: tuple[str, ...] = ()
    """What each step of triage did, one line each."""
    guidance: Guidance | None = None
    """Who acts, steps, clocks, questions, reply draft; `None` in a batch."""


@dataclass(frozen=True, slots=True)
class Door:
    """A department that may be asked (去哪里办): who it is, what it does, its public number."""

    id: str
    name: str
    p: float
    duties: tuple[str, ...] = ()
    public_line: str = ""


@dataclass(frozen=True, slots=True)
class LegalAnswer:
    """The answer to a resident's question: the articles, in plain words, and which door to knock on."""

    question: str
    """Masked."""
    sufficient: bool
    """Whether any article was found; where not, `message` says so and nothing is claimed."""
    message: str
    articles: tuple[Cited, ...]
    doors: tuple[Door, ...]
    channel: str
    """A number to ring first where there is danger, or the statutory channel."""
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    as_of: date
    region: str
    model: str
    guidance: ResidentGuidance | None = None
    """Which door, what to bring, the clock, rights and limits, in two levels of language."""


def cite(
    article: Article,
    *,
    role: Role = Role.GOVERNING,
    plain: str = "",
    note: str = "",
    why: tuple[str, ...] = (),
) -> Cited:
    """An article of the library as the service shows it."""
    return Cited(
        law=article.law.title,
        article=article.label,
        version_date=article.law.version_date,
        text_kind=article.text_kind,
        text=article.text,
        role=role,
        plain="" if article.text_kind is TextKind.DIGEST else plain,
        note=note,
        why=why,
        id=article.id,
    )


def at_a_glance(citations: Sequence[Cited]) -> tuple[list[Cited], list[Cited]]:
    """What is shown at once (the first governing articles and every basis), and what may be folded."""
    governing = [cited for cited in citations if cited.role is Role.GOVERNING]
    basis = [cited for cited in citations if cited.role is Role.BASIS]
    return governing[:READ_AT_ONCE] + basis, governing[READ_AT_ONCE:]
