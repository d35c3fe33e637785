"""Query files, judgements and runs in the TREC formats."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.errors import FileProblem
from foundation.tables import BadRow
from retrieval.trec import Query, read_qrels, read_queries, read_run, write_run
from retrieval.values import Hit


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_tsv_questions_have_no_header(tmp_path: Path) -> None:
    path = write(tmp_path / "q.tsv", "\ufeff1\t电梯坏了\r\n\n2\t带\t制表符\n")
    assert list(read_queries(path)) == [Query("1", "电梯坏了"), Query("2", "带\t制表符")]


def test_bad_questions_are_kept_with_their_line(tmp_path: Path) -> None:
    path = write(tmp_path / "q.tsv", "没有制表符\n1\t甲\n1\t乙\n\t丙\n2\t \n")
    found = list(read_queries(path))
    assert [item.number for item in found if isinstance(item, BadRow)] == [1, 3, 4, 5]
    assert "重复" in found[2].problem  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("line", "query"),
    [
        ('{"query_id": 0, "text": "甲"}', Query("0", "甲")),
        ('{"id": "a", "question": "甲", "answer": "乙"}', Query("a", "甲")),
        ('{"uid": "u", "title": "题", "text": "文"}', Query("u", "题\n文")),
    ],
)
def test_json_questions_of_the_known_benchmarks(tmp_path: Path, line: str, query: Query) -> None:
    assert list(read_queries(write(tmp_path / "q.jsonl", line))) == [query]


def test_json_questions_without_text_are_bad(tmp_path: Path) -> None:
    found = list(read_queries(write(tmp_path / "q.jsonl", '{"id": "a"}\n{"text": "甲"}')))
    assert all(isinstance(item, BadRow) for item in found) and len(found) == 2


@pytest.mark.parametrize(
    "text", ["1\t0\ta\t2\n1\t0\tb\t0\n", "1 a 2\n1 b 0\n", "query-id\tcorpus-id\tscore\n1\ta\t2\n1\tb\t0\n"]
)
def test_judgements_in_three_spellings(tmp_path: Path, text: str) -> None:
    assert read_qrels(write(tmp_path / "qrels.tsv", text)) == {"1": {"a": 2, "b": 0}}


@pytest.mark.parametrize("text", ["1 0 a 1\n1 0 a\tx\n", "1 0 a 1\nlonely\n", ""])
def test_wrong_judgements_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(FileProblem, match=r"第 2 行无法读取|没有标注"):
        read_qrels(write(tmp_path / "qrels.tsv", text))


def test_a_run_comes_back_as_it_was_written(tmp_path: Path) -> None:
    hits = [Hit("a", 1, 3.0000002384185791), Hit("b", 2, 3.0)]
    assert write_run(tmp_path / "deep" / "run.trec", [("q1", hits), ("q2", [])]) == 2
    assert (tmp_path / "deep" / "run.trec").read_text("utf-8").splitlines()[1] == "q1 Q0 b 2 3 zhili"
    found = read_run(tmp_path / "deep" / "run.trec")["q1"]
    assert found["a"] > found["b"], "two different scores must stay different"
    with pytest.raises(FileProblem, match="第 1 行无法读取"):
        read_run(write(tmp_path / "bad", "q1 Q0 a 1 much zhili"))


def test_a_failed_run_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "run.trec", "old")

    def broken() -> Iterator[tuple[str, list[Hit]]]:
        yield "q", [Hit("a", 1, 1.0)]
        raise FileProblem("坏了")

    with pytest.raises(FileProblem, match="坏了"):
        write_run(path, broken())
    assert path.read_text("utf-8") == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["run.trec"]
