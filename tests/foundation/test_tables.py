"""Tables: good rows are read, bad rows are kept as errors, unreadable files say what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from foundation.errors import FileProblem
from foundation.tables import BadRow, Row, read_table


def test_jsonl_keeps_good_rows_beside_broken_ones(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"text": "路灯不亮"}\n{"text": \n\n[1]\n{"text": "井盖\u2028松动"}\n', "utf-8")
    rows = list(read_table(path))
    assert [type(row) for row in rows] == [Row, BadRow, BadRow, Row]
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert rows[3] == Row(4, {"text": "井盖\u2028松动"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_that_chinese_offices_write(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes('标题,text\n路灯,"不亮，\n三天了"\n'.encode(encoding))
    assert list(read_table(path)) == [Row(1, {"标题": "路灯", "text": "不亮，\n三天了"})]


def test_a_row_with_too_many_cells_is_an_error_not_a_loss(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,text\n1,好\n2,坏,多\n3,好\n", "utf-8")
    rows = list(read_table(path))
    assert isinstance(rows[1], BadRow)
    assert [row.number for row in rows] == [1, 2, 3]


def test_xlsx_reads_the_first_sheet(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["id", "text"])
    book.active.append([7, "水管爆裂"])
    book.active.append([None, None])
    book.save(tmp_path / "in.xlsx")
    assert list(read_table(tmp_path / "in.xlsx")) == [Row(1, {"id": 7, "text": "水管爆裂"})]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("in.xlsx", b"PK\x03\x04 not a workbook", "不是可读的 Excel"),
        ("in.xlsx", b"", "不是可读的 Excel"),
        ("in.jsonl", b"\x00\x01\x02\xff\xfe" * 50, "不是文本"),
        ("in.jsonl.xz", b"not xz", "无法解压"),
        ("in.pdf", b"%PDF", "不认识的文件类型"),
    ],
)
def test_unreadable_files_say_what_to_do(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileProblem, match=message) as caught:
        list(read_table(tmp_path / name))
    assert caught.value.remedy


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="找不到文件"):
        list(read_table(tmp_path / "none.jsonl"))


def test_numbers_and_nested_values_survive(tmp_path: Path) -> None:
    values = {"id": 3, "text": "x", "deep": {"a": [1, None]}}
    (tmp_path / "in.jsonl").write_text(json.dumps(values), "utf-8")
    assert list(read_table(tmp_path / "in.jsonl")) == [Row(1, values)]
