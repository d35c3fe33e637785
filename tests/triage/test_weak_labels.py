"""Departments that replies name; our own phrases as training rows; both with sentences of our own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from triage.catalogue.book import load_catalogue
from triage.classifier.linear import as_logits
from triage.training.data import KINDS, PHRASE, URGENCIES, load_rows
from triage.training.labels import current_labels, label_of
from triage.training.linear import train_linear
from triage.training.pseudo import pseudo_rows
from triage.training.weak import _TABLES, WEIGHT, handling_department


@pytest.mark.parametrize(
    ("reply", "department"),
    [
        ("您好，经市教育局核实，该校没有补课。", "jiaoyu"),
        ("您的留言已转交县交通运输局办理。", "jiaotong"),
        ("某区城管执法局回复：摊点已经取缔。", "chengguan"),
        ("情况已经查明，请您放心。某县公安局交警大队 2019年3月1日", "jiaojing"),
        ("感谢您对环保工作的支持！", "shengtai"),
        ("请携带材料到市医保局窗口办理。", "yibao"),
        ("路面已经修好，谢谢。", None),
        ("某某街道办事处已派人处理。", None),
        ("经市教育局核实，又经市公安局调查，现答复如下。", None),
        ("您可向住建局或城管局反映。", None),
        ("", None),
    ],
)
def test_reply_names_its_department(reply: str, department: str | None) -> None:
    assert handling_department(reply) == department


def test_tables_hold_departments_of_the_catalogue() -> None:
    known = set(load_catalogue().ids)
    assert set(_TABLES["units"]) <= known and set(_TABLES["work"]) <= known
    # Whoever answers for his own street is not thereby competent.
    assert "jiedao" not in _TABLES["units"]


def test_unlabelled_rows_with_a_reply_become_weak(tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    rows = [
        {"title": "补课", "text": "学校周末补课收费", "reply": "经市教育局核实，已要求退费。"},
        {"title": "修路", "text": "门口的路坏了很久", "reply": "谢谢留言。"},
        {"title": "修路", "text": "另一条路也坏了", "department": "jiaotong", "reply": "经市教育局核实。"},
    ]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    weak, pool, plain = load_rows([file], workers=1)
    assert (weak.source, weak.dept, weak.weight, weak.by_hand) == ("weak", "jiaoyu", WEIGHT, False)
    assert (pool.source, pool.dept, pool.by_hand) == ("pool", None, False)
    assert (plain.source, plain.dept, plain.weight, plain.by_hand) == ("plain", "jiaotong", 1.0, True)


def test_phrases_carry_labels_that_exist() -> None:
    labels, rows = current_labels(), pseudo_rows()
    for head in ("level1", "level2", "department", "kind", "urgency"):
        assert {label_of(row, head) for row in rows} - {None} <= set(labels.of(head))  # type: ignore[arg-type]
    assert {row.kind for row in rows} >= set(KINDS) and {row.urgency for row in rows} >= set(URGENCIES)
    assert len({row.id for row in rows}) == len(rows)


def test_phrases_alone_teach_an_everyday_question() -> None:
    rows = pseudo_rows()
    labels = current_labels()
    scores = train_linear(rows, labels).logits(["快递丢了怎么办", "我家停电了"])["department"]
    assert [labels.departments[column] for column in scores.argmax(axis=1)] == ["youzheng", "gongdian"]


def test_phrases_shape_no_vocabulary() -> None:
    rows = pseudo_rows()
    whole = [row for row in rows if row.source != PHRASE]
    labels = current_labels()
    sizes = [sum(map(len, train_linear(part, labels).vocabularies)) for part in (rows, whole)]
    assert sizes[0] == sizes[1]


def test_logits_keep_the_order_and_soften_what_is_unsure() -> None:
    scores = np.array([[-1.4, -1.0, -0.9, 0.0, 0.9, 1.2]], dtype=np.float32)
    logits = as_logits(scores)
    assert (np.diff(logits[0]) > 0).all() and np.isfinite(logits).all()
    # Half a share against a tenth is further apart than nine tenths against a half.
    assert logits[0, 3] - logits[0, 2] > logits[0, 4] - logits[0, 3]
