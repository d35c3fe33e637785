"""The batch keeps its promises: a line out per line in, resumable, and nothing unmasked in any file."""

from __future__ import annotations

import csv
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from service_fakes import MODEL, FakeDesk, fake_assistant

from foundation.errors import FileProblem
from service.answers import Answer
from service.assistant import Assistant
from service.batch import BatchReport, Limits, run_batch
from service.errors import BatchError
from triage.values import Complaint

MOBILE = "13912345678"
ID_NUMBER = "11010519491231002X"
PLATE = "京A12345"
KEYS = [
    "id",
    "matter",
    "department",
    "kind",
    "urgency",
    "action",
    "masked_text",
    "citations",
    "reasons",
    "model",
]


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return fake_assistant()


def write(path: Path, rows: Sequence[Any]) -> Path:
    lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def rows(count: int) -> list[dict[str, Any]]:
    return [{"id": f"t-{n}", "text": f"楼下第{n}家店油烟太大"} for n in range(count)]


class Dying:
    """An assistant that is killed in the middle of the work."""

    model = MODEL

    def __init__(self, inner: Assistant, chunks: int) -> None:
        self.inner = inner
        self.left = chunks

    def handle_many(self, complaints: Sequence[Complaint]) -> list[Answer]:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return self.inner.handle_many(complaints)


def test_one_line_out_per_line_in_with_the_promised_keys(assistant: Assistant, tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", [*rows(3), {"text": "没有编号的一条"}])
    report = run_batch(assistant, source, tmp_path / "out.jsonl")
    lines = read(tmp_path / "out.jsonl")
    assert [line["id"] for line in lines] == ["t-0", "t-1", "t-2", "4"]
    assert list(lines[0])[:10] == KEYS
    assert {"level1", "level2", "p"} == set(lines[0]["matter"][0])
    assert {"id", "name", "p"} == set(lines[0]["department"][0])
    assert {"label", "p"} == set(lines[0]["kind"][0])
    assert {"law", "article", "version_date", "text_kind", "text"} <= set(lines[0]["citations"][0])
    assert (report.total, report.answered, report.errors, report.resumed) == (4, 4, 0, 0)


RANKED = {
    "matter": {"level1": str, "level2": str, "p": float},
    "department": {"id": str, "name": str, "p": float},
    "kind": {"label": str, "p": float},
    "urgency": {"label": str, "p": float},
}


def check_line(line: dict[str, Any]) -> None:
    """Names, types and order of everything that a reader of the batch relies on."""
    assert list(line)[:10] == KEYS
    for key in ("id", "action", "masked_text", "model"):
        assert isinstance(line[key], str)
    for key, types in RANKED.items():
        assert line[key]
        assert all({name: type(value) for name, value in item.items()} == types for item in line[key])
        shares = [item["p"] for item in line[key]]
        assert shares == sorted(shares, reverse=True)
        assert 0 <= shares[-1] <= shares[0] <= 1
    for cited in line["citations"]:
        assert cited["text_kind"] in ("official", "digest")
        assert cited["version_date"] is None or date.fromisoformat(cited["version_date"])
        assert all(isinstance(cited[key], str) and cited[key] for key in ("law", "article", "text"))
    assert all(isinstance(reason, str) for reason in line["reasons"])


def test_names_and_types_of_a_line_are_those_of_the_description(assistant: Assistant, tmp_path: Path) -> None:
    dated = {"id": 7, "title": "拖欠工资", "received_at": "2020-01-01"}
    source = write(tmp_path / "in.jsonl", [*rows(2), dated])
    run_batch(assistant, source, tmp_path / "out.jsonl")
    lines = read(tmp_path / "out.jsonl")
    assert [line["id"] for line in lines] == ["t-0", "t-1", "7"]
    for line in lines:
        check_line(line)


def test_bad_rows_cost_one_error_line_each(assistant: Assistant, tmp_path: Path) -> None:
    source = write(
        tmp_path / "in.jsonl",
        [
            rows(1)[0],
            "{broken",
            {"id": "e", "text": ""},
            {"id": "b", "text": "坏诉求"},
            {"id": "z", "text": "好的"},
        ],
    )
    report = run_batch(assistant, source, tmp_path / "out.jsonl")
    lines = read(tmp_path / "out.jsonl")
    assert [line["id"] for line in lines] == ["t-0", "2", "e", "b", "z"]
    assert [line["error"]["code"] for line in lines if "error" in line] == [
        "bad_request",
        "bad_request",
        "bad_complaint",
    ]
    assert set(lines[1]["error"]) == {"code", "message", "expected", "found", "remedy"}
    assert (report.answered, report.errors) == (2, 3)


def test_nothing_unmasked_survives_in_any_file_or_log(
    assistant: Assistant, tmp_path: Path, own_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    planted = f"请联系{MOBILE}，身份证{ID_NUMBER}，车牌{PLATE}"
    source = write(
        tmp_path / "in.jsonl",
        [
            {"id": "a", "title": planted, "text": planted + "油烟"},
            {"id": MOBILE, "text": planted},
            {"id": "c", "text": planted, "received_at": MOBILE},
            {"id": "d", "text": planted, "region": {"x": ID_NUMBER}},
            '{"id": "e", "text": "' + planted,
            {"id": "f", "text": "坏诉求" + planted},
        ],
    )
    out = tmp_path / "out"
    for form in ("jsonl", "csv", "xlsx"):
        report = run_batch(assistant, source, out / f"result.{form}")
        assert (report.total, report.errors) == (6, 4)
    xlsx = load_workbook(out / "result.xlsx")
    cells = "".join(str(cell) for row in xlsx.worksheets[0].iter_rows(values_only=True) for cell in row)
    texts = [path.read_text("utf-8") for path in out.rglob("*") if path.suffix != ".xlsx"]
    written = [path.read_bytes().decode("utf-8", "replace") for path in own_home.rglob("*") if path.is_file()]
    for secret in (MOBILE, ID_NUMBER, PLATE):
        assert not [text for text in (*texts, *written, cells, caplog.text) if secret in text]
    assert "〔手机号〕" in cells


def test_a_stopped_batch_goes_on_where_it_was(assistant: Assistant, tmp_path: Path) -> None:
    source, target = write(tmp_path / "in.jsonl", rows(10)), tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run_batch(Dying(assistant, 2), source, target, limits=Limits(chunk=3))
    assert len(read(target)) == 6
    with target.open("ab") as stream:
        stream.write(b'{"id": "t-6", "matt')
    desk = FakeDesk()
    report = run_batch(fake_assistant(desk, assistant.references), source, target)
    assert report.resumed == 6
    assert len(desk.seen) == 4
    assert [line["id"] for line in read(target)] == [f"t-{n}" for n in range(10)]


def test_a_finished_batch_is_left_as_it_is(assistant: Assistant, tmp_path: Path) -> None:
    source, target = write(tmp_path / "in.jsonl", rows(3)), tmp_path / "out.jsonl"
    run_batch(assistant, source, target)
    before = target.read_bytes()
    assert run_batch(assistant, source, target).resumed == 3
    assert target.read_bytes() == before


def test_a_csv_goes_on_from_its_part_file(assistant: Assistant, tmp_path: Path) -> None:
    source, target = write(tmp_path / "in.jsonl", rows(5)), tmp_path / "out.csv"
    with pytest.raises(KeyboardInterrupt):
        run_batch(Dying(assistant, 1), source, target, limits=Limits(chunk=2))
    assert not target.exists()
    report = run_batch(assistant, source, target)
    assert report.resumed == 2
    with target.open(encoding="utf-8-sig", newline="") as stream:
        found = list(csv.DictReader(stream))
    assert [row["id"] for row in found] == [f"t-{n}" for n in range(5)]
    assert json.loads(found[0]["department"])[0]["p"] == 0.83
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.csv"]


@pytest.mark.parametrize("change", ["another text", "fewer rows", "another model"])
def test_results_of_another_input_or_model_are_never_mixed_in(
    assistant: Assistant, tmp_path: Path, change: str
) -> None:
    source, target = write(tmp_path / "in.jsonl", rows(4)), tmp_path / "out.jsonl"
    run_batch(assistant, source, target)
    before = target.read_bytes()
    if change == "another text":
        write(source, [*rows(3), {"id": "t-3", "text": "换了内容"}])
    elif change == "fewer rows":
        write(source, rows(3))
    other = Dying(assistant, 0)
    other.model = "other@1" if change == "another model" else MODEL
    with pytest.raises(BatchError, match="换一个 --out") as error:
        run_batch(other, source, target)
    assert "第" in error.value.found
    assert target.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        "my notes",
        "my notes\nmore",
        "{}\n",
        "[1]\nx",
        # Another data set, its last line without a line end: once cut off as "torn".
        '{"id": "a", "text": "一"}',
        '{"id": "a", "text": "一"}\n{"id": "b", "text": "二"}',
        '{"id": "a", "text": "一"}\n{"id": "b", "te',
        '{"id": "a", "te',
    ],
)
def test_a_file_that_is_not_ours_is_never_touched(assistant: Assistant, tmp_path: Path, content: str) -> None:
    source, target = write(tmp_path / "in.jsonl", rows(2)), tmp_path / "notes.jsonl"
    target.write_text(content, "utf-8")
    with pytest.raises(BatchError, match="已有别的内容"):
        run_batch(assistant, source, target)
    assert target.read_text("utf-8") == content


@pytest.mark.parametrize(
    "torn", ["{", '{"id": "t-', '{"id": "t-0", "mat', '{"id": "t-0", "matter": [{"p', "\0\0"]
)
def test_half_a_first_line_of_ours_is_written_anew(assistant: Assistant, tmp_path: Path, torn: str) -> None:
    source, target = write(tmp_path / "in.jsonl", rows(2)), tmp_path / "out.jsonl"
    target.write_text(torn, "utf-8")
    assert run_batch(assistant, source, target).answered == 2
    assert [line["id"] for line in read(target)] == ["t-0", "t-1"]


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_a_link_to_the_input_is_no_target(assistant: Assistant, tmp_path: Path, link: Any) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": "a", "text": "油烟"}', "utf-8")
    link(target, source)
    with pytest.raises(BatchError, match="同一个文件"):
        run_batch(assistant, source, target)
    assert source.read_text("utf-8") == '{"id": "a", "text": "油烟"}'


def test_targets_that_cannot_be(assistant: Assistant, tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", rows(1))
    (tmp_path / "old.csv").write_text("mine", "utf-8")
    for name, message in (("out.txt", "不能写成"), ("in.jsonl", "同一个文件"), ("old.csv", "已经存在")):
        with pytest.raises(BatchError, match=message):
            run_batch(assistant, source, tmp_path / name)
    with pytest.raises(FileProblem, match="找不到文件"):
        run_batch(assistant, tmp_path / "none.jsonl", tmp_path / "out.jsonl")
    with pytest.raises(FileProblem, match="无法写入"):
        run_batch(assistant, source, source / "below" / "out.jsonl")


def test_an_unusable_table_stops_at_once(assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(FileProblem, match="Excel"):
        run_batch(assistant, tmp_path / "broken.xlsx", tmp_path / "out.jsonl")
    (tmp_path / "in.csv").write_text("编号,内容\n1,路灯坏了\n", "utf-8")
    with pytest.raises(BatchError, match="没有诉求内容这一列"):
        run_batch(assistant, tmp_path / "in.csv", tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()


def test_cells_are_no_formulas(assistant: Assistant, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["id", "text"])
    for text in ("'=cmd|油烟", "'@SUM(1)", "'+1", "'-2+3"):
        book.active.append([text.removeprefix("'"), text])
        book.active.cell(book.active.max_row, 1).data_type = "s"
    book.save(tmp_path / "in.xlsx")
    run_batch(assistant, tmp_path / "in.xlsx", tmp_path / "out.csv")
    run_batch(assistant, tmp_path / "in.xlsx", tmp_path / "out.xlsx")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        table = list(csv.reader(stream))
    sheet = load_workbook(tmp_path / "out.xlsx").worksheets[0]
    assert len(table) == sheet.max_row == 5
    assert not [cell for row in table for cell in row if cell[:1] in ("=", "+", "-", "@")]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_a_second_run_on_the_same_file_is_refused(assistant: Assistant, tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    source, target = write(tmp_path / "in.jsonl", rows(2)), tmp_path / "out.jsonl"

    class Nested(Dying):
        def handle_many(self, complaints: Sequence[Complaint]) -> list[Answer]:
            with pytest.raises(BatchError, match="正被另一个"):
                run_batch(assistant, source, target)
            return self.inner.handle_many(complaints)

    report: BatchReport = run_batch(Nested(assistant, 9), source, target)
    assert report.answered == 2


_KILLED = """
import sys, time
sys.path[:0] = sys.argv[1:3]
from pathlib import Path
from service_fakes import fake_assistant, MODEL
from service.batch import Limits, run_batch
class Slow:
    model = MODEL
    inner = fake_assistant()
    def handle_many(self, complaints):
        time.sleep(0.05)
        return self.inner.handle_many(complaints)
run_batch(Slow(), Path(sys.argv[3]), Path(sys.argv[4]), limits=Limits(chunk=1))
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_killed_process_leaves_whole_lines_and_the_next_run_finishes(
    assistant: Assistant, tmp_path: Path
) -> None:
    source, target = write(tmp_path / "in.jsonl", rows(400)), tmp_path / "out.jsonl"
    here = Path(__file__).resolve()
    arguments = [str(here.parent), str(here.parents[2]), str(source), str(target)]
    with subprocess.Popen([sys.executable, "-c", _KILLED, *arguments]) as process:
        deadline = time.monotonic() + 60
        while not (target.exists() and target.stat().st_size > 3000):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    report = run_batch(assistant, source, target)
    assert 0 < report.resumed < 400
    assert [line["id"] for line in read(target)] == [f"t-{n}" for n in range(400)]
