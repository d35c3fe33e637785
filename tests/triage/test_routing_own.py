"""Automatic proposal rests on the router's own probability, for that was what the threshold was proven on."""

from __future__ import annotations

from triage.catalogue.book import load_catalogue
from triage.classifier.thresholds import Thresholds
from triage.policy.routing import Grounds, decide
from triage.values import Action, DepartmentScore, Prediction

CATALOGUE = load_catalogue()


def score(id: str, p: float) -> DepartmentScore:
    return DepartmentScore(id, CATALOGUE.department(id).name, p)


def prediction(p: float) -> Prediction:
    return Prediction((), (score("chengguan", p), score("shengtai", 0.05)), (), ())


def test_a_probability_that_only_the_catalogue_raised_proposes_nothing() -> None:
    grounds = Grounds(own=score("chengguan", 0.5))
    decision = decide(prediction(0.9), Thresholds(0.7), CATALOGUE, grounds=grounds)
    assert decision.action is Action.REVIEW
    assert "50%" in decision.reasons[0]


def test_where_catalogue_and_router_differ_a_person_chooses() -> None:
    grounds = Grounds(own=score("shengtai", 0.95))
    decision = decide(prediction(0.9), Thresholds(0.7), CATALOGUE, grounds=grounds)
    assert decision.action is Action.REVIEW and "模型首选" in decision.reasons[0]


def test_where_both_agree_and_the_router_is_sure_it_is_proposed() -> None:
    grounds = Grounds(own=score("chengguan", 0.8))
    assert decide(prediction(0.9), Thresholds(0.7), CATALOGUE, grounds=grounds).action is Action.AUTO
