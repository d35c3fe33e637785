"""The router end to end on messages of our own: train, save, load, predict, refuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from router_samples import gold_rows, level1_rows, small_recipe, write_rows

from foundation.errors import ArtefactError
from triage.catalogue.book import load_catalogue
from triage.classifier.artefact import read_artefact
from triage.classifier.router import Router
from triage.desk import TriageDesk
from triage.errors import BadComplaint, ModelError, TrainingDataError
from triage.taxonomy.tree import load_taxonomy
from triage.training.data import KINDS, URGENCIES, load_rows
from triage.training.recipe import train_router
from triage.values import Action, Complaint


@pytest.fixture(scope="module")
def artefact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("router")
    files = [
        write_rows(folder / "gold.jsonl", gold_rows()),
        write_rows(folder / "level1.jsonl", level1_rows()),
    ]
    train_router(files, folder / "out", small_recipe())
    return folder / "out"


@pytest.fixture(scope="module")
def router(artefact: Path) -> Router:
    return Router.load(artefact)


QUERY = "物业乱收停车费\n小区物业公司不公开账目，电梯坏了没人维修"


def test_learns_and_ranks_every_head(router: Router) -> None:
    found = router.predict([QUERY, "工厂拖欠工资三个月，老板不签合同"])
    assert [one.department[0].id for one in found] == ["zhujian", "renshe"]
    assert found[0].matter[0].level1 == "城乡建设"
    assert found[1].kind[0].label == "求助"
    assert len(found[0].matter) >= 5 and len(found[0].department) >= 5
    assert {one.label for one in found[0].kind} == set(KINDS)
    assert {one.label for one in found[0].urgency} == set(URGENCIES)


def test_every_list_is_ranked_and_sums_to_at_most_one(router: Router) -> None:
    for prediction in router.predict([QUERY, "a", "。", "公交" * 3000]):
        for ranked in (prediction.matter, prediction.department, prediction.kind, prediction.urgency):
            p = [one.p for one in ranked]
            assert p == sorted(p, reverse=True)
            assert sum(p) <= 1 + 1e-4 and min(p) >= 0


def test_only_existing_matters_come_out(router: Router) -> None:
    taxonomy = load_taxonomy()
    for prediction in router.predict([QUERY, "完全无关的一句话"]):
        assert all(taxonomy.is_path(one.level1, one.level2) for one in prediction.matter)


def test_paths_sum_to_level1(router: Router) -> None:
    found = router.probabilities([QUERY])
    for column, name in enumerate(router.labels.level1):
        inside = [n for n, (level1, _) in enumerate(router.labels.pairs) if level1 == name]
        assert found["level2"][0, inside].sum() == pytest.approx(found["level1"][0, column], abs=1e-9)


def test_first_matter_lies_in_the_first_level1(router: Router) -> None:
    texts = [str(row["text"])[at : at + 6] for row in gold_rows(2) for at in (0, 5, 10)]
    found = router.probabilities(texts)
    for row, prediction in enumerate(router.predict(texts)):
        assert prediction.matter[0].level1 == router.labels.level1[found["level1"][row].argmax()]


def test_evidence_stands_in_the_text(router: Router) -> None:
    evidence = router.predict([QUERY])[0].evidence
    assert evidence and any("物业" in one.text for one in evidence)
    for one in evidence:
        assert QUERY[one.start : one.end] == one.text and 0 < one.weight <= 1


def test_masks_are_never_evidence(router: Router) -> None:
    text = "〔手机号〕物业公司乱收停车费〔姓名〕"
    assert all(
        "〔" not in one.text and "手机号" not in one.text for one in router.predict([text])[0].evidence
    )


def test_a_text_does_not_depend_on_its_company(router: Router) -> None:
    alone = router.predict([QUERY])[0]
    crowd = router.predict(["公交车太少", QUERY, *["工资" * n for n in range(1, 300)]])[1]
    assert alone == crowd


def test_long_messages_are_read_whole(router: Router) -> None:
    noise = "今天天气很好我们去散步。" * 400
    assert router.predict([noise])[0] != router.predict([noise + "医院误诊，医生收红包。" * 30])[0]


def test_seen_knows_training_texts_and_no_others(artefact: Path, router: Router) -> None:
    row = gold_rows()[0]
    assert router.seen([f"{row['title']}\n{row['text']}", "没有训练过的一句话"]) == [True, False]
    assert router.seen([f"{row['title']} {row['text']}。"]) == [True]


def test_nothing_to_predict(router: Router) -> None:
    assert router.predict([]) == [] and router.seen([]) == []


def test_artefact_holds_card_and_no_text(artefact: Path) -> None:
    card = (artefact / "README.md").read_text("utf-8")
    assert "state none" in card and "Limits" in card and "department/gold" in card
    everything = b"".join(path.read_bytes() for path in artefact.rglob("*") if path.is_file())
    assert str(gold_rows()[0]["text"]).encode() not in everything
    assert not list(artefact.rglob("*.pkl"))


def test_same_data_same_router(artefact: Path, tmp_path: Path) -> None:
    source = artefact.parent
    again = train_router([source / "gold.jsonl", source / "level1.jsonl"], tmp_path / "again", small_recipe())
    assert again.manifest.hash == Router.load(artefact).manifest.hash


def test_missing_artefact_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="没有找到可用的 router 目录"):
        Router.load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["linear/linear.safetensors", "seen.safetensors", "linear/linear.json"])
def test_damaged_artefact_is_refused(artefact: Path, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(artefact, copy)
    data = (copy / name).read_bytes()
    (copy / name).write_bytes(data[: len(data) // 2])
    with pytest.raises(ArtefactError, match="已损坏"):
        Router.load(copy)


def test_manifest_without_labels_is_refused(artefact: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(artefact, copy)
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    del manifest["details"]["labels"]["kinds"]
    (copy / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
    with pytest.raises(ModelError, match="标签集不完整"):
        Router.load(copy)


def test_experts_that_were_calibrated_as_one_head_are_refused(artefact: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(artefact, copy)
    text = (copy / "manifest.json").read_text("utf-8").replace('"level1.gate":', '"level1":')
    (copy / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(ModelError, match=r"两套标签.*level1.fine.*重新训练"):
        Router.load(copy)


def test_labels_that_no_longer_exist_are_refused(artefact: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(artefact, copy)
    text = (copy / "manifest.json").read_text("utf-8").replace('"zhujian"', '"nobody"')
    (copy / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(ModelError, match=r"与现行目录不符.*nobody"):
        Router.load(copy)


def test_eight_bit_weights_change_little(artefact: Path) -> None:
    member = read_artefact(artefact).members["linear"]
    logits = member.logits([QUERY])
    assert all(np.isfinite(values).all() for values in logits.values())


def test_desk_masks_before_it_decides(router: Router) -> None:
    desk = TriageDesk(router, load_catalogue())
    triage = desk.handle(Complaint("物业公司乱收停车费，电话13912345678", id="t1"))
    assert "13912345678" not in repr(triage) and "〔手机号〕" in triage.masked.text
    assert triage.id == "t1" and triage.model == router.name
    assert triage.decision.action in (Action.AUTO, Action.REVIEW)
    suggested = triage.prediction.department[0].name
    assert any(suggested in reason for reason in triage.decision.reasons)


def test_desk_answers_many_as_it_answers_one(router: Router) -> None:
    desk = TriageDesk(router, load_catalogue())
    complaints = [Complaint("医院误诊不承认", id="1"), Complaint("公交班次太少，建议增加", id="2")]
    assert desk.handle_many(complaints) == [desk.handle(one) for one in complaints]


def test_desk_lets_danger_go_first(router: Router) -> None:
    desk = TriageDesk(router, load_catalogue())
    assert desk.handle(Complaint("楼下着火了，有人被困在里面")).decision.action is Action.EMERGENCY


def test_desk_refuses_what_is_no_complaint(router: Router) -> None:
    with pytest.raises(BadComplaint, match="内容为空"):
        TriageDesk(router, load_catalogue()).handle(Complaint("？！"))


def test_unknown_label_names_row_and_label(tmp_path: Path) -> None:
    rows = gold_rows(1)
    rows[2]["dept"] = "nobody"
    with pytest.raises(TrainingDataError, match=r"第 3 行的单位不存在.*nobody"):
        load_rows([write_rows(tmp_path / "bad.jsonl", rows)])


def test_no_usable_row(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match="没有可用的训练数据"):
        load_rows([write_rows(tmp_path / "empty.jsonl", [])])


def test_plain_columns(tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text(
        "title,text,level1,department,kind,urgency\n停水,家里停水三天,城乡建设,gongshui,投诉,\n", "utf-8"
    )
    row = load_rows([path])[0]
    assert (row.source, row.level1, row.dept, row.kind, row.urgency) == (
        "plain", "城乡建设", "gongshui", "投诉", None,
    )  # fmt: skip
