"""Canonical JSON: equal values, equal bytes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.canonical import canonical_json, tagged_hash, to_json, to_plain
from foundation.errors import ZhiliError
from triage.values import Action, LegalBasis

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(), JSON))
def test_order_of_keys_does_not_matter(values: dict[str, object]) -> None:
    assert tagged_hash(values) == tagged_hash(dict(reversed(values.items())))


def test_values_become_plain() -> None:
    assert to_plain({"a": (Action.AUTO, date(2026, 1, 2)), "b": LegalBasis("民法典", "第一条")}) == {
        "a": ["auto", "2026-01-02"],
        "b": {"law": "民法典", "article": "第一条"},
    }
    assert to_json({"键": "值"}) == '{"键": "值"}'
    assert canonical_json({"b": 1, "a": 2}) == '{"a":2,"b":1}'


def test_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_json({"p": float("nan")})


def test_an_error_says_expected_found_remedy() -> None:
    error = ZhiliError("无法读取", expected="甲", found="乙", remedy="换一个")
    assert str(error) == "无法读取；应为：甲；实际：乙；请：换一个"
    assert error.to_dict()["remedy"] == "换一个"
