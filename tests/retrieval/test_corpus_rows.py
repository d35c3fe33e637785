"""Reading an evaluator's corpus: its own ids, nothing lost in silence."""

import json
import lzma
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from foundation.errors import FileProblem
from foundation.tables import BadRow
from retrieval.errors import BadCorpus
from retrieval.sources import read_corpus


def corpus(tmp_path: Path, *rows: Any, name: str = "c.jsonl") -> Path:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    path = tmp_path / name
    path.write_bytes(lzma.compress(text.encode()) if name.endswith(".xz") else text.encode())
    return path


@pytest.mark.parametrize("name", ["c.jsonl", "c.jsonl.xz"])
def test_four_keys_are_enough_and_ids_stay(tmp_path: Path, name: str) -> None:
    path = corpus(tmp_path, {"id": 7, "law": "甲法", "article_no": "第一条", "text": "乙。"}, name=name)
    [found] = read_corpus(path)
    assert (found.id, found.law, found.article, found.text) == ("7", "甲法", "第一条", "乙。")
    assert found.in_force and found.valid_from is None and found.region == ""


def test_dates_region_and_status_are_taken_over(tmp_path: Path) -> None:
    row = {
        "law": "甲法",
        "text": "乙。",
        "region": "北京",
        "version_date": "2020-01-02",
        "effective_date": "",
    }
    path = corpus(
        tmp_path,
        {"id": "now", **row, "current": True, "status": "current"},
        {"id": "old", **row, "current": False, "status": "superseded"},
        {"id": "span", **row, "current": False, "status": "repealed", "valid_to": "2021-01-01"},
    )
    now, old, span = read_corpus(path)
    assert (now.region, now.valid_from, now.in_force) == ("北京", date(2020, 1, 2), True)
    assert not old.in_force
    assert span.in_force and span.valid_to == date(2021, 1, 1)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{oops", "不是合法的 JSON"),
        ('["a"]', "应为 JSON 对象"),
        ({"law": "甲", "text": "乙"}, "缺少 id"),
        ({"id": "x", "law": "甲", "text": "  "}, "缺少 text"),
        ({"id": "x y", "law": "甲", "text": "乙"}, "id 中有空白"),
        ({"id": "x", "law": ["甲"], "text": "乙"}, "law 应为文字"),
        ({"id": "x", "law": "甲", "text": "乙", "valid_to": "去年"}, "valid_to 应为 年-月-日"),
        ({"id": "x", "law": "甲", "text": "乙", "topics": "丙"}, "topics 应为文字的列表"),
    ],
)
def test_a_bad_row_is_reported_and_the_reading_goes_on(tmp_path: Path, row: Any, problem: str) -> None:
    path = corpus(tmp_path, row, {"id": "good", "law": "甲", "text": "乙"})
    bad: list[BadRow] = []
    assert [document.id for document in read_corpus(path, report=bad.append)] == ["good"]
    assert [item.number for item in bad] == [1] and problem in bad[0].problem
    with pytest.raises(BadCorpus, match="第 1 行无法使用"):
        list(read_corpus(path))


def test_a_repeated_id_is_refused_with_its_line(tmp_path: Path) -> None:
    row = {"id": "same", "law": "甲", "text": "乙"}
    with pytest.raises(BadCorpus, match=r"第 2 行的 id 与前面的行重复.*实际：same"):
        list(read_corpus(corpus(tmp_path, row, row), report=lambda row: None))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="找不到文件"):
        list(read_corpus(tmp_path / "none.jsonl"))
