"""Several issues in one message: units, division, and the shipped router on sixty messages of our own."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keyword_reader import KeywordReader

from triage.classifier.parts import PartRules, divide, find_parts
from triage.classifier.router import Router
from triage.classifier.segments import Opening, find_units
from triage.training.data import clean

CASES = tomllib.loads((Path(__file__).parent / "multi_cases.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("路口的灯坏了一周没人修。另外工厂三个月不发工资。", ["路口", "另外"]),
        ("反映两件事：一是小区路灯坏了没人修，二是公司拖欠工资不发。", ["反映两件事：一是", "二是"]),
        ("1、小区的路灯坏了没人管 2、公司拖欠了三个月工资", ["1、", "2、"]),
        ("路灯坏了\n小区里的路灯坏了一个星期。物业说不归他们管理。", ["小区", "物业"]),
        ("第一，路灯坏了很久没有人修。第二，公司拖欠工资三个月。", ["第一", "第二"]),
        ("首先，路灯坏了很久没有人修，其次，公司拖欠工资三个月。", ["首先", "其次"]),
        ("问题一：路灯坏了很久没有人修，问题二：公司拖欠工资三个月。", ["问题一", "问题二"]),
        ("①路灯坏了很久没有人来修②公司拖欠了三个月工资", ["①", "②"]),
        ("路灯坏了很久没有人来修，另，公司拖欠了三个月工资。", ["路灯", "另"]),
        ("路灯坏了很久没有人来修，第二天公司的人来了又走了。", ["路灯"]),
        ("路灯坏了很久没有人来修，第十二天公司的人来了又走了。", ["路灯"]),
        ("路灯坏了很久没有人来修，第三方公司的人来了又走了。", ["路灯"]),
    ],
)
def test_units_begin_where_an_issue_may(text: str, starts: list[str]) -> None:
    units = find_units(text)
    assert len(units) == len(starts)
    assert all(text[unit.start :].startswith(start) for unit, start in zip(units, starts, strict=True))


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="路灯坏了，。一二是、另外1.2\n（）", max_size=80))
def test_units_cover_the_message_without_gaps(text: str) -> None:
    units = find_units(text)
    assert all(one.end == other.start for one, other in pairwise(units))
    assert not units or units[-1].end == len(text)


def test_two_issues_are_divided_at_the_turn() -> None:
    text = "小区的路灯坏了一个星期，没有人来修理。另外，公司拖欠我们工资三个月没有发。"
    parts = find_parts(text, KeywordReader())
    assert [(part.department, part.text[:3]) for part in parts] == [
        ("zhujian", "小区的"),
        ("renshe", "另外，"),
    ]
    assert all(text[part.start : part.end] == part.text for part in parts)
    assert parts[0].end == parts[1].start and parts[1].end == len(text)


def test_one_issue_in_many_sentences_is_not_divided() -> None:
    text = "小区的路灯坏了一个星期。另外，东门的路灯也坏了没有修。一是路灯太旧，二是路灯没有人管理。"
    assert find_parts(text, KeywordReader()) == ()


def test_words_that_say_nothing_are_no_issue() -> None:
    text = "小区的路灯坏了一个星期没人修。另外，今天的天气非常好，心情也非常舒畅。"
    assert find_parts(text, KeywordReader()) == ()


def test_a_change_costs_more_at_an_ordinary_sentence() -> None:
    text = "小区的路灯坏了一周没有人修。公司拖欠工资三个月没有发。"
    units = find_units(text)
    read = KeywordReader().quick_probabilities([text[u.start : u.end] for u in units])["department"]
    dear = PartRules(change=dict.fromkeys(Opening, 9.0))
    cheap = PartRules(change=dict.fromkeys(Opening, 0.5))
    assert divide(read, units, dear) == [(0, 1)]
    assert divide(read, units, cheap) == [(0, 0), (1, 1)]


def test_nothing_and_one_unit_are_one_issue() -> None:
    assert find_parts("", KeywordReader()) == ()
    assert find_parts("路灯坏了", KeywordReader()) == ()


@pytest.fixture(scope="module")
def router() -> Router:
    return Router.load()


def test_our_messages_with_several_issues(router: Router) -> None:
    found = bounds = right = asked = 0
    for case in CASES["several"]:
        pieces = case["text"].split("‖")
        parts = find_parts(clean("".join(pieces)), router)
        found += bool(parts)
        asked += len(pieces)
        if len(parts) == len(pieces):
            bounds += abs(parts[1].start - len(clean(pieces[0]))) <= 3
            right += sum(part.department in to.split("/") for part, to in zip(parts, case["to"], strict=True))
    assert found >= 30 and bounds >= 30 and right >= 0.7 * asked, (found, bounds, right, asked)


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("楼上装修半夜还在砸墙，另外小区门口的路灯坏了一个星期没人修", "另外"),
        ("一、公交车经常不到站就甩站。二、菜市场门口污水横流。", "二、"),
    ],
)
def test_two_issues_in_few_words_are_divided(router: Router, text: str, second: str) -> None:
    one, two = find_parts(text, router)
    assert two.start == one.end == text.index(second)
    assert one.department != two.department


def test_our_messages_with_one_issue(router: Router) -> None:
    false = [case["text"] for case in CASES["single"] if find_parts(clean(case["text"]), router)]
    assert len(false) <= 1, false


def test_sixty_messages() -> None:
    assert len(CASES["several"]) + len(CASES["single"]) == 60
    assert all(case["text"].count("‖") + 1 == len(case["to"]) for case in CASES["several"])
