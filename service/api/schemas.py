"""The bodies of the HTTP interface, with Chinese descriptions for OpenAPI.

Answers are written by `foundation.canonical` from the service's values; the models here describe them, and a
test holds the two together.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field

from service.api.guidance_bodies import Body as _Body
from service.api.guidance_bodies import GuidanceBody, ResidentGuidanceBody


class TriageRequest(_Body):
    """一条诉求。"""

    text: str = Field(description="诉求内容；个人信息先脱敏再处理，不保存原文")
    title: str = Field("", description="标题")
    id: str = Field("", description="工单编号，原样返回")
    received_at: str = Field(
        "", description="受理时间，如 2026-11-22 或 2026-11-22T08:30；按这一天的法律，空为今天"
    )
    region: str = Field("", description="省或市，决定适用哪些地方性法规；空为默认地区")
    channel: str = Field("", description="来源渠道")


class AskRequest(_Body):
    """一个问题。"""

    question: str = Field(description="居民的问题")
    as_of: str = Field("", description="按哪一天的法律，如 2026-11-22；空为今天")
    region: str = Field("", description="省或市；空为默认地区")


class Matter(_Body):
    """事项及概率。"""

    level1: str = Field(description="一级事项")
    level2: str = Field(description="二级事项")
    p: float = Field(description="概率")


class DepartmentBody(_Body):
    """部门及概率。"""

    id: str
    name: str
    p: float


class Label(_Body):
    """标签及概率。"""

    label: str
    p: float


class CitedBody(_Body):
    """一条现行有效的条文。"""

    law: str = Field(description="法律简称")
    article: str = Field(description="条号")
    version_date: date | None = Field(description="所据版本的通过或修改日期")
    text_kind: str = Field(description="official 原文；digest 本项目的摘要，不是原文")
    text: str
    role: str = Field(description="governing 可能适用；basis 职责依据")
    plain: str = Field(description="大白话（有原文时附上的摘要）")
    note: str
    why: list[str] = Field(description="命中的词")
    id: str


class EvidenceBody(_Body):
    """支持首选部门的词，位置按 masked_text。"""

    text: str
    start: int
    end: int
    weight: float


class BasisBody(_Body):
    """决定所据的法条。"""

    law: str
    article: str


class SignalBody(_Body):
    """风险信号，位置按 masked_text。"""

    kind: str
    text: str
    start: int
    end: int
    raises_to: str = Field(description="一般（仅提示）、较急或紧急")
    reason: str


class ClauseBody(_Body):
    """允许或不允许这样派单的规则。"""

    id: str
    text: str
    basis: list[BasisBody]
    effect: str = Field(description="allow 允许；bar 不得；note 注意")
    region: str = Field(description="在哪里有效；空为各地")


class AnswerBody(_Body):
    """研判结果；各列表按把握从高到低。"""

    id: str
    matter: list[Matter]
    department: list[DepartmentBody]
    kind: list[Label] = Field(description="诉求类型")
    urgency: list[Label] = Field(description="紧急程度")
    action: str = Field(
        description="auto 建议直接派单；review 需人工研判；other_channel 法定途径；emergency 紧急"
    )
    masked_text: str = Field(description="脱敏后的内容")
    citations: list[CitedBody]
    reasons: list[str]
    model: str = Field(description="路由模型的名称与哈希")
    evidence: list[EvidenceBody]
    channel: str = Field(description="应走的途径或应拨的电话")
    basis: list[BasisBody]
    notes: list[str]
    as_of: date | None = Field(description="按哪一天的法律")
    region: str
    signals: list[SignalBody]
    clauses: list[ClauseBody]
    trace: list[str] = Field(description="各步做了什么")
    guidance: GuidanceBody | None = Field(
        description="怎样办：单位、步骤、时限、要问的、答复口径；批量时为空"
    )


class DoorBody(_Body):
    """可以找的部门。"""

    id: str
    name: str
    p: float
    duties: list[str] = Field(description="管什么")
    public_line: str = Field(description="公开电话；空为未知")


class LegalAnswerBody(_Body):
    """对居民问题的回答。"""

    question: str = Field(description="脱敏后的问题")
    sufficient: bool = Field(description="是否找到依据；否则 message 说明没有足够依据")
    message: str
    articles: list[CitedBody]
    doors: list[DoorBody]
    channel: str
    reasons: list[str]
    notes: list[str]
    as_of: date
    region: str
    model: str
    guidance: ResidentGuidanceBody | None = Field(description="去哪里、带什么、多久、权利与限制")


class LawBody(_Body):
    """一条法条。"""

    citation: str = Field(description="规范写法")
    law: str
    article: str
    version_date: date | None
    text_kind: str
    quote: str = Field(description="所引的条、款或项")
    text: str = Field(description="整条")
    in_force: bool = Field(description="在所问的那一天是否有效")
    note: str


class Health(_Body):
    """服务状态。"""

    status: str
    version: str
    model: str


class Problem(_Body):
    """错误：发生了什么、应为什么、实际什么、怎么办。不含请求中的内容。"""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    message: str
    expected: str = ""
    found: str = ""
    remedy: str = ""
