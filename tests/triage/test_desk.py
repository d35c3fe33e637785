"""The desk with the real gates and a classifier that always says the same."""

from __future__ import annotations

from collections.abc import Sequence

from triage.catalogue.book import load_catalogue
from triage.classifier.thresholds import Thresholds
from triage.desk import TriageDesk
from triage.values import Action, Complaint, DepartmentScore, LabelScore, MatterScore, Prediction


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
