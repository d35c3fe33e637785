"""Routing by place and time, on the example table (an invented city) and small ones."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage.errors import CatalogueError
from triage.policy.place_rules import EXAMPLE, PlaceRules, Situation, load_place_rules


def written(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "rules.toml"
    path.write_text(body, "utf-8")
    return path


RULE = """
[[rule]]
id = "a"
why = "试"
place = ["东湖"]
use = "shuili"
"""


def test_the_example_can_be_read_and_is_not_active() -> None:
    assert len(load_place_rules(EXAMPLE).rules) >= 6
    assert PlaceRules().apply(Situation("云栖新区占道", department="chengguan")).trace == ()


def test_the_first_rule_that_holds_decides_and_the_trace_says_so() -> None:
    placed = load_place_rules(EXAMPLE).apply(
        Situation("云栖新区的夜市占道", places=("云栖新区",), department="chengguan")
    )
    assert placed.held == ("new_area_committee",)
    assert placed.department == "chengguan" and placed.co == ("jiedao",)
    assert placed.trace[0].startswith("属地规则 new_area_committee：适用")
    assert len(placed.trace) == 1


def test_go_on_lets_the_next_rules_speak() -> None:
    at = Situation(
        "老城的暖气停了", ("老城",), department="gongshui", received_at=datetime(2026, 11, 24, 21, 0)
    )
    placed = load_place_rules(EXAMPLE).apply(at)
    assert placed.held == ("old_town_heating", "night_utilities")
    assert "值班" in placed.channel and placed.co == ("zhujian",)


@pytest.mark.parametrize(
    ("moment", "held"),
    [
        (datetime(2026, 11, 24, 18, 0), "night_utilities"),
        (datetime(2026, 11, 24, 8, 29), "night_utilities"),
        (datetime(2026, 11, 24, 8, 30), ""),
        (datetime(2026, 11, 24, 12, 0), ""),
        (datetime(2026, 11, 24, 11, 0, tzinfo=UTC), "night_utilities"),
        (datetime(2026, 10, 1, 12, 0), "restday_utilities"),
        (datetime(2026, 11, 22, 12, 0), "restday_utilities"),
        (None, ""),
    ],
)
def test_hours_and_rest_days(moment: datetime | None, held: str) -> None:
    at = Situation("家里停水了", department="gongshui", received_at=moment)
    assert load_place_rules(EXAMPLE).apply(at).held == ((held,) if held else ())


def test_a_time_that_is_not_known_is_not_guessed() -> None:
    rules = load_place_rules(EXAMPLE)
    unknown = rules.apply(Situation("停水", department="gongshui"))
    assert any("没有受理时间" in line for line in unknown.trace)
    far = rules.apply(Situation("停水", department="gongshui", received_at=datetime(2099, 5, 3, 12)))
    assert any("2099年的节假日安排未知" in line for line in far.trace)


def test_places_are_read_before_the_whole_text(tmp_path: Path) -> None:
    rules = load_place_rules(written(tmp_path, RULE))
    named_elsewhere = Situation("我在东湖上班，家里在西关", ("西关街",), department="linye")
    assert rules.apply(named_elsewhere).department == "linye"
    assert rules.apply(Situation("东湖边的树", department="linye")).department == "shuili"


def test_all_conditions_must_hold(tmp_path: Path) -> None:
    body = RULE + 'kind = ["投诉"]\nmatter = ["环境保护"]\nnot_place = ["西岸"]\n'
    rules = load_place_rules(written(tmp_path, body))
    right = {"matter": ("环境保护", "环境污染"), "kind": "投诉", "department": "linye"}
    assert rules.apply(Situation("东湖水臭", **right)).held == ("a",)  # type: ignore[arg-type]
    for wrong in ({"kind": "咨询"}, {"matter": ("城乡建设", "")}, {"text": "东湖西岸水臭"}):
        assert rules.apply(Situation(**{"text": "东湖水臭", **right, **wrong})).held == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (RULE.replace("shuili", "water"), "单位不存在"),
        (RULE + 'kind = ["吵架"]', "类型不存在"),
        (RULE + 'matter = ["水/深"]', "事项不存在"),
        (RULE + 'days = "sunday"', "日子不存在"),
        (RULE + 'hours = "18-8"', "hours 不对"),
        (RULE + 'season = [["10-01", "05-01"]]', "season 不对"),
        (RULE + "go_on = 1", "go_on 不对"),
        (RULE + 'wehn = "x"', "不认识的键 wehn"),
        (RULE + RULE, "id 重复"),
        (RULE.replace('place = ["东湖"]\n', ""), "没有条件"),
        (RULE.replace('use = "shuili"\n', ""), "没有结果"),
        ("", "没有 [[rule]]"),
    ],
)
def test_a_wrong_rule_is_named(tmp_path: Path, body: str, said: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        load_place_rules(written(tmp_path, body))
    assert said in str(caught.value)
