"""The values that travel through triage. Frozen; they travel as JSON through `foundation.canonical`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.catalogue.dispatch import EntryMatch
    from triage.classifier.parts import Part
    from triage.entities.asking import Question
    from triage.entities.values import Slots
    from triage.policy.clocks import Deadline


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint (群众诉求) as it came in, unmasked: never store or log it, mask it first."""

    text: str
    title: str = ""
    id: str = ""
    received_at: datetime | None = None
    """When it was received; the law of that day governs. `None`: now."""
    region: str = ""
    """Province or city whose local law may apply; empty: national law only."""
    channel: str = ""


class PiiKind(StrEnum):
    """Kinds of personal information that are masked (个人信息类型)."""

    MOBILE = "手机号"
    PHONE = "固定电话"
    ID_NUMBER = "身份证号"
    PLATE = "车牌号"
    BANK_CARD = "银行卡号"
    EMAIL = "邮箱"
    WECHAT = "微信号"
    QQ = "QQ号"
    ADDRESS = "详细地址"
    NAME = "姓名"
    TRAVEL_DOCUMENT = "出入境证件号"


@dataclass(frozen=True, slots=True)
class MaskedSpan:
    """Where a mask stands: `masked.text[start:end]` is the placeholder such as `〔手机号〕`."""

    start: int
    end: int
    kind: PiiKind


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A text whose personal information has been replaced; it holds nothing of what was there."""

    text: str
    spans: tuple[MaskedSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class MatterScore:
    """A matter (事项) and its probability. The pair always exists in the taxonomy."""

    level1: str
    level2: str
    p: float


@dataclass(frozen=True, slots=True)
class DepartmentScore:
    """A department (单位) and its probability."""

    id: str
    name: str
    p: float


@dataclass(frozen=True, slots=True)
class LabelScore:
    """A label of a flat head (诉求类型, 紧急程度) and its probability."""

    label: str
    p: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of the masked text that spoke for the first department: `text[start:end]`, and how strongly.

    Weights compare within one prediction: the router's words and the catalogue's are on different scales.
    """

    text: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the router believes. Every list is ranked, best first; each list's `p` sum to at most 1."""

    matter: tuple[MatterScore, ...]
    department: tuple[DepartmentScore, ...]
    kind: tuple[LabelScore, ...]
    urgency: tuple[LabelScore, ...]
    evidence: tuple[Evidence, ...] = ()


class Action(StrEnum):
    """What should happen next. The program advises; a person confirms (个人信息保护法 art. 24)."""

    AUTO = "auto"
    """Sure enough to be proposed for one-click dispatch (直接派单，一键确认)."""
    REVIEW = "review"
    """A person must choose (人工研判)."""
    OTHER_CHANNEL = "other_channel"
    """Belongs to a statutory channel outside the hotline (引导至法定途径)."""
    EMERGENCY = "emergency"
    """Danger now: 110/119/120/122 first (紧急转接)."""


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A citation as the catalogue or a rule writes it; the service resolves it before it is shown as law."""

    law: str
    article: str

    def __str__(self) -> str:
        return f"《{self.law}》{self.article}"


@dataclass(frozen=True, slots=True)
class Decision:
    """What triage advises, and why."""

    action: Action
    reasons: tuple[str, ...]
    """Sentences for the operator, the weightiest first."""
    basis: tuple[LegalBasis, ...] = ()
    """Why this department, or why this channel."""
    channel: str = ""
    """The door to knock on where the action is `emergency` or `other_channel`: `119`, `12348 法律援助`…"""


@dataclass(frozen=True, slots=True)
class Signal:
    """Words of the masked text that speak of risk: `text[start:end]`, and the urgency that they ask for."""

    kind: str
    """Id of the signal in `policy/signals.toml`: `injury`, `minor`, `no_heat`…"""
    text: str
    start: int
    end: int
    raises_to: str
    """`一般` (noted only), `较急` or `紧急`."""
    reason: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A rule of lawful dispatch that allowed or barred a route, in our words."""

    id: str
    text: str
    basis: tuple[LegalBasis, ...] = ()
    effect: str = "note"
    """`allow`, `bar` (the route was changed or refused) or `note` (a duty that goes with the route)."""
    region: str = ""
    """Where the rule binds; empty: everywhere. A local rule is shown elsewhere as 参照 only."""


@dataclass(frozen=True, slots=True)
class Triage:
    """Everything that triage knows of one complaint; holds masked text only."""

    id: str
    masked: MaskedText
    prediction: Prediction
    decision: Decision
    model: str
    """Name and hash of the router artefact that decided."""
    entries: tuple[EntryMatch, ...] = ()
    """Entries of the dispatch catalogue (派单目录), best first."""
    deadlines: tuple[Deadline, ...] = ()
    """Every clock that runs (办理时限)."""
    slots: Slots | None = None
    """Time, place, parties, amount, evidence, demand, contact; `None` where not looked for."""
    questions: tuple[Question, ...] = ()
    """What to ask back, those first that change the route."""
    signals: tuple[Signal, ...] = ()
    """Signs of risk, each with its words."""
    clauses: tuple[Clause, ...] = ()
    """Rules of lawful dispatch that allowed or barred the route."""
    trace: tuple[str, ...] = ()
    """What each step did, in order, one line each."""
    parts: tuple[Part, ...] = ()
    """Parts of a message with several issues; empty where it is one."""
