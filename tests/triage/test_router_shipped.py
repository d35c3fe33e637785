"""The router that ships with the package: it loads, it is small, it holds no pickle, it sorts plain cases."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from eval.refusal_sets import EVERYDAY
from triage.classifier.artefact import DEFAULT
from triage.classifier.router import Router
from triage.desk import TriageDesk
from triage.values import Complaint

MOST_BYTES = 30_000_000


@pytest.fixture(scope="module")
def router() -> Router:
    return Router.load()


def test_small_and_without_pickle() -> None:
    files = [path for path in DEFAULT.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES
    assert {path.suffix for path in files} <= {".json", ".safetensors", ".md", ".txt", ".onnx"}


def test_card_and_manifest_agree(router: Router) -> None:
    card = (DEFAULT / "README.md").read_text("utf-8")
    assert router.manifest.details["data"]["hash"] in card
    assert str(router.manifest.details["figures"]["test"]["level1/c2"]["macro_f1"]) in card
    assert "state none" in card


def test_keeps_what_was_promised(router: Router) -> None:
    figures = router.manifest.details["figures"]
    assert figures["test"]["level1/c2"]["macro_f1"] >= 0.90
    assert figures["out_of_fold"]["department/gold"]["accuracy"] >= 0.70
    assert figures["out_of_fold"]["department/gold"]["acceptable"] >= 0.85
    # A perfectly calibrated model with these confidences reads .036 (15 bins of 58).
    assert figures["out_of_fold"]["department/gold"]["ece"] <= 0.06


@pytest.mark.parametrize(
    ("text", "department"),
    [
        ("小区楼下烧烤店半夜还在营业，油烟和噪音让人没法睡", "chengguan"),
        ("公司拖欠我三个月工资不发，老板电话打不通", "renshe"),
        ("路口红绿灯坏了，车辆乱停，早高峰很危险", "jiaojing"),
        ("开发商逾期交房，物业乱收费", "zhujian"),
        ("小孩转学需要什么手续，学区怎么划分", "jiaoyu"),
    ],
)
def test_plain_cases(router: Router, text: str, department: str) -> None:
    assert router.predict([text])[0].department[0].id == department


@pytest.mark.parametrize(("half", "least"), [("develop", 0.85), ("held", 0.80)])
def test_short_everyday_questions(router: Router, half: str, least: float) -> None:
    table = tomllib.loads(EVERYDAY.read_text("utf-8"))[half]
    cases = [(question, ids.split(",")) for ids, questions in table.items() for question in questions]
    found = router.predict([question for question, _ in cases])
    right = [one.department[0].id in ids for one, (_, ids) in zip(found, cases, strict=True)]
    sure = [one.department[0].p >= 0.9 for one in found]
    assert sum(right) / len(right) >= least
    assert sum(not ok for ok, is_sure in zip(right, sure, strict=True) if is_sure) <= 0.05 * sum(sure)


@pytest.mark.data
def test_nothing_personal_survives_on_real_messages(router: Router, data_dir: Path) -> None:
    from triage.catalogue.book import load_catalogue

    lines = (data_dir / "petition" / "dispatch_gold_dev.jsonl").read_text("utf-8").splitlines()[:60]
    rows = [json.loads(line) for line in lines]
    complaints = [Complaint(f"{row['text']}联系电话13912345678", row["title"] or "") for row in rows]
    answers = TriageDesk(router, load_catalogue()).handle_many(complaints)
    assert len(answers) == len(rows)
    assert not any("13912345678" in repr(answer) for answer in answers)
