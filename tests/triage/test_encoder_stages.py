"""The two stages of the encoder member: what each may see, and that folds share one foundation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from triage.classifier.calibration import mixed
from triage.classifier.conventions import COARSE, FINE, GATE
from triage.classifier.encoder import module_name, named_heads
from triage.classifier.member import Labels
from triage.training.arguments import Stages
from triage.training.calibrate import calibrate
from triage.training.data import PHRASE, TrainingRow
from triage.training.finetune import IGNORED, encode_targets
from triage.training.split import twin_groups, twins_of_complete
from triage.training.stages import foundation_rows

# Messages of our own.
GOLD = TrainingRow(
    "g", "小区门口的路灯坏了半个月没人修，晚上走路很危险，请尽快安排维修", "gold", "g",
    "交通运输", "建设管理", "jiaojing", (), "投诉", "一般",
)  # fmt: skip
TWIN = TrainingRow("t", "反映路灯问题\n" + GOLD.text, "weak", "t", dept="jiaojing", weight=0.1)
COARSE_ROW = TrainingRow("c", "学校要求学生必须买校服而且价格比市场上贵一倍还多", "c2", "c", "教育文体")
POOL = TrainingRow("p", "昨天去公园散步发现长椅全部断了没有地方可以坐着休息", "pool", "p")
WEAK = TrainingRow(
    "w", "幼儿园老师体罚孩子家长去问还不承认请求有关部门调查", "weak", "w", dept="jiaoyu", weight=0.1
)
LABELS = Labels(
    level1=("交通运输", "教育文体"),
    pairs=(("交通运输", "建设管理"), ("教育文体", "体育")),
    departments=("jiaojing", "jiaoyu"),
    kinds=("投诉", "咨询"),
    urgencies=("紧急", "一般"),
)


def test_the_foundation_holds_no_labelled_department_no_twin_of_one_and_no_pool_row() -> None:
    rows = [GOLD, TWIN, COARSE_ROW, POOL, WEAK]
    barred = twins_of_complete(rows, twin_groups(rows))
    found = foundation_rows(rows, Stages(weak_weight=0.5), barred)
    assert [row.id for row in found] == ["c", "w"]
    assert found[1].weight == 0.5


def test_the_foundation_is_the_same_whichever_fold_of_the_labelled_rows_is_missing() -> None:
    other = replace(GOLD, id="g2", group="g2", text="公交车站的座椅坏了一直没有人来修理换新的很不方便")
    rows = [COARSE_ROW, WEAK, POOL, GOLD, TWIN, other]
    barred = twins_of_complete(rows, twin_groups(rows))
    assert barred == {"g", "t", "g2"}
    folds = [[COARSE_ROW, WEAK, POOL, other], [COARSE_ROW, WEAK, POOL, GOLD, TWIN]]
    one, two = (foundation_rows(fold, Stages(), barred) for fold in folds)
    assert [row.id for row in one] == [row.id for row in two]


def test_each_convention_teaches_its_own_expert_and_our_words_say_nothing_of_the_gate() -> None:
    ours = TrainingRow("o", "路灯不亮", PHRASE, "o", "交通运输", "建设管理")
    targets = encode_targets([GOLD, COARSE_ROW, WEAK, ours], LABELS, conventions=True)
    assert targets[module_name(FINE)].tolist() == [0, IGNORED, IGNORED, 0]
    assert targets[module_name(COARSE)].tolist() == [IGNORED, 1, IGNORED, IGNORED]
    assert targets[module_name(GATE)].tolist() == [0, 1, 0, IGNORED]


def test_heads_of_the_network_have_the_names_of_the_heads() -> None:
    one = np.zeros((1, 1), np.float32)
    output = {module_name(GATE): one, "kind": one, module_name(FINE): one, module_name(COARSE): one}
    assert list(named_heads(output)) == ["kind", FINE, COARSE, GATE]


def test_a_member_that_knows_nothing_changes_nothing() -> None:
    random = np.random.default_rng(7)
    rows = [
        replace(GOLD, id=str(n), dept=LABELS.departments[n % 2], level1=None, level2=None) for n in range(200)
    ]
    right = np.array([[3.0, 0.0] if n % 2 == 0 else [0.0, 3.0] for n in range(200)], np.float32)
    noise = random.normal(size=(200, 2)).astype(np.float32)
    knows = right + random.normal(size=(200, 2)).astype(np.float32)
    outputs = {"knows": {"department": knows}, "guesses": {"department": noise}}
    found = mixed(outputs, "department", calibrate(outputs, rows, LABELS), None)
    assert np.mean(found.argmax(axis=1) == knows.argmax(axis=1)) > 0.97
