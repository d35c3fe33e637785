from __future__ import annotations

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legal_corpus.numerals import to_chinese, to_int


@given(st.integers(1, 9999))
def test_there_and_back(number: int) -> None:
    assert to_int(to_chinese(number)) == number
    assert to_int(str(number)) == number


@given(st.integers(20, 9999))
def test_agrees_with_another_implementation(number: int) -> None:
    assert to_chinese(number) == cn2an.an2cn(number, "low")
    assert to_int(cn2an.an2cn(number, "low")) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("十", 10), ("一十二", 12), ("一百二十", 120), ("一百零五", 105), ("一千零一十", 1010), ("一二〇", 120),
     ("１２", 12), ("两百", 200), ("一万二千", 12000), ("〇", 0)],
)  # fmt: skip
def test_reads(text: str, number: int) -> None:
    assert to_int(text) == number


@pytest.mark.parametrize("text", ["", "百", "十百", "一二十", "条", "1a", "-3", "十十", "1" * 9, "零百"])
def test_refuses(text: str) -> None:
    assert to_int(text) is None


def test_out_of_range() -> None:
    with pytest.raises(ValueError, match="out of range"):
        to_chinese(10_000)
