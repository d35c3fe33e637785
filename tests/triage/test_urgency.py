"""Urgency after the gates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.policy.urgency import AT_LEAST, URGENT, raise_to_urgent
from triage.values import LabelScore

SHARES = st.lists(st.floats(0.001, 1), min_size=3, max_size=3)


@given(SHARES)
def test_urgent_comes_first_and_nothing_is_lost(shares: list[float]) -> None:
    total = sum(shares)
    before = [LabelScore(label, p / total) for label, p in zip((URGENT, "较急", "一般"), shares, strict=True)]
    after = raise_to_urgent(before)
    assert after[0].label == URGENT
    assert after[0].p >= AT_LEAST - 1e-6
    assert sum(score.p for score in after) == pytest.approx(1, abs=1e-5)
    assert {score.label for score in after} == {URGENT, "较急", "一般"}


def test_what_was_surer_already_stays() -> None:
    before = [LabelScore(URGENT, 0.97), LabelScore("较急", 0.02), LabelScore("一般", 0.01)]
    assert raise_to_urgent(before) == tuple(before)
