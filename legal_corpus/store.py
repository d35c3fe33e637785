"""The store of full texts: reading one SQLite file of laws, versions and articles (`LawSource`)."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from legal_corpus.dates import read_date
from legal_corpus.errors import StoreError
from legal_corpus.schema import SCHEMA, migrate, schema_of
from legal_corpus.source import applies_in, newest_first
from legal_corpus.titles import title_key
from legal_corpus.values import Article, LawVersion, Status, TextKind

_VERSION = "id, title, full_title, level, region, version_date, valid_from, valid_to, status, reason, source"
_ARTICLE = "id, version_id, number, suffix, label, chapter, text"
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """What a store holds."""

    path: Path
    schema: int
    laws: int
    versions: int
    articles: int
    in_force_versions: int
    in_force_articles: int
    statuses: dict[str, int]
    """Versions by status, as judged on `judged_on`."""
    judged_on: str
    ingested_at: str
    sources: tuple[str, ...]
    content_hash: str
    megabytes: float
    complete: bool = True
    """Whether an ingest of this program wrote it; an older store lacks references and defects."""


class LawStore:
    """An open store. Read only; safe to share between threads."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.Lock()
        rows = self._rows(f"SELECT {_VERSION} FROM versions")
        self._versions = {row[0]: _version(row) for row in rows}

    @classmethod
    def open(cls, path: Path) -> LawStore:
        """Open a store; `StoreError` where it is missing, damaged, locked or of a newer schema.

        A store of an older schema is migrated in place first.
        """
        if not path.is_file():
            raise StoreError(
                f"没有法律库 {path}",
                expected="已导入的法律库",
                found="文件不存在",
                remedy="先运行 zhili corpus ingest 路径（或 zhili corpus fetch 下载公开文本）",
            )
        try:
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False
            )
            found = schema_of(connection)
            if found < SCHEMA:
                connection.close()
                connection = _migrated(path, found)
            elif found > SCHEMA:
                connection.close()
                raise StoreError(
                    f"法律库 {path} 由更新的程序写成",
                    expected=f"格式不高于 {SCHEMA}",
                    found=f"格式 {found}",
                    remedy="升级程序，或重新导入",
                )
            return cls(path, connection)
        except sqlite3.Error as error:
            raise store_error(path, error) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> LawStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def status(self) -> StoreStatus:
        """Counts and origin of what the store holds."""
        meta = dict(self._rows("SELECT key, value FROM meta"))
        counts = dict(self._rows("SELECT status, count(*) FROM versions GROUP BY status ORDER BY status"))
        articles = dict(
            self._rows(
                "SELECT v.status, count(*) FROM articles a JOIN versions v ON v.id = a.version_id"
                " GROUP BY v.status"
            )
        )
        laws = self._rows("SELECT count(*) FROM (SELECT DISTINCT law_key, region FROM versions)")[0][0]
        return StoreStatus(
            path=self.path,
            schema=SCHEMA,
            laws=laws,
            versions=sum(counts.values()),
            articles=sum(articles.values()),
            in_force_versions=counts.get(Status.IN_FORCE.value, 0),
            in_force_articles=articles.get(Status.IN_FORCE.value, 0),
            statuses=counts,
            judged_on=meta.get("judged_on", ""),
            ingested_at=meta.get("ingested_at", ""),
            sources=tuple(json.loads(meta.get("sources", "[]"))),
            content_hash=meta.get("content_hash", ""),
            megabytes=round(self.path.stat().st_size / 1e6, 1),
            complete="refs" in meta,
        )

    def articles(self, as_of: date | None = None, region: str | None = None) -> Iterator[Article]:
        """Every article and unit; with `as_of` only what is known to be in force on that day."""
        wanted = {
            version.id
            for version in self._versions.values()
            if (as_of is None or version.in_force_on(as_of)) and applies_in(version, region)
        }
        cursor = self._connection.cursor()
        with self._lock:
            self._execute(cursor, f"SELECT {_ARTICLE} FROM articles ORDER BY version_id, position")
        while rows := self._batch(cursor):
            for row in rows:
                if row[1] in wanted:
                    yield self._article(row)

    def article(self, id: str) -> Article | None:
        """The article of that id, or `None`."""
        rows = self._rows(f"SELECT {_ARTICLE} FROM articles WHERE id = ?", id)
        return self._article(rows[0]) if rows else None

    def versions(self, title: str) -> tuple[LawVersion, ...]:
        """All versions of the law of that title (any spelling, any region), newest first."""
        key = title_key(title)
        rows = self._rows("SELECT id FROM versions WHERE law_key = ? OR full_key = ?", key, key)
        return newest_first(self._versions[row[0]] for row in rows)

    def titles(self) -> list[str]:
        """Short titles of all laws, sorted."""
        return sorted({version.title for version in self._versions.values()})

    def articles_of(self, version_id: str) -> tuple[Article, ...]:
        """The articles and units of one version, in order."""
        sql = f"SELECT {_ARTICLE} FROM articles WHERE version_id = ? ORDER BY position"
        return tuple(self._article(row) for row in self._rows(sql, version_id))

    def maybe_truncated(self, version_id: str) -> bool:
        """Whether the source is suspected of holding only a part of that version's text."""
        rows = self._rows("SELECT maybe_truncated FROM versions WHERE id = ?", version_id)
        return bool(rows and rows[0][0])

    def version(self, id: str) -> LawVersion:
        """The version of that id; `KeyError` where there is none."""
        return self._versions[id]

    def all_versions(self) -> tuple[LawVersion, ...]:
        """Every version of every law."""
        return tuple(self._versions.values())

    def query(self, sql: str, *values: object) -> list[Any]:
        """Rows of a reading query, for the modules beside this one (`relations`, `card`)."""
        return self._rows(sql, *values)

    def _article(self, row: Any) -> Article:
        id, version_id, number, suffix, label, chapter, text = row
        return Article(
            id, self._versions[version_id], number, suffix, label, chapter, text, TextKind.OFFICIAL
        )

    def _rows(self, sql: str, *values: object) -> list[Any]:
        with self._lock:
            return self._execute(self._connection.cursor(), sql, *values).fetchall()

    def _execute(self, cursor: sqlite3.Cursor, sql: str, *values: object) -> sqlite3.Cursor:
        try:
            return cursor.execute(sql, values)
        except sqlite3.Error as error:
            raise store_error(self.path, error) from error

    def _batch(self, cursor: sqlite3.Cursor) -> list[Any]:
        try:
            with self._lock:
                return cursor.fetchmany(_BATCH)
        except sqlite3.Error as error:
            raise store_error(self.path, error) from error


def store_error(path: Path, error: Exception) -> StoreError:
    """A `StoreError` that says in plain words what SQLite or the file system complained about."""
    text = str(error)
    cases = (
        ("locked", "被另一个程序占用", "等另一个程序结束后再试"),
        ("full", "磁盘已满", "腾出空间后重试，原有的法律库没有改动"),
        ("No space", "磁盘已满", "腾出空间后重试，原有的法律库没有改动"),
        ("readonly", "只读", "检查权限，或用 ZHILI_HOME 换一个可写的位置"),
        ("Read-only", "只读", "检查权限，或用 ZHILI_HOME 换一个可写的位置"),
        ("Permission", "没有权限", "检查权限，或用 ZHILI_HOME 换一个可写的位置"),
        ("No such file", "文件夹无法建立", "检查路径与权限，或用 ZHILI_HOME 换一个位置"),
        ("File exists", "路径中有一段不是文件夹", "检查路径，或用 ZHILI_HOME 换一个位置"),
        ("Not a directory", "路径中有一段不是文件夹", "检查路径，或用 ZHILI_HOME 换一个位置"),
        ("unable to open", "打不开", "检查路径与权限，或用 ZHILI_HOME 换一个位置"),
        ("malformed", "文件已损坏", "删除该文件后重新导入"),
        ("not a database", "不是法律库文件", "删除该文件后重新导入"),
        ("no such", "缺少表或列，不是法律库", "删除该文件后重新导入"),
    )
    for mark, found, remedy in cases:
        if mark in text:
            return StoreError(
                f"法律库 {path} 无法使用", expected="完好、可写的法律库", found=found, remedy=remedy
            )
    return StoreError(f"法律库 {path} 无法使用", expected="完好的法律库", found=text, remedy="重新导入")


def _migrated(path: Path, found: int) -> sqlite3.Connection:
    if found == 0:
        raise StoreError(
            f"{path} 不是法律库", expected=f"格式 {SCHEMA}", found="没有格式号", remedy="删除该文件后重新导入"
        )
    connection = sqlite3.connect(path, check_same_thread=False)
    migrate(connection)
    return connection


def _version(row: Any) -> LawVersion:
    id, title, full_title, level, region, version_date, valid_from, valid_to, status, reason, source = row
    return LawVersion(
        id=id,
        title=title,
        full_title=full_title,
        level=level,
        region=region,
        version_date=read_date(version_date),
        valid_from=read_date(valid_from),
        valid_to=read_date(valid_to),
        status=Status(status),
        reason=reason,
        source=source,
    )
