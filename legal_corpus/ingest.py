"""Reading a source of law into the store, all or nothing.

The new store is built aside (a copy of the old one, the source's laws put in, every status judged afresh) and
renamed into place at the end: a killed ingest leaves the old store as it was. A law version that the store
already holds (same title, region and date) is replaced, so the same source twice changes nothing.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path

from foundation.progress import Progress, silent
from legal_corpus.archive import is_archive, unpacked
from legal_corpus.collection import read_collection
from legal_corpus.drafts import Defect, Found, IngestReport, LawDraft, Skipped
from legal_corpus.errors import SourceError, StoreError
from legal_corpus.jsonl import is_jsonl, read_jsonl
from legal_corpus.national import is_national, read_file, read_files
from legal_corpus.schema import migrate
from legal_corpus.store import LawStore, store_error
from legal_corpus.writer import StoreWriter

_FORMS = "文件夹、.docx、.html、压缩包或 JSONL"
_STALE_SECONDS = 3600
"""Without a lock: a draft that was touched within the hour may still be at work."""


def ingest(source: Path, store_path: Path, *, today: date, progress: Progress = silent) -> IngestReport:
    """Read `source` (folder, .docx, .html, archive, JSONL) into the store and judge every status on `today`.

    Raises `SourceError` where the source cannot be read and `StoreError` where the store cannot be written;
    the store that was there then stays as it was.
    """
    began = time.perf_counter()
    skipped: list[Skipped] = []
    defects: list[Defect] = []
    with _draft_store(store_path) as draft:
        writer = StoreWriter(draft)
        for found in read_source(source, progress):
            if isinstance(found, LawDraft):
                defects += writer.add(found)
            elif isinstance(found, Skipped):
                skipped.append(found)
            else:
                defects.append(found)
        if not writer.taken:
            raise _nothing(source, skipped)
        progress(0, None, "判断效力")
        writer.judge(today)
        writer.keep_defects(source.name, defects)
        _note(draft, source, writer.content_hash(), today)
        draft.commit()
    return _report(source, store_path, writer, time.perf_counter() - began, skipped, defects)


def read_source(source: Path, progress: Progress = silent) -> Iterator[Found]:
    """The laws of a source, whatever its form; `SourceError` where the form is not known."""
    if not str(source).strip() or str(source) == ".":
        raise SourceError("没有写要导入的路径", expected=_FORMS, remedy="写出路径")
    if source.is_dir():
        files = [path for path in source.rglob("*") if is_national(path) and path.is_file()]
        yield from read_files(files, source, progress)
        if not files or any(source.rglob("*.md")):
            yield from read_collection(source, progress)
    elif not source.is_file():
        raise SourceError(
            f"找不到 {source}",
            expected=_FORMS,
            found="不存在",
            remedy="检查路径",
        )
    elif is_national(source):
        yield from read_file(source)
    elif is_jsonl(source):
        yield from read_jsonl(source, progress)
    elif is_archive(source):
        with unpacked(source, progress) as folder:
            yield from read_collection(folder, progress)
    else:
        raise SourceError(
            f"不认识的来源 {source.name}",
            expected="文件夹、.docx、.html、.tar.xz、.tar.gz、.zip、.jsonl、.jsonl.xz",
            found=source.suffix or "无扩展名",
            remedy="换用其中一种",
        )


@contextmanager
def _draft_store(store_path: Path) -> Iterator[sqlite3.Connection]:
    """A copy of the store to work on; renamed into place where the body ends well, removed otherwise."""
    store_path = store_path.absolute()
    draft: Path | None = None
    try:
        store_path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(store_path) as alone:
            _remove_stale(store_path, 0 if alone else _STALE_SECONDS)
            handle, name = tempfile.mkstemp(
                prefix=f".{store_path.name}-", suffix=".draft", dir=store_path.parent
            )
            os.close(handle)
            draft = Path(name)
            with _connection(draft) as connection:
                _copy_old(store_path, connection)
                migrate(connection)
                yield connection
            _into_place(draft, store_path)
    except (sqlite3.Error, OSError) as error:
        raise store_error(store_path, error) from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)


@contextmanager
def _alone(store_path: Path) -> Iterator[bool]:
    """Keep a second ingest off: each would build on the same old store, and the last would win.

    The lock is on the folder and ends with the process. `False` where the system has no such lock.
    """
    try:
        import fcntl
    except ImportError:
        yield False
        return
    folder = os.open(store_path.parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(
                f"法律库 {store_path} 正在由另一个导入写入",
                expected="一次一个导入",
                found="已加锁",
                remedy="等它结束后再运行",
            ) from error
        yield True
    finally:
        os.close(folder)


@contextmanager
def _connection(draft: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(draft)
    try:
        # Nobody reads the draft, and it is synced once before the rename.
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA synchronous = OFF")
        yield connection
    finally:
        connection.close()


def _copy_old(store_path: Path, connection: sqlite3.Connection) -> None:
    if not store_path.exists():
        return
    LawStore.open(store_path).close()
    old = sqlite3.connect(f"{store_path.as_uri()}?mode=ro", uri=True)
    try:
        old.backup(connection)
    finally:
        old.close()


def _into_place(draft: Path, store_path: Path) -> None:
    with draft.open("rb+") as stream:
        os.fsync(stream.fileno())
    draft.chmod(0o644)
    draft.replace(store_path)


def _remove_stale(store_path: Path, seconds: float) -> None:
    """Remove drafts of killed ingests that nobody has touched for so long; the next may need their space."""
    for path in store_path.parent.glob(f".{store_path.name}-*.draft*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime >= seconds:
                path.unlink()


def _note(draft: sqlite3.Connection, source: Path, content_hash: str, today: date) -> None:
    row = draft.execute("SELECT value FROM meta WHERE key = 'sources'").fetchone()
    sources = json.loads(row[0]) if row else []
    values = {
        "judged_on": today.isoformat(),
        "ingested_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "content_hash": content_hash,
        "refs": "1",
        "sources": json.dumps(list(dict.fromkeys([*sources, source.name])), ensure_ascii=False),
    }
    draft.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())


def _nothing(source: Path, skipped: list[Skipped]) -> SourceError:
    example = f"；如 {skipped[0].where}：{skipped[0].why}" if skipped else ""
    return SourceError(
        f"{source} 中没有一部可用的法律",
        expected="LawRefBook/Laws 的文本、.docx、.html 或法条 JSONL",
        found=f"跳过 {len(skipped)} 项{example}",
        remedy="检查路径与格式",
    )


def _report(
    source: Path,
    store_path: Path,
    writer: StoreWriter,
    seconds: float,
    skipped: list[Skipped],
    defects: list[Defect],
) -> IngestReport:
    with LawStore.open(store_path) as store:
        status = store.status()
    return IngestReport(
        source=str(source),
        laws=status.laws,
        versions=status.versions,
        articles=status.articles,
        in_force_versions=status.in_force_versions,
        in_force_articles=status.in_force_articles,
        taken=writer.taken,
        replaced=writer.replaced,
        content_hash=status.content_hash,
        seconds=round(seconds, 1),
        statuses=status.statuses,
        skipped=tuple(skipped),
        defects=tuple(defects),
    )
