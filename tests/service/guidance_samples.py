"""A message, a catalogue entry and a way to advice for the tests of guidance; all words are ours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from service_fakes import FakeDesk, FakeDirectory, fake_references

from service.guidance.lock import Lock
from service.guidance.operator import Adviser
from service.guidance.values import Guidance
from triage.catalogue.dispatch import DispatchEntry, EntryMatch, NotCompetent
from triage.values import Complaint, LegalBasis, Triage

DAY = date(2026, 11, 23)
# Written for this test; nobody's complaint.
TEXT = "楼下烧烤店的油烟直往家里灌，孩子咳了一个月。请尽快处理。"
ENTRY = DispatchEntry(
    id="x_youyan",
    name="餐饮油烟扰民",
    level1="城乡建设",
    level2="城市建设和市政管理",
    level3="",
    lead="chengguan",
    co=("shijian",),
    not_competent=(
        NotCompetent("shengtai", "餐饮油烟由城管执法", (LegalBasis("生态环境法典", "第二百五十条"),)),
        NotCompetent("jiedao", "街道没有处罚权"),
    ),
    basis=(LegalBasis("生态环境法典", "第二百五十条"), LegalBasis("没有这部法", "第一条")),
    clock="hotline_5wd",
    ask=("店名和门牌", "几点最重"),
    tell=("可以拍视频留存",),
    words=("油烟",),
)


@dataclass(frozen=True)
class Asked:
    slot: str
    text: str
    why: str


def triage(text: str = TEXT, **changes: object) -> Triage:
    found = FakeDesk().handle(Complaint(text=text))
    return replace(found, **{"entries": (EntryMatch(ENTRY, 0.9, ("油烟",)),), **changes})  # type: ignore[arg-type]


def advise(found: Triage, received: date | None = DAY) -> Guidance:
    references = fake_references()
    citations = references.governing(found.masked.text, as_of=DAY, region="", k=5)
    adviser = Adviser(Lock(references.shelf), FakeDirectory())
    return adviser.advise(found, citations, as_of=DAY, received=received)


FOREIGN = replace(
    ENTRY,
    name="别的事",
    level1="商贸旅游",
    level2="旅游管理",
    basis=(LegalBasis("民法典", "第九百四十二条"), LegalBasis("民法典", "第九百四十三条")),
    clock="samr_accept_7wd",
    ask=("哪一班船",),
)


SEVERAL = (
    "楼下烧烤店的油烟直往家里灌，晚上噪音也大。要求查处烧烤店的油烟。请问他家夜里能不能放音响？"
    "希望领导重视，尽快解决。要求把占道的桌椅搬走。希望查处烧烤店油烟。"
)
