from __future__ import annotations

import io
import json
import lzma
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
import zipfile
from datetime import date
from pathlib import Path

import pytest

from legal_corpus import ingest as ingest_module
from legal_corpus.errors import SourceError, StoreError
from legal_corpus.ingest import ingest
from legal_corpus.store import LawStore
from legal_corpus.values import Status

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 22)


def statuses(store: LawStore, title: str) -> list[tuple[str, Status]]:
    return [(str(version.version_date), version.status) for version in store.versions(title)]


def test_the_collection_is_read_and_judged(store: LawStore) -> None:
    assert statuses(store, "样例管理法") == [("2021-04-02", Status.IN_FORCE), ("2015-03-01", Status.AMENDED)]
    assert store.versions("样例管理法")[1].valid_to == date(2021, 9, 1)
    assert statuses(store, "旧样例办法") == [("2001-01-01", Status.REPEALED)]
    assert "《样例管理法》（2021-04-02）第三条" in store.versions("旧样例办法")[0].reason
    assert statuses(store, "失效样例条例") == [("2003-01-01", Status.REPEALED)]
    assert statuses(store, "将来样例条例") == [("2026-10-01", Status.NOT_YET)]
    assert statuses(store, "无日期样例规定") == [("None", Status.UNKNOWN)]
    assert {version.region for version in store.versions("甲省样例绿化条例")} == {"甲省"}


def test_parts_of_one_law_are_joined(store: LawStore) -> None:
    (version,) = store.versions("样例法典")
    assert [one.label for one in store.articles_of(version.id)] == ["第一条", "第二条"]
    assert store.articles_of(version.id)[1].chapter == "物权编"


def test_report_names_what_was_skipped(collection: Path, tmp_path: Path) -> None:
    report = ingest(collection, tmp_path / "c.sqlite3", today=TODAY)
    why = {item.where: item.why for item in report.skipped}
    assert why["案例/某案.md"] == "案例，不是法律文本"
    assert why["行政法/乱码法(2000-01-01).md"] == "不是 UTF-8 文本"
    assert why["行政法/_index.md"] == "目录或说明文件"
    assert any("没有版本日期" in defect.what for defect in report.defects)
    assert (report.taken, report.replaced) == (9, 0)


def test_the_same_source_twice_changes_nothing(collection: Path, tmp_path: Path) -> None:
    first = ingest(collection, tmp_path / "c.sqlite3", today=TODAY)
    second = ingest(collection, tmp_path / "c.sqlite3", today=TODAY)
    assert second.content_hash == first.content_hash
    assert (second.versions, second.articles, second.replaced) == (
        first.versions,
        first.articles,
        first.taken,
    )


def pack(collection: Path, path: Path) -> Path:
    if path.name.endswith(".zip"):
        shutil.make_archive(str(path.with_suffix("")), "zip", collection.parent, collection.name)
    else:
        with tarfile.open(path, "w:" + path.suffix[1:]) as archive:
            archive.add(collection, arcname=".")
    return path


@pytest.mark.parametrize("name", ["laws.zip", "laws.tar.xz", "laws.tar.gz"])
def test_archives(collection: Path, tmp_path: Path, name: str) -> None:
    folder = ingest(collection, tmp_path / "a.sqlite3", today=TODAY)
    packed = ingest(pack(collection, tmp_path / name), tmp_path / "b.sqlite3", today=TODAY)
    assert packed.content_hash == folder.content_hash


@pytest.mark.parametrize("name", ["laws.zip", "laws.tar.xz", "laws.tar.gz"])
@pytest.mark.parametrize("share", [0.0, 0.6])
def test_truncated_archives(collection: Path, tmp_path: Path, name: str, share: float) -> None:
    path = pack(collection, tmp_path / name)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(SourceError, match=r"无法读取.*应为：完整的.*请：重新下载"):
        ingest(path, tmp_path / "c.sqlite3", today=TODAY)
    assert not (tmp_path / "c.sqlite3").exists()


@pytest.mark.parametrize("name", ["../evil.md", "/evil.md", "a/../../evil.md", "C:\\evil.md"])
def test_no_path_leaves_the_target(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, "# x")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    for source in ("a.zip", "a.tar.gz"):
        with pytest.raises(SourceError, match="不安全的路径"):
            ingest(tmp_path / source, tmp_path / "c.sqlite3", today=TODAY)


ROW = {"id": "d-0001", "law": "某法", "region": "全国", "version_date": "2020-01-01",
       "effective_date": "2020-02-01",
       "current": True, "status": "current", "kind": "article", "article_no": "第一条", "article_int": 1,
       "article_suffix": 0, "text": "内容。"}  # fmt: skip


def write_rows(path: Path, rows: list[object]) -> Path:
    data = "".join(
        (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows
    )
    path.write_bytes(lzma.compress(data.encode()) if path.suffix == ".xz" else data.encode())
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.xz"])
def test_jsonl(tmp_path: Path, name: str) -> None:
    rows: list[object] = [
        ROW,
        ROW | {"id": "d-0002", "article_no": "第二条", "article_int": 2},
        "坏行",
        ROW
        | {
            "id": "e-0001",
            "version_date": "2010-01-01",
            "effective_date": "2009-01-01",
            "status": "superseded",
        },
        ROW | {"id": "f-0001", "law": "修改决定", "doc_type": "amendment", "current": False},
        ROW | {"id": "g-0001", "law": "某条例", "status": "repealed"},
        ROW | {"text": ""},
        [1],
    ]
    write_rows(
        tmp_path / "laws.jsonl", [{"doc": "g", "status_reason": "expired flag in db.sqlite3", "notes": []}]
    )
    report = ingest(write_rows(tmp_path / name, rows), tmp_path / "c.sqlite3", today=TODAY)
    assert [item.where.split(" ", 1)[1] for item in report.skipped] == ["第 3 行", "第 7 行", "第 8 行"]
    assert report.statuses == {"amended": 1, "in_force": 1, "repealed": 1, "unknown": 1}
    with LawStore.open(tmp_path / "c.sqlite3") as store:
        assert [one.id for one in store.articles(as_of=TODAY)] == ["d-0001", "d-0002"]
        assert store.versions("某条例")[0].reason == "来源数据库标为失效"
        assert store.versions("某法")[1].valid_from is None
    assert "早于版本日期" in report.defects[0].what


def test_two_sources_live_in_one_store(collection: Path, tmp_path: Path) -> None:
    ingest(collection, tmp_path / "c.sqlite3", today=TODAY)
    newer = ROW | {"law": "样例管理法", "version_date": "2024-01-01", "effective_date": "2024-03-01"}
    report = ingest(write_rows(tmp_path / "a.jsonl", [newer]), tmp_path / "c.sqlite3", today=TODAY)
    with LawStore.open(tmp_path / "c.sqlite3") as store:
        assert [status for _, status in statuses(store, "样例管理法")] == [
            Status.IN_FORCE,
            Status.AMENDED,
            Status.AMENDED,
        ]
        assert store.versions("样例管理法")[1].valid_to == date(2024, 3, 1)
        assert store.status().sources == ("Laws-master", "a.jsonl")
    assert report.versions == 10


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.jsonl", b"", "没有可用的法条"),
        ("a.jsonl", b"\xff\xfe\x00\x01", "不是 UTF-8 文本"),
        ("a.jsonl.xz", b"not xz", "无法解压"),
        ("a.pdf", b"x", "不认识的来源"),
        ("a.zip", b"\x00" * 100, "无法读取"),
    ],
)
def test_bad_sources(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError, match=message):
        ingest(tmp_path / name, tmp_path / "c.sqlite3", today=TODAY)


def test_missing_and_empty_paths(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="找不到"):
        ingest(tmp_path / "nothing", tmp_path / "c.sqlite3", today=TODAY)
    with pytest.raises(SourceError, match="没有写要导入的路径"):
        ingest(Path(), tmp_path / "c.sqlite3", today=TODAY)
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="没有法律文本"):
        ingest(tmp_path / "empty", tmp_path / "c.sqlite3", today=TODAY)
    truncated = write_rows(tmp_path / "a.jsonl.xz", [ROW] * 50)
    truncated.write_bytes(truncated.read_bytes()[:-20])
    with pytest.raises(SourceError, match="无法解压"):
        ingest(truncated, tmp_path / "c.sqlite3", today=TODAY)


def test_a_failed_ingest_leaves_the_old_store(collection: Path, tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite3"
    before = ingest(collection, path, today=TODAY)

    def explode(done: int, total: int | None, what: str) -> None:
        if done == 3:
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        ingest(collection, path, today=TODAY, progress=explode)
    with LawStore.open(path) as store:
        assert store.status().content_hash == before.content_hash
    assert not list(tmp_path.glob(".c.sqlite3*"))


def test_a_killed_ingest_leaves_the_old_store(collection: Path, tmp_path: Path) -> None:
    path, mark = tmp_path / "c.sqlite3", tmp_path / "half-way"
    before = ingest(collection, path, today=TODAY)
    script = (
        "import sys, time, datetime, pathlib\n"
        "from legal_corpus.ingest import ingest\n"
        "def hang(done, total, what):\n"
        "    if done == 5:\n"
        "        pathlib.Path(sys.argv[3]).touch(); time.sleep(60)\n"
        "source, store = map(pathlib.Path, sys.argv[1:3])\n"
        "ingest(source, store, today=datetime.date.today(), progress=hang)\n"
    )
    command = [sys.executable, "-c", script, str(collection), str(path), str(mark)]
    process = subprocess.Popen(command, cwd=ROOT)
    deadline = time.monotonic() + 30
    while not mark.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert mark.exists()
    process.send_signal(signal.SIGKILL)
    process.wait()
    with LawStore.open(path) as store:
        assert store.status().content_hash == before.content_hash
    assert ingest(collection, path, today=TODAY).content_hash == before.content_hash
    assert not list(tmp_path.glob(".c.sqlite3*")), "the draft of the killed one is swept at once"


def test_two_ingests_at_once_are_refused(collection: Path, tmp_path: Path) -> None:
    # Each would copy the old store, and the one that ends last would drop what the other read.
    pytest.importorskip("fcntl")
    path = tmp_path / "c.sqlite3"
    refusals: list[str] = []

    def second(done: int, total: int | None, what: str) -> None:
        if done == 3 and not refusals:
            with pytest.raises(StoreError) as error:
                ingest(collection, path, today=TODAY)
            refusals.append(str(error.value))

    ingest(collection, path, today=TODAY, progress=second)
    assert "另一个导入" in refusals[0]


def test_read_only_home(collection: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Tests may run as root, whom no permission bit stops.
    monkeypatch.setattr("legal_corpus.ingest.tempfile.mkstemp", refuse)
    with pytest.raises(StoreError, match=r"没有权限.*ZHILI_HOME"):
        ingest(collection, tmp_path / "c.sqlite3", today=TODAY)


def test_a_home_that_is_a_file(collection: Path, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("x", "utf-8")
    with pytest.raises(StoreError, match=r"不是文件夹.*换一个位置"):
        ingest(collection, tmp_path / "home" / "c.sqlite3", today=TODAY)


def test_full_disk(collection: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "c.sqlite3"
    before = ingest(collection, path, today=TODAY)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(ingest_module.StoreWriter, "add", full)
    with pytest.raises(StoreError, match=r"磁盘已满.*没有改动"):
        ingest(collection, path, today=TODAY)
    with LawStore.open(path) as store:
        assert store.status().content_hash == before.content_hash
