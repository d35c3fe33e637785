"""The kind of a message (诉求类型): titles that name it, our own messages, the logistic head."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from router_samples import gold_rows, write_rows
from scipy.sparse import csr_matrix, random_array
from sklearn.linear_model import LogisticRegression

from triage.classifier.linear import (
    SPEC_FILE,
    UNTRAINED_LOGIT,
    HeadWeights,
    LinearMember,
    as_logits,
)
from triage.classifier.rows import Row
from triage.training.corrections import teach
from triage.training.cues import FEWEST, SHARE, cued_rows, load_cues
from triage.training.data import KINDS, PHRASE, TrainingRow, load_rows
from triage.training.labels import current_labels
from triage.training.linear import LinearArguments, train_linear
from triage.training.logistic import fit_logistic
from triage.training.pseudo import KIND_MESSAGES, pseudo_rows
from triage.training.ridge import Space

SMALL = LinearArguments(least=1, most_terms=2000, directions=5)


def row(number: int, title: str, body: str, kind: str | None = None, source: str = "pool") -> TrainingRow:
    return TrainingRow(f"{source}:{number}", f"{title}\n{body}", source, f"g{number}", kind=kind)


HAND = [row(n, "标题", "正文", kind, "gold") for n, kind in enumerate([*["举报"] * 4, *["咨询"] * 2])]


def test_title_names_the_kind_and_loses_the_words_that_did() -> None:
    pool = [row(10, "举报后山采石场夜间开工", "请去看一看。"), row(11, "咨询落户条件", "什么时候能办。")]
    found = cued_rows([*HAND, *pool])
    assert [(one.kind, one.source, one.group) for one in found] == [
        ("举报", PHRASE, "g10"), ("咨询", PHRASE, "g11"),
    ]  # fmt: skip
    assert found[0].text == "后山采石场夜间开工\n请去看一看。" and found[1].text.startswith("落户条件\n")
    assert all(one.dept is None and one.level1 is None and not one.by_hand for one in found)


@pytest.mark.parametrize(
    "unfit",
    [
        row(10, "路灯", "举报路灯不亮。"),
        row(10, "举报夜间施工扰民", "每天如此。"),
        row(10, "举报采石场", ""),
        row(10, "举报采石场", "夜里开工。", "投诉", "plain"),
    ],
    ids=["says nothing", "names two", "no body", "labelled by hand"],
)
def test_other_rows_teach_no_kind(unfit: TrainingRow) -> None:
    assert cued_rows([*HAND, unfit]) == []


def test_weak_examples_weigh_a_share_of_those_by_hand() -> None:
    hand = [row(100 + n, "标题", "正文", "举报", "gold") for n in range(2 * FEWEST)]
    pool = [row(10 + n, "举报采石场", f"第{n}次。") for n in range(7)]
    found = cued_rows([*hand, *pool, row(30, "求助找水", "没有水喝。")])
    assert sum(one.weight for one in found if one.kind == "举报") == pytest.approx(SHARE * 2 * FEWEST)
    assert [one.weight for one in found if one.kind == "求助"] == [pytest.approx(SHARE * FEWEST)]
    assert cued_rows(pool) == []


def test_thanks_with_a_wish_are_no_praise() -> None:
    praise = row(10, "感谢社区帮老人装扶手", "师傅们辛苦了。")
    wish = row(11, "感谢答复，希望尽快修好", "还是漏水。")
    assert [one.id for one in cued_rows([*HAND, praise, wish])] == [f"cued:{praise.id}"]


def test_cues_and_messages_name_kinds_that_exist() -> None:
    messages = tomllib.loads(KIND_MESSAGES.read_text("utf-8"))
    assert set(messages) == set(KINDS) and set(load_cues()) == set(KINDS)
    texts = [text for found in messages.values() for text in found]
    assert len(set(texts)) == len(texts) and all(len(found) >= 25 for found in messages.values())
    taught = {(one.text, one.kind) for one in pseudo_rows() if one.source == PHRASE}
    assert {(text, kind) for kind, found in messages.items() for text in found} <= taught


@pytest.mark.parametrize("classes", [2, 4])
def test_weights_are_those_of_the_regression(classes: int) -> None:
    chance = np.random.default_rng(1)
    features = csr_matrix(random_array((60, 30), density=0.3, rng=chance))
    space = Space(features, chance.normal(size=(30, 3)), blocks=1)
    rows, wanted = np.arange(60), np.arange(60) % classes
    weights, bias = fit_logistic(space, rows, wanted, np.arange(classes), np.ones(60), 5.0)
    inside = np.hstack([features.toarray(), features @ space.basis]) / np.sqrt(space.parts)
    sure = LogisticRegression(C=5.0, max_iter=300, tol=1e-3).fit(inside, wanted).predict_proba(inside)
    logits = features @ weights + bias
    found = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert np.abs(found - sure).max() < 0.01


def test_logits_of_a_logistic_head_are_its_scores() -> None:
    weights = np.array([[2.0, -2.0], [0.5, -0.5]])
    head = HeadWeights.quantise(weights, np.zeros(2), [0, 2], 3, logistic=True)
    one, first = np.ones(1, np.float32), np.zeros(1, np.int64)
    row = [Row(columns=first, values=one, counts=one, which=first, start=first, end=first + 1, weight=one)]
    assert head.logits(row)[0] == pytest.approx([2.0, UNTRAINED_LOGIT, -2.0], abs=0.02)
    plain = HeadWeights.quantise(weights, np.zeros(2), [0, 2], 3)
    assert plain.logits(row) == pytest.approx(as_logits(plain.scores(row)))


@pytest.fixture(scope="module")
def member(tmp_path_factory: pytest.TempPathFactory) -> LinearMember:
    file = write_rows(tmp_path_factory.mktemp("kind") / "gold.jsonl", gold_rows(3))
    return train_linear([*load_rows([file], workers=1), *pseudo_rows()], current_labels(), SMALL)


def test_kind_alone_is_logistic_and_knows_our_messages(member: LinearMember) -> None:
    assert [name for name, head in member.heads.items() if head.logistic] == ["kind"]
    texts = [
        "楼下麻将馆聚众赌博，请派出所查处",
        "谢谢窗口的姑娘，特意打电话来表扬她",
        "我家老人病重没钱治，求政府帮帮我们",
    ]
    found = member.logits(texts)["kind"].argmax(axis=1)
    assert [KINDS[column] for column in found] == ["举报", "表扬", "求助"]


def test_saved_member_reads_the_same_and_an_older_one_opens(member: LinearMember, tmp_path: Path) -> None:
    member.save(tmp_path)
    texts = ["请问怎么办理居住证", "建议多种树"]
    again = LinearMember.load(tmp_path)
    assert again.heads["kind"].logistic
    for head, logits in member.logits(texts).items():
        assert np.array_equal(again.logits(texts)[head], logits)
    spec = json.loads((tmp_path / SPEC_FILE).read_text("utf-8"))
    del spec["logistic"]
    (tmp_path / SPEC_FILE).write_text(json.dumps(spec), "utf-8")
    assert not any(head.logistic for head in LinearMember.load(tmp_path).heads.values())


def test_a_correction_moves_a_logistic_head(member: LinearMember) -> None:
    text = "门口的树倒了\n请来人看看。"
    said = KINDS[int(member.logits([text])["kind"].argmax())]
    other = "建议" if said != "建议" else "求助"
    taught = teach(member, [TrainingRow("plain:1", text, "plain", "g", kind=other)], current_labels())
    logits = taught.logits([text])["kind"][0]
    assert KINDS[int(logits.argmax())] == other and taught.heads["kind"].logistic
