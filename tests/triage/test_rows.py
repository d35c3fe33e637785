"""A text read once gives what the matrices of training give: features, scores, shares of the characters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.classifier.features import FeatureSpec, Vocabulary, count_terms, find_terms
from triage.classifier.linear import HeadWeights, LinearMember, features_of
from triage.classifier.rows import read_row

TEXTS = ["物业乱收停车费\n小区的物业每月多收 20 元", "公交车班次太少，等了30分钟", "电梯停用三天没人修"]
SPECS = [FeatureSpec(2, 1, True, 4.0), FeatureSpec(1, 2, False, 4.0)]
VOCABULARIES = tuple(
    Vocabulary.fit([count_terms(text, spec) for text in TEXTS], spec, least=1, most_terms=10**6)
    for spec in SPECS
)
SIZE = sum(map(len, VOCABULARIES))
PIECES = st.lists(
    st.sampled_from(["物业", "停车", "电梯", "\n", " ", "3", "〔电话〕", "鼋", "公交车太少"]), max_size=12
)


def _head(columns: list[int], size: int, *, logistic: bool = False) -> HeadWeights:
    draw = np.random.default_rng(len(columns))
    weights = draw.normal(size=(SIZE, len(columns)))
    return HeadWeights.quantise(weights, draw.normal(size=len(columns)), columns, size, logistic=logistic)


HEADS = {"department": _head([0, 2, 3], 4), "kind": _head([1, 0], 3, logistic=True)}


@settings(deadline=None)
@given(PIECES.map("".join))
def test_a_row_is_a_row_of_the_matrix(text: str) -> None:
    row, matrix = read_row(text, VOCABULARIES), features_of(VOCABULARIES, [text])
    assert row.columns.tolist() == matrix.indices.tolist()
    np.testing.assert_allclose(row.values, matrix.data, rtol=1e-6)
    assert row.columns.tolist() == sorted(set(row.columns.tolist()))


@settings(deadline=None)
@given(st.lists(PIECES.map("".join), min_size=1, max_size=4))
def test_scores_are_those_of_the_matrix(texts: list[str]) -> None:
    member = LinearMember(VOCABULARIES, HEADS)
    rows, features = member.rows(texts), features_of(VOCABULARIES, texts)
    for head in HEADS.values():
        wanted = (features @ head.weights.astype(np.float32)) * head.scale + head.bias
        np.testing.assert_allclose(head.scores(rows)[:, head.columns], wanted, atol=1e-5)
    assert [len(one) for one in member.logits(texts).values()] == [len(texts)] * 2


def test_a_label_that_training_never_showed_stays_a_sure_no() -> None:
    row = read_row(TEXTS[0], VOCABULARIES)
    assert HEADS["department"].scores([row])[0, 1] == -1.0
    assert HEADS["kind"].logits([row])[0, 2] == -10.0
    assert not HEADS["department"].direction(1, row.columns).any()
    assert HEADS["department"].direction(2, row.columns).any()


@pytest.mark.parametrize("text", [*TEXTS, "", "\n", "鼋鼍"])
def test_what_the_characters_add_is_the_score(text: str) -> None:
    """Spread over the text and added up again: the score without its bias."""
    row = read_row(text, VOCABULARIES)
    direction = HEADS["department"].direction(2, row.columns)
    share = row.spread(direction, len(text))
    assert share.shape == (len(text),)
    assert share.sum() == pytest.approx(float(row.values @ direction), abs=1e-5)
    spaces = [place for place, character in enumerate(text) if character.isspace()]
    assert len(row.columns) == 0 or not spaces or np.isfinite(share).all()


def test_a_character_that_no_term_covers_adds_nothing() -> None:
    text = "停车鼋"
    row = read_row(text, VOCABULARIES)
    share = row.spread(np.ones(len(row.columns), np.float32), len(text))
    assert share[2] == pytest.approx(0.0) and share[0] > 0


@settings(deadline=None)
@given(st.text(max_size=40))
def test_white_space_is_what_python_calls_so(text: str) -> None:
    terms = find_terms(text, FeatureSpec(1, 1, False))
    lowered = text.lower()
    plain = lowered if len(lowered) == len(text) else text
    assert terms.start.tolist() == [n for n, character in enumerate(plain) if not character.isspace()]
