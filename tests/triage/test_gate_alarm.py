"""The learned ear of the gates, and `zhili eval gates` on the 200 cases."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from eval.errors import DataMissing
from eval.gates import evaluate_gates, half, read_cases
from triage.errors import CatalogueError
from triage.policy.alarm import Alarm, load_alarm, ngrams
from triage.policy.gates import check_gates
from triage.values import Action

CASES = Path(__file__).parent / "gate_cases_200.toml"


def test_the_score_is_the_logistic_sum_over_the_root_of_the_ngrams() -> None:
    alarm = Alarm({"火": 2.0, "着火": 3.0}, -1.0, 0.5)
    assert len(ngrams("着火")) == 3
    assert alarm.score("着火") == pytest.approx(1 / (1 + math.exp(-(5 / math.sqrt(3) - 1))))
    assert alarm.score("") == 0.0
    assert alarm.words("着火了") == ("着火",)


def test_unforeseen_words_are_heard_and_said_to_be_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.policy.gates.load_alarm", lambda: Alarm({"螺旋桨": 90.0}, -5.0, 0.5))
    decision = check_gates("船尾那个螺旋桨把绳子绞住了")
    assert decision is not None and decision.action is Action.EMERGENCY
    assert "110" in decision.channel and "螺旋桨" in decision.reasons[1]
    assert "学得" in decision.reasons[0]
    assert check_gates("螺旋桨，" * 40) is None


def test_an_everyday_matter_is_not_heard() -> None:
    assert load_alarm().score("小区停车收费标准没有公示") < 0.1


def test_what_is_wrong_with_the_file_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "alarm.json"
    broken.write_text('{"weights": []}', "utf-8")
    with pytest.raises(CatalogueError, match=r"无法读取 alarm\.json"):
        load_alarm(broken)


def test_the_half_that_was_never_learned() -> None:
    scores = evaluate_gates(CASES, part=1).scores
    assert scores["emergency.recall"].value >= 0.95
    assert scores["emergency.precision"].value >= 0.8
    assert scores["channel.macro_f1"].value >= 0.75


def test_there_are_200_and_half_are_hard_negatives() -> None:
    cases = read_cases(CASES)
    assert len(cases) == len({case.text for case in cases}) == 200
    ordinary = sum(case.channel == "热线受理" for case in cases)
    assert 95 <= ordinary <= 105
    assert 80 <= sum(half(case.text) for case in cases) <= 120


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.toml", '"热线" = [["", "x"]]', "不认识的类别"),
        ("a.toml", "x = 1", "不是闸门用例"),
        ("a.jsonl", '{"text": "x"}', "不是闸门用例"),
        ("a.jsonl", "", "没有用例"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, name: str, body: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(body, "utf-8")
    with pytest.raises(DataMissing, match=said):
        evaluate_gates(path)
