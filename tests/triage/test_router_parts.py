"""The router's parts: features, splits, calibration, thresholds, routing, evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from triage.catalogue.book import load_catalogue
from triage.classifier.calibration import log_probabilities
from triage.classifier.explain import strongest_words
from triage.classifier.features import FeatureSpec, Vocabulary, count_terms, find_terms
from triage.classifier.linear import HeadWeights
from triage.classifier.thresholds import Thresholds
from triage.policy.routing import decide
from triage.training.calibrate import choose_threshold
from triage.training.data import TrainingRow
from triage.training.promises import clopper_pearson
from triage.training.split import cross_validation, folds, split_rows, twin_groups
from triage.values import Action, DepartmentScore, Evidence, Prediction

CHARACTERS = FeatureSpec(shortest=1, longest=3, words=False, title=1.0)
TEXTS = ["物业乱收停车费", "公交车班次太少", "物业不修电梯", "电梯停用三天", "停车难"]


def _vocabulary(texts: list[str], spec: FeatureSpec, least: int = 1) -> Vocabulary:
    return Vocabulary.fit([count_terms(text, spec) for text in texts], spec, least=least, most_terms=10**6)


def test_features_agree_with_scikit_learn() -> None:
    ours = _vocabulary(TEXTS, CHARACTERS).transform(TEXTS)
    theirs = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True).fit_transform(TEXTS)
    assert ours.shape == theirs.shape
    assert np.allclose((ours @ ours.T).toarray(), (theirs @ theirs.T).toarray(), atol=1e-5)


def test_title_counts_more() -> None:
    spec = FeatureSpec(shortest=1, longest=1, words=False, title=3.0)
    counted = count_terms("停\n停车", spec)
    assert sorted(counted.count.tolist()) == [1.0, 4.0]
    assert count_terms("停车", spec).count.tolist() == [1.0, 1.0]


def test_spaces_case_and_digits_make_no_difference() -> None:
    one, other = count_terms("3 号线 AB", CHARACTERS), count_terms("7号线ab", CHARACTERS)
    assert one.hash.tolist() == other.hash.tolist()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_terms_stand_where_they_say(text: str) -> None:
    terms = find_terms(text, FeatureSpec())
    assert (terms.start >= 0).all() and (terms.end <= len(text)).all() and (terms.start < terms.end).all()


def test_no_terms_no_trouble() -> None:
    vocabulary = _vocabulary(TEXTS, FeatureSpec())
    assert vocabulary.transform(["", "\n", "zzz"]).nnz == 0
    assert vocabulary.transform([]).shape == (0, len(vocabulary))


def _row(id: str, text: str, **labels: object) -> TrainingRow:
    return TrainingRow(id, text, id.split(":")[0], str(labels.pop("group", id)), **labels)  # type: ignore[arg-type]


LONG = "我家楼下的水管从上个月起一直漏水，多次联系维修没有结果，希望尽快处理此事"


def test_twins_are_found_across_sources() -> None:
    rows = [
        _row("c2:1", LONG, level1="城乡建设"),
        _row("gold:1", "标题\n" + LONG + "，谢谢", dept="zhujian"),
        _row("c2:2", "公交车经常晚点半个小时以上，早晚高峰根本挤不上去", level1="交通运输"),
    ]
    twins = twin_groups(rows)
    assert twins[0] == twins[1] != twins[2]


def test_split_is_stable_and_keeps_twins_together() -> None:
    rows = [_row(f"c2:{n}", f"第{n}条", level1="城乡建设", group=f"c2:g{n // 2}") for n in range(400)]
    split = split_rows(rows)
    assert split == split_rows(rows)
    assert not {row.group for row in split.train} & {row.group for row in split.test}
    assert 0.1 < len(split.test) / len(rows) < 0.3
    again = split_rows(rows[:100])
    assert {row.id for row in again.test} == {row.id for row in split.test} & {row.id for row in rows[:100]}


def test_twins_of_test_rows_are_left_out() -> None:
    rows = [_row(f"c2:{n}", f"{n}号{LONG}{n}", level1="城乡建设") for n in range(5)]
    rows += [_row("gold:1", LONG, dept="zhujian")]
    split = split_rows(rows)
    assert not split.test or not split.train


def test_folds_are_even_and_total() -> None:
    rows = [_row(f"gold:{n}", f"第{n}条留言", dept="zhujian") for n in range(53)]
    numbers = folds(rows, 5)
    assert numbers == folds(rows, 5)
    assert max(map(numbers.count, range(5))) - min(map(numbers.count, range(5))) <= 1


def test_cross_validation_tests_each_row_once_and_trains_on_no_twin() -> None:
    rows = [_row(f"gold:{n}", f"{n}" * 30, dept="zhujian") for n in range(10)]
    rows += [_row("gold:a", LONG, dept="zhujian"), _row("c2:a", LONG + "！", level1="城乡建设")]
    tested = []
    for split in cross_validation(rows, 3):
        tested += [row.id for row in split.test]
        if "gold:a" in {row.id for row in split.test}:
            assert "c2:a" not in {row.id for row in split.train}
    assert sorted(tested) == sorted(row.id for row in rows if row.dept)


def test_log_probabilities_inside_groups() -> None:
    logits = np.array([[1.0, 2.0, 3.0, -1.0]])
    groups = [np.array([0, 1]), np.array([2, 3])]
    p = np.exp(log_probabilities(logits, 2.0, groups))
    assert p[0, :2].sum() == pytest.approx(1) and p[0, 2:].sum() == pytest.approx(1)


def test_threshold_keeps_its_promise() -> None:
    random = np.random.default_rng(1)
    confidence = random.uniform(0.3, 1, 800)
    right = random.uniform(size=800) < confidence**0.2
    chosen = choose_threshold(confidence.tolist(), right.tolist(), bound=0.05, data_hash="x")
    assert chosen.auto is not None
    above = confidence >= chosen.auto
    assert above.sum() == chosen.n and (~right[above]).sum() == chosen.wrong
    assert clopper_pearson(chosen.wrong, chosen.n) <= 0.05


def test_no_threshold_where_none_qualifies() -> None:
    chosen = choose_threshold([0.9] * 100, [True] * 80 + [False] * 20, bound=0.05, data_hash="x")
    assert chosen.auto is None and chosen.calibration_n == 100


def _prediction(*p: float) -> Prediction:
    names = ("zhujian", "chengguan", "ziran")
    book = load_catalogue()
    ranked = tuple(
        DepartmentScore(id, book.department(id).name, value) for id, value in zip(names, p, strict=False)
    )
    return Prediction((), ranked, (), ())


SURE = Thresholds(0.8, n=100)


@pytest.mark.parametrize(
    ("p", "thresholds", "length", "action", "reason"),
    [
        ((0.9, 0.05), SURE, 80, Action.AUTO, "建议主办"),
        ((0.7, 0.1), SURE, 80, Action.REVIEW, "未达自动派单要求"),
        ((0.3, 0.1), SURE, 80, Action.REVIEW, "低置信"),
        ((0.46, 0.44), SURE, 80, Action.REVIEW, "两个单位接近"),
        ((0.9, 0.05), SURE, 5, Action.REVIEW, "诉求过短"),
        ((0.99, 0.0), Thresholds(None), 80, Action.REVIEW, "一律人工研判"),
    ],
)
def test_routing(
    p: tuple[float, ...], thresholds: Thresholds, length: int, action: Action, reason: str
) -> None:
    decision = decide(_prediction(*p), thresholds, load_catalogue(), length=length)
    assert decision.action is action
    assert reason in decision.reasons[0]
    assert any("备选" in one for one in decision.reasons)
    assert decision.basis


def test_the_duty_that_fits_the_evidence_is_named_first() -> None:
    book = load_catalogue()
    lift = next(duty for duty in book.department("shijian").duties if "电梯" in duty)
    scores = tuple(
        DepartmentScore(id, book.department(id).name, p) for id, p in (("shijian", 0.9), ("zhujian", 0.1))
    )
    said = Prediction((), scores, (), (), (Evidence("电梯", 0, 2, 1.0),))
    plain = Prediction((), scores, (), ())
    assert f"职责：{lift}" in decide(said, SURE, book).reasons[0]
    assert f"职责：{book.department('shijian').duties[0]}" in decide(plain, SURE, book).reasons[0]


def test_quantised_weights_are_near() -> None:
    random = np.random.default_rng(3)
    weights = random.normal(size=(500, 4))
    head = HeadWeights.quantise(weights, np.zeros(4), [0, 2, 3, 5], 7)
    assert np.abs(head.weights * head.scale - weights).max() <= head.scale.max() / 2 + 1e-9


def test_strongest_words_are_words() -> None:
    text = "〔姓名〕投诉物业公司，物业公司不作为"
    share = np.array([1.0 if character in "物业公司" else 0.1 for character in text])
    found = strongest_words(text, share)
    assert found and all("〔" not in one.text and len(one.text) > 1 for one in found)
    assert strongest_words(text, -share) == ()
