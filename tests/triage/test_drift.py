"""Messages of another world are told from complaints by the share of terms that the router never met."""

from __future__ import annotations

import pytest

from triage.catalogue.book import load_catalogue
from triage.classifier.drift import STRANGE, unknown_share
from triage.classifier.router import Router
from triage.desk import TriageDesk
from triage.values import Action, Complaint


@pytest.fixture(scope="module")
def router() -> Router:
    return Router.load()


@pytest.mark.parametrize(
    "text",
    [
        "小区楼下的烧烤店半夜还在营业，油烟熏得人睡不着，找过物业也没有用，希望尽快处理。",
        "公司拖欠我们三个月的工资，老板电话不接，劳动合同也没有签，请问应该找哪个部门？",
    ],
)
def test_complaints_are_familiar(router: Router, text: str) -> None:
    assert router.unknown_share(text) < STRANGE / 2


@pytest.mark.parametrize(
    "text",
    [
        "The quick brown fox jumps over the lazy dog and runs away into the dark forest",
        "量子纠缠态的贝尔不等式检验需要考虑探测器效率漏洞与局域隐变量模型的光子偏振关联",
    ],
)
def test_other_worlds_are_strange(router: Router, text: str) -> None:
    assert router.unknown_share(text) >= STRANGE


def test_too_few_terms_say_nothing(router: Router) -> None:
    assert router.unknown_share("ʘ") == 0.0
    assert unknown_share("任何文字都没有词表可查", []) == 0.0


def test_a_strange_message_goes_to_a_person(router: Router) -> None:
    text = "The quick brown fox jumps over the lazy dog and runs away into the dark forest"
    decision = TriageDesk(router, load_catalogue()).handle(Complaint(text)).decision
    assert decision.action is Action.REVIEW
    assert any("用语陌生" in reason for reason in decision.reasons)
