"""Several demands in one message: each has its line, and none is dropped or made up."""

from __future__ import annotations

from dataclasses import replace

from guidance_samples import DAY, SEVERAL, TEXT, advise, triage
from hypothesis import given, settings
from hypothesis import strategies as st
from service_fakes import FakeDirectory, fake_references

from legal_corpus.values import Resolved
from service.guidance.demands import demands_of
from service.guidance.lock import Lock
from service.guidance.operator import Adviser
from service.guidance.support import Support
from service.guidance.values import Status
from triage.catalogue.book import load_catalogue
from triage.classifier.parts import Part
from triage.entities import find_slots
from triage.policy.clocks import load_clocks
from triage.values import Action


def test_several_demands_are_answered_one_by_one_and_none_is_dropped() -> None:
    clock = load_clocks().deadline("samr_accept_7wd", DAY)
    found = advise(triage(SEVERAL, slots=find_slots(SEVERAL), deadlines=(clock,)))
    assert [(line.text, line.form) for line in found.demands] == [
        ("要求查处烧烤店的油烟", "wish"),
        ("请问他家夜里能不能放音响", "question"),
        ("要求把占道的桌椅搬走", "wish"),
    ]
    assert {line.due for line in found.demands} == {clock.due}
    assert all(line.leads for line in found.demands)
    assert found.demands[0].basis == ("《生态环境法典》第二百五十条",)
    text = found.draft.text
    assert "您提出3项诉求" in text
    for number, line in enumerate(found.demands, start=1):
        asked = "您问" if line.form == "question" else "您提出"
        assert f"（{number}）{asked}：“{line.text}”" in text
    assert text.count("对这一项的处理意见、理由和依据〕") == 3
    assert "由城市管理综合执法局答复（依据《生态环境法典》第二百五十条）" in text
    assert {sentence.status for sentence in found.draft.sentences} <= {Status.SUPPORTED, Status.MARKED}


def test_demands_that_nobody_is_proposed_for_are_no_list() -> None:
    one = triage(SEVERAL, slots=find_slots(SEVERAL))
    found = advise(replace(one, prediction=replace(one.prediction, department=())))
    assert found.demands == found.actors == ()


def test_one_demand_or_none_needs_no_list() -> None:
    for text in (
        TEXT,
        "楼下烧烤店油烟大。要求查处烧烤店的油烟。请尽快处理，谢谢。",
        "楼下烧烤店油烟大，天天这样",
    ):
        found = advise(triage(text, slots=find_slots(text)))
        assert found.demands == ()
        assert "项诉求" not in found.draft.text
    late = "天天这样。" * 40 + "要求查处烧烤店的油烟。"
    assert "您提出：“要求查处烧烤店的油烟”。" in advise(triage(late, slots=find_slots(late))).draft.text


def test_a_part_for_another_unit_has_its_own_line_unit_and_law() -> None:
    text = "楼下烧烤店的油烟太大，要求查处。另外小区物业从不打扫楼道。"
    at = text.index("另外")
    parts = (
        Part(0, at, text[:at], "chengguan", 0.9),
        Part(at, len(text), text[at:], "zhujian", 0.8),
    )
    one = triage(text, slots=find_slots(text), parts=parts)
    one = replace(one, decision=replace(one.decision, action=Action.REVIEW))
    references = fake_references()
    lock = Lock(references.shelf)
    citations = references.governing(text, as_of=DAY, region="", k=10)
    law = lock.resolve("《民法典》第九百四十二条", DAY)
    assert isinstance(law, Resolved)
    parts_of = {"zhujian": Support(articles=(law.article,))}
    found = Adviser(lock, FakeDirectory()).advise(one, citations, as_of=DAY, parts=parts_of)
    own, other = found.demands
    assert (own.leads, other.leads) == (True, False)
    assert (other.form, other.unit) == ("part", load_catalogue().department("zhujian").name)
    assert other.basis == ("《民法典》第九百四十二条",)
    assert f"程序建议{other.unit}，需人工确认" in found.draft.text
    assert "《民法典》第九百四十二条" in [point.cited for point in found.says]
    alone = Adviser(lock, FakeDirectory()).advise(one, citations, as_of=DAY)
    assert [line.basis for line in alone.demands][1] == ()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["要求退钱", "请问什么时候修好", "希望重视", "建议加一路公交", "“希望”“”补课", "天很热"]
        )
    )
)
def test_every_demand_is_a_run_of_the_text(sentences: list[str]) -> None:
    text = "。".join(sentences) + "。"
    one = triage()
    one = replace(one, masked=replace(one.masked, text=text, spans=()), slots=find_slots(text))
    found = demands_of(one)
    assert all(demand.text in text for demand in found)
    said_there = [demand.text for demand in found]
    for wish in ("要求退钱", "请问什么时候修好", "建议加一路公交"):
        assert (wish in sentences) == (wish in said_there)
    assert "希望重视" not in said_there or len(said_there) == 1
