"""Signals of risk and the urgency that they raise. All sentences are ours."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.errors import CatalogueError
from triage.policy.signals import LEVELS, SIGNALS_FILE, find_signals, load_signals, parse_signals
from triage.policy.urgency import raise_by_signals, reasons_of
from triage.values import LabelScore

BELIEF = (LabelScore("一般", 0.6), LabelScore("较急", 0.38), LabelScore("紧急", 0.02))


def kinds(text: str, day: date | None = None) -> dict[str, str]:
    return {signal.kind: signal.raises_to for signal in find_signals(text, day)}


@pytest.mark.parametrize(
    ("text", "kind", "level"),
    [
        ("再不解决我就喝农药，不想活了", "self_harm", "紧急"),
        ("开发商叫来一伙人冲进我家打人", "violence_now", "紧急"),
        ("托管班大门被人锁死，孩子出不来", "confined", "紧急"),
        ("整个小区停水三天了，水车也没来", "mass_outage", "紧急"),
        ("后山的边坡随时会塌方，下面住着六户", "collapse_risk", "紧急"),
        ("电梯昨晚直接往下掉了四层", "lift_fall", "紧急"),
        ("午饭后好多学生上吐下泻", "poisoning", "紧急"),
        ("工地砸伤两个人，骨折住院", "injury", "较急"),
        ("父亲是尿毒症，透析报不了", "ill", "较急"),
        ("幼儿园体罚孩子，手都打肿了", "minor_harm", "较急"),
        ("独居老人摔了没人照顾", "elderly", "较急"),
        ("我们两百多户业主要求退房", "group", "较急"),
        ("欠我们三十个农民工的工资不发", "wages", "较急"),
        ("村里缺水，天天去沟里挑", "no_water", "较急"),
        ("自来水发黄，还有一股腥味", "bad_water", "较急"),
        ("楼里暖气不热，室内才十三度", "no_heat", "较急"),
        ("断水断电逼我们搬走", "cut_off", "较急"),
        ("逃生通道被锁，灭火器都过期", "fire_hazard", "较急"),
        ("电梯三天两头困人", "lift_fault", "较急"),
        ("外墙脱落，楼下天天有人过", "structure", "较急"),
        ("我反映了五次，至今没人管", "unsolved", "一般"),
        ("之前向物业反应过几次都没用", "unsolved", "一般"),
        ("棚子多次处理仍在搭", "unsolved", "一般"),
        ("退费的事一拖再拖", "unsolved", "一般"),
    ],
)
def test_a_sign_is_seen_with_its_words(text: str, kind: str, level: str) -> None:
    found = find_signals(text)
    assert kinds(text)[kind] == level
    assert all(text[one.start : one.end] == one.text and one.reason.endswith("。") for one in found)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("车撞了护栏，没有人受伤", "injury"),
        ("幸好没死亡，只是吓了一跳", "injury"),
        ("前天小区停水，现在已经恢复供水", "no_water"),
        ("跳楼价甩卖的喇叭太吵", "self_harm"),
        ("房价跌得都想跳楼了", "self_harm"),
        ("建议加装电梯，免得有坠落风险", "lift_fall"),
        ("孩子考上大学了，想问奖学金", "minor_harm"),
        ("老人公交卡在哪里办", "elderly"),
        ("水费账单看不懂", "no_water"),
        ("去年整个小区停水五天", "mass_outage"),
        ("拨打12315维权电话一直占线", "group"),
        ("消防宣传做得好", "fire_hazard"),
    ],
)
def test_what_is_denied_or_over_is_no_sign(text: str, kind: str) -> None:
    assert kind not in kinds(text)


def test_the_season_needs_the_day() -> None:
    text = "考生要休息，工地半夜还在施工"
    assert kinds(text, date(2026, 6, 5)).get("exam_time") == "较急"
    assert "exam_time" not in kinds(text, date(2026, 10, 5))
    assert "exam_time" not in kinds(text)
    cold = "暖气冰凉"
    assert "heating_season" in kinds(cold, date(2026, 12, 31))
    assert "heating_season" in kinds(cold, date(2027, 1, 1))
    assert "heating_season" not in kinds(cold, date(2026, 7, 1))


def test_signals_raise_the_urgency_and_say_why() -> None:
    text = "逃生通道被锁，我们两百多户业主害怕"
    signals = find_signals(text)
    assert raise_by_signals(BELIEF, signals)[0].label == "较急"
    assert any("逃生通道" in reason for reason in reasons_of(signals))
    urgent = raise_by_signals(BELIEF, find_signals("不想活了"))
    assert urgent[0].label == "紧急"
    assert raise_by_signals(BELIEF, ()) == BELIEF
    assert raise_by_signals(BELIEF, find_signals("反映了五次，至今没人管")) == BELIEF


@given(st.lists(st.floats(0.001, 1), min_size=3, max_size=3), st.sampled_from(LEVELS))
def test_nothing_of_the_belief_is_lost(shares: list[float], first: str) -> None:
    total = sum(shares)
    before = [LabelScore(label, p / total) for label, p in zip(LEVELS, shares, strict=True)]
    after = raise_by_signals(before, find_signals("工地砸伤两个人，骨折住院"))
    assert sum(score.p for score in after) == pytest.approx(1, abs=1e-5)
    calm = {score.label: score.p for score in after}["一般"]
    assert calm <= before[0].p + 1e-6


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=400))
def test_spans_lie_in_the_text(text: str) -> None:
    for signal in find_signals(text, date(2026, 6, 5)):
        assert text[signal.start : signal.end] == signal.text != ""


@pytest.mark.parametrize("piece", ["停水", "孩子", "全县", "没有", "。", "污水"])
def test_a_long_hostile_text(piece: str) -> None:
    started = time.perf_counter()
    find_signals(piece * (100_000 // len(piece)))
    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('raises_to = "紧急"', 'raises_to = "很急"', "很急"),
        ("weight = 0.7", "weight = 0", "weight"),
        ("reach = 24", "", "reach"),
        ('id = "injury"', 'id = "ill"', "id 重复：ill"),
        ('name = "重病"', 'nick = "重病"', "nick"),
        ('any = ["传销', 'any = ["(传销', "missing"),
    ],
)
def test_a_broken_rule_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        parse_signals(SIGNALS_FILE.read_text("utf-8").replace(old, new, 1))
    assert said in str(caught.value)


def test_weights_belong_to_what_raises_to_soon() -> None:
    rules = load_signals()
    assert len(rules.rules) >= 30
    assert rules.weight("injury") > 0
    assert rules.weight("self_harm") == 0
    assert rules.weight("unknown") == 0
