"""Slots of a message: sixty messages of our own, spans, hostile text, and what is asked back."""

from __future__ import annotations

import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.entities import Slots, find_slots, questions
from triage.entities.values import KINDS

CASES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("slot_cases.toml").read_text("utf-8"))[
    "case"
]
MONDAY = date(2026, 11, 23)
_WRITTEN = """A市 A3区 桂花坪街道 银杏花园小区 昨晚十点 每天 三个月 2026年2月30日 物业公司 烧烤店 3000元
一万二 没有合同 有照片 请保密 请回电 〔手机号〕 希望尽快解决 ， 。 ？ 的 在 0 （"""
PIECES = st.sampled_from(["\n", *_WRITTEN.split()])
HOSTILE = ("区", "A市", "一", "0", "请", "2020年", "的", "每天", "公司", "申请", "没有", "（", "〔手机号")


@pytest.mark.parametrize("kind", KINDS)
def test_precision_and_recall_on_our_own_messages(kind: str) -> None:
    hit = wrong = missed = 0
    for case in CASES:
        got = Counter(slot.text for slot in find_slots(case["text"], MONDAY).of(kind))
        wanted = Counter(case.get(kind, []))
        hit += (got & wanted).total()
        wrong += (got - wanted).total()
        missed += (wanted - got).total()
    assert len(CASES) == 60
    assert hit / (hit + wrong) >= 0.95, f"{kind}: precision"
    assert hit / (hit + missed) >= 0.95, f"{kind}: recall"


@pytest.mark.parametrize("case", [c for c in CASES if "values" in c], ids=lambda case: case["text"][:12])
def test_values(case: dict[str, Any]) -> None:
    slots = find_slots(case["text"], MONDAY)
    for kind, values in case["values"].items():
        assert [slot.value for slot in slots.of(kind)] == values


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=30).map("".join)))
def test_spans_are_inside_the_text_and_say_what_stands_there(text: str) -> None:
    slots = find_slots(text, MONDAY)
    for kind in KINDS:
        ends = [0]
        for slot in slots.of(kind):
            assert slot.kind == kind and slot.text
            assert 0 <= slot.start < slot.end <= len(text)
            assert text[slot.start : slot.end] == slot.text
            assert slot.start >= ends[-1], "in order, none over another"
            ends.append(slot.end)


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_is_linear_in_hostile_text(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        best = []
        for _ in range(3):
            began = time.process_time()
            find_slots(text, MONDAY)
            best.append(time.process_time() - began)
        return min(best)

    find_slots(piece * 10)
    assert seconds(16_000) < 30 * seconds(2_000) + 0.05, "eight times the text, not sixty-four times the time"


def test_a_relative_time_without_a_day_of_receipt_is_not_guessed() -> None:
    assert [slot.value for slot in find_slots("昨晚施工，上周三也是。").time] == ["", ""]


def test_the_day_of_receipt_is_the_day_in_china() -> None:
    found = find_slots("昨天停水", datetime(2026, 11, 22, 20, 0, tzinfo=UTC))
    assert found.time[0].value == "2026-11-22"


def test_a_day_that_does_not_exist_has_no_value() -> None:
    assert [slot.value for slot in find_slots("2026年2月30日发生的", MONDAY).time] == [""]


def test_a_place_says_only_what_is_written() -> None:
    (place,) = find_slots("高新区云杉路积水。").place
    assert place.value == "区=高新区|路=云杉路", "no city, no province is added"
    assert find_slots("道路坑洼，市民出行不便，小区居民都有意见，超市也关了。").place == ()


def test_a_masked_number_counts_as_contact() -> None:
    assert find_slots("我的电话〔手机号〕").contact[0].value == "已留联系方式"
    assert find_slots("我的电话〔手机号#7K2M9QXT4B〕").contact[0].value == "已留联系方式"
    assert find_slots("不用回复").contact[0].value == "不要联系"


def test_a_complaint_about_a_leak_is_no_wish_for_confidentiality() -> None:
    assert find_slots("物业把业主的信息泄露给装修公司。").confidential == ()
    assert find_slots("不需要保密，我实名举报。").confidential[0].value == "不需保密"


@dataclass(frozen=True)
class _Entry:
    ask: tuple[str, ...]


def test_questions_what_changes_the_route_first() -> None:
    asked = questions(find_slots("楼上漏水，没人管。"), _Entry(("是住宅还是商铺？",)), "投诉")
    assert [question.slot for question in asked] == ["place", "facts", "time", "parties", "evidence"]
    assert all(question.text.endswith("？") or question.text.endswith("。") for question in asked)
    assert "哪个区县" in asked[0].why


def test_questions_that_are_answered_are_not_asked() -> None:
    slots = find_slots("昨晚A3区枫林路老陈烧烤店油烟大，有视频，〔手机号〕，没有装油烟净化设备。", MONDAY)
    asks = ("具体在哪条路？", "是否装了油烟净化设备？", "几点到几点？什么时间段？", "有没有办理营业执照？")
    entry = _Entry(asks)
    asked = questions(slots, entry, "投诉")
    assert [question.text for question in asked] == ["有没有办理营业执照？"]


def test_an_inquiry_is_asked_little() -> None:
    asked = questions(find_slots("请问怎么办居住证？"), None, "咨询")
    assert [question.slot for question in asked] == ["place", "contact"]


def test_the_entrys_own_question_replaces_the_general_one_and_five_is_the_most() -> None:
    entry = _Entry(("具体位置在哪里？", *(f"问题{number}是什么？" for number in "一二三四五")))
    asked = questions(Slots(""), entry, "投诉")
    assert len(asked) == 5
    assert asked[0].text == "具体位置在哪里？"
    assert [question.slot for question in asked].count("place") == 1
