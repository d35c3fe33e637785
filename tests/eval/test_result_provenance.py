"""Results carry everything that is needed to measure again, and are written whole."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from eval.errors import DataMissing
from eval.provenance import UNKNOWN, Stopwatch, command_line, data_hash, git_commit
from eval.result import Result, Score, render_table, save_result
from foundation.errors import FileProblem


@pytest.fixture()
def result(tmp_path: Path) -> Result:
    data = tmp_path / "data.tsv"
    data.write_text("甲", "utf-8")
    scores = {"R@10": Score(0.5, 0.4, 0.6, 20), "coverage": Score(0.25, None, None, 20)}
    return Result("retrieval", scores, Stopwatch().record(data=[data], model_hash="sha256:m"), {"k": 100})


def test_a_result_is_one_flat_object(result: Result, tmp_path: Path) -> None:
    save_result(result, tmp_path / "deep" / "result.json")
    found = json.loads((tmp_path / "deep" / "result.json").read_text("utf-8"))
    assert set(found) == {
        *("name", "scores", "details"),
        *("data_hash", "model_hash", "commit", "version", "date", "seconds", "command"),
    }
    assert found["scores"]["R@10"] == {"value": 0.5, "low": 0.4, "high": 0.6, "n": 20}
    assert found["scores"]["coverage"]["low"] is None
    assert found["data_hash"] == "sha256:" + hashlib.sha256("甲".encode()).hexdigest()
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["result.json"]


def test_the_table_shows_values_and_intervals(result: Result) -> None:
    console = Console(width=100, record=True, quiet=False, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    console.print(render_table(result))
    text = console.export_text()
    assert "0.5000" in text and "0.4000 – 0.6000" in text and "—" in text


def test_a_result_that_cannot_be_written_says_so(result: Result, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileProblem, match="无法写入"):
        save_result(result, tmp_path / "file" / "result.json")


def test_several_files_hash_by_name_and_content(tmp_path: Path) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    one.write_text("a")
    two.write_text("b")
    assert data_hash([one, two]) == data_hash([two, one]) != data_hash([one])
    with pytest.raises(DataMissing, match="找不到评测数据"):
        data_hash([one, tmp_path / "none"])


def test_the_commit_is_known_only_in_our_own_tree(tmp_path: Path) -> None:
    assert git_commit(tmp_path) == UNKNOWN
    for arguments in (
        ["init", "-q"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True)
    assert len(git_commit(tmp_path)) == 40
    (tmp_path / "file").write_text("1")
    subprocess.run(["git", "-C", str(tmp_path), "add", "file"], check=True)
    assert git_commit(tmp_path).endswith("-dirty")
    (tmp_path / "venv").mkdir()
    assert git_commit(tmp_path / "venv") == UNKNOWN, "an installed copy inside another project's repository"


def test_the_command_is_kept_without_the_programs_place() -> None:
    assert command_line(["/opt/x/bin/zhili", "eval", "a b"]) == "zhili eval 'a b'"
    assert command_line([]) == ""
