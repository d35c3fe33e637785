"""The desk with the real gates and a classifier that always says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from triage.catalogue.book import load_catalogue
from triage.catalogue.dispatch import DispatchEntry
from triage.catalogue.entries import DispatchCatalogue, load_dispatch
from triage.classifier.thresholds import Thresholds
from triage.desk import TriageDesk
from triage.policy.clocks import ClockError
from triage.policy.place_rules import load_place_rules
from triage.values import Action, Complaint, DepartmentScore, Evidence, LabelScore, MatterScore, Prediction


class _Calm:
    """Finds nothing urgent in anything."""

    name = "calm"
    thresholds = Thresholds(None, 0.05)

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        calm = Prediction(
            (MatterScore("城乡建设", "城市建设和市政管理", 0.9),),
            (
                DepartmentScore("gongshui", "供水供气供热企业", 0.9),
                DepartmentScore("zhujian", "住房城乡建设局", 0.1),
            ),
            (LabelScore("投诉", 1.0),),
            (LabelScore("一般", 0.9), LabelScore("较急", 0.08), LabelScore("紧急", 0.02)),
        )
        return [calm for _ in texts]


def _desk() -> TriageDesk:
    return TriageDesk(_Calm(), load_catalogue())


def test_an_emergency_is_urgent_whatever_the_model_read() -> None:
    found = _desk().handle(Complaint(text="楼道里有很浓的燃气味，刚才有邻居说头晕"))
    assert found.decision.action is Action.EMERGENCY
    assert found.prediction.urgency[0].label == "紧急"
    assert "119" in found.decision.channel


def test_without_a_gate_the_model_stands() -> None:
    found = _desk().handle(Complaint(text="小区门口的路灯有三盏不亮了"))
    assert found.decision.action is Action.REVIEW
    assert found.prediction.urgency[0].label == "一般"


def test_what_is_known_of_a_person_goes_no_further() -> None:
    found = _desk().handle(Complaint(title="路灯", text="路灯不亮，请打13800138000找我"))
    assert "13800138000" not in repr(found)
    assert found.masked.text.startswith("路灯\n")


class _For(_Calm):
    """Believes in one department."""

    def __init__(self, department: str, name: str) -> None:
        self._first = DepartmentScore(department, name, 0.9)

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        return [replace(one, department=(self._first, one.department[1])) for one in super().predict(texts)]


def test_a_barred_unit_leaves_the_list_and_a_person_decides() -> None:
    desk = TriageDesk(_For("chengguan", "城市管理综合执法局"), load_catalogue())
    found = desk.handle(Complaint(text="投诉城管局乱罚款，手续都是齐的，请查清楚"))
    assert found.prediction.department[0].id == "xinfang"
    assert "chengguan" not in {one.id for one in found.prediction.department}
    assert found.decision.action is Action.REVIEW
    assert found.decision.reasons[0].startswith(("改派", "模型"))
    assert any(reason.startswith("改派：诉求针对城管局") for reason in found.decision.reasons)
    assert "not_to_accused" in {clause.id for clause in found.clauses}


def test_place_rules_change_the_route_where_a_city_has_them(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(
        '[[rule]]\nid="x"\nwhy="试行办法"\nplace=["东湖"]\nuse="shuili"\nchannel="96000"\n', "utf-8"
    )
    text = "东湖公园的水面漂着垃圾，没有人打捞"
    plain = _desk().handle(Complaint(text=text))
    placed = TriageDesk(_Calm(), load_catalogue(), places=load_place_rules(rules)).handle(
        Complaint(text=text)
    )
    assert plain.prediction.department[0].id != "shuili" and not any(
        "属地规则" in line for line in plain.trace
    )
    assert placed.prediction.department[0].id == "shuili" and placed.decision.channel == "96000"
    assert any("属地规则 x：适用" in line for line in placed.trace)


def test_every_step_leaves_its_line_and_its_values() -> None:
    found = _desk().handle(
        Complaint(text="城西整个小区停水三天了，老人孩子都没水喝", received_at=datetime(2026, 11, 23, 9))
    )
    heads = [line.split("：")[0] for line in found.trace]
    assert heads == ["派单目录", "风险信号", "闸门", "守卫", "建议", "时限"]
    assert found.prediction.urgency[0].label == "紧急"
    assert {signal.kind for signal in found.signals} >= {"mass_outage", "no_water"}
    assert found.slots is not None and found.questions and found.clauses
    assert found.deadlines[0].start == date(2026, 11, 23)


def test_an_entry_with_an_unknown_clock_is_refused_at_the_start() -> None:
    entry = DispatchEntry(
        "x", "试", "城乡建设", "物业", "", "zhujian", (), (), (), "no_such_clock", (), (), ("路灯",)
    )
    with pytest.raises(ClockError, match="no_such_clock"):
        TriageDesk(_Calm(), load_catalogue(), dispatch=DispatchCatalogue((entry,)))


def test_the_words_shown_speak_for_the_unit_that_is_shown() -> None:
    class Wrong(_Calm):
        def predict(self, texts: Sequence[str]) -> list[Prediction]:
            said = super().predict(texts)[0]
            unsure = (
                DepartmentScore("gongshui", "供水供气供热企业", 0.5),
                DepartmentScore("zhujian", "住房城乡建设局", 0.4),
            )
            word = Evidence("路口", 0, 2, 1.0)
            return [replace(said, department=unsure, evidence=(word,)) for _ in texts]

    found = TriageDesk(Wrong(), load_catalogue()).handle(Complaint(text="路口的路灯坏了三天，晚上一片漆黑"))
    first = found.prediction.department[0].id
    assert first == load_dispatch().entry("cj_ludeng").lead != "gongshui"
    shown = found.prediction.evidence
    assert "路灯" in {one.text for one in shown}
    assert all(found.masked.text[one.start : one.end] == one.text for one in shown)
