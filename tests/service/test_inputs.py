from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legal_corpus.clock import CHINA
from service.errors import BadRequest
from service.inputs import read_complaint, read_day, read_id, read_moment, read_text
from triage.values import Complaint


def read(**values: Any) -> Complaint:
    return read_complaint(values, number=7, region="广东省", longest=100)


def test_reads_the_five_keys_and_leaves_others_alone() -> None:
    complaint = read(text=" 路灯坏了 ", title="路灯", id="a-1", received_at="2019/3/5 8:30", likes=3)
    assert complaint == Complaint(
        text="路灯坏了",
        title="路灯",
        id="a-1",
        received_at=datetime(2019, 3, 5, 8, 30, tzinfo=CHINA),
        region="广东省",
    )


def test_row_number_is_the_id_where_there_is_none_and_the_rows_region_wins() -> None:
    complaint = read(text="路灯坏了", region="北京市")
    assert (complaint.id, complaint.region) == ("7", "北京市")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2019-03-05", date(2019, 3, 5)),
        ("2019年3月5日", date(2019, 3, 5)),
        ("2019.3.5", date(2019, 3, 5)),
        ("2019-03-05T23:30:00Z", date(2019, 3, 6)),
        ("2019-03-05T23:30:00+08:00", date(2019, 3, 5)),
        (datetime(2019, 3, 5, 9, 0), date(2019, 3, 5)),
        (date(2019, 3, 5), date(2019, 3, 5)),
        (datetime(2019, 3, 5, 20, 0, tzinfo=UTC), date(2019, 3, 6)),
        ("", None),
        (None, None),
    ],
)
def test_a_day_is_a_day_in_china(written: Any, meant: date | None) -> None:
    assert read_day(written, "as_of") == meant


@pytest.mark.parametrize("written", ["13912345678", "2019-13-01", "昨天", "0001-01-01", 20190305, True, [1]])
def test_a_bad_date_is_refused_without_being_repeated(written: Any) -> None:
    with pytest.raises(BadRequest, match="received_at") as error:
        read_moment(written, "received_at")
    assert str(written) not in str(error.value)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "诉求内容为空"),
        ({"text": "  "}, "诉求内容为空"),
        ({"text": "字" * 101}, "太长"),
        ({"text": "PK\0\x03"}, "二进制"),
        ({"text": {"a": 1}}, "不是文字"),
        ({"text": "好", "id": ["x"]}, "id 不是文字"),
    ],
)
def test_bad_complaints_say_why(values: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        read(**values)


def test_an_id_that_is_a_persons_number_is_masked_and_a_ticket_number_is_not() -> None:
    assert "13912345678" not in read_id("13912345678", 1)
    assert read_id("GD-20191105-00042", 1) == "GD-20191105-00042"
    assert read_id(42.0, 1) == "42"
    assert read_id(None, 9) == "9"


@given(st.text(alphabet=st.characters(codec=None, exclude_characters="\0"), max_size=40))
def test_any_text_can_be_written_to_a_file(text: str) -> None:
    read_text(text, "text", 100).encode("utf-8")
