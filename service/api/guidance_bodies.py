"""The guidance inside the bodies of the HTTP interface, with Chinese descriptions for OpenAPI."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class Body(BaseModel):
    """A described JSON object; a field that is not described is an error."""

    model_config = ConfigDict(extra="forbid")


class LinkBody(Body):
    """一句话所依据的条文。"""

    cited: str
    article_id: str
    text_kind: str = Field(description="official 原文；digest 摘要")
    text_hash: str = Field(description="库中该条文字的哈希")


class SegmentBody(Body):
    """一句话的一段。"""

    text: str
    struck: bool = Field(description="无法核实，已删去")


class SentenceBody(Body):
    """引文锁核对过的一句话。"""

    segments: list[SegmentBody]
    status: str = Field(description="supported 有据；marked 待核对；struck 已删去")
    origin: str = Field(description="program 程序；model 语言模型")
    basis: list[LinkBody]
    reasons: list[str] = Field(description="为什么待核对或删去")
    mark: str = Field(description="随文标注")
    blank: bool = Field(description="由人填写的空白")
    opens: bool = Field(description="另起一段")


class DraftBody(Body):
    """答复口径；尚未发出，由人审定。"""

    sentences: list[SentenceBody]
    text: str = Field(description="可以复制的部分")
    shown: str = Field(description="全部，含删去线与标注")
    basis: list[LinkBody]
    origin: str
    note: str


class LawPointBody(Body):
    """所据条文。"""

    cited: str
    article_id: str
    text_kind: str
    text: str
    plain: str


class ActorBody(Body):
    """单位及其角色。"""

    id: str
    name: str
    role: str = Field(description="lead 主办；co 协办；not_competent 不主管")
    why: str
    basis: list[str]


class StepBody(Body):
    """一个步骤。"""

    text: str
    basis: list[str]


class ClockBody(Body):
    """一个时限。"""

    id: str
    name: str
    start: date | None
    due: date | None = Field(description="最后一天")
    inform_by: date | None = Field(description="最迟何时告知诉求人")
    text: str
    basis: list[str]
    verified: bool = Field(description="依据在本机法律库中核实过")
    reasons: list[str]


class AskBody(Body):
    """要问的一个问题。"""

    text: str
    why: str


class DemandBody(Body):
    """一项诉求：谁答复、依据、最迟。"""

    text: str = Field(description="诉求人的话")
    form: str = Field(description="wish 希望；question 询问；part 只反映、没有提要求的部分")
    unit: str = Field(description="建议的承办单位")
    leads: bool = Field(description="是否与整件的主办相同")
    basis: list[str] = Field(description="说到这一项的条文；空为依据待核")
    due: date | None


class GuidanceBody(Body):
    """给话务员的办理建议。"""

    says: list[LawPointBody]
    actors: list[ActorBody]
    steps: list[StepBody]
    clocks: list[ClockBody]
    ask: list[AskBody]
    tell: list[str] = Field(description="可以这样告诉来电人")
    draft: DraftBody
    demands: list[DemandBody] = Field(description="多项诉求逐项列出；只有一项时为空")
    model_draft: DraftBody | None = Field(description="语言模型的草稿；未启用或未成时为空")
    hints: list[str] = Field(description="依据待核：只有一种来源的建议，供话务员核对，不进答复口径")
    unverified: list[str] = Field(description="无法核实、未作依据的引用")
    notes: list[str]


class SaidBody(Body):
    """一句话的两种说法。"""

    plain: str = Field(description="易读")
    full: str = Field(description="完整")
    basis: list[str]


class DoorAdviceBody(Body):
    """一个号码。"""

    name: str
    number: str
    said: SaidBody
    source: str = Field(description="号码来源")


class ResidentGuidanceBody(Body):
    """给居民的办法。"""

    doors: list[DoorAdviceBody]
    bring: list[str] = Field(description="带什么")
    clocks: list[SaidBody]
    rights: list[SaidBody]
    limits: list[SaidBody]
    tell: list[str]
    summary: DraftBody | None = Field(description="语言模型写的大白话；未启用时为空")
    notes: list[str]
