"""The SQLite file of the vault: its tables, and transactions whose faults come back as the vault's errors.

Rows that are deleted are overwritten (`secure_delete`), a transaction is on disk when it returns
(`synchronous = FULL`), and two writers wait for each other.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from service.privacy.errors import PrivacyError, VaultProblem

VERSION = 1
_WAIT_SECONDS = 30.0
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE ticket (
  id TEXT PRIMARY KEY, created TEXT NOT NULL, expires TEXT NOT NULL, confidential INTEGER NOT NULL,
  pieces INTEGER NOT NULL, key_id TEXT NOT NULL, wrapped BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE sealed (
  token TEXT PRIMARY KEY, ticket TEXT NOT NULL REFERENCES ticket(id), kind TEXT NOT NULL,
  place INTEGER NOT NULL, locked BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX sealed_by_ticket ON sealed(ticket);
CREATE TABLE access (
  seq INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL, purpose TEXT NOT NULL,
  ticket TEXT NOT NULL, kinds TEXT NOT NULL, outcome TEXT NOT NULL, previous TEXT NOT NULL, mac TEXT NOT NULL
);
CREATE TRIGGER access_is_append_only_u BEFORE UPDATE ON access BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER access_is_append_only_d BEFORE DELETE ON access BEGIN SELECT RAISE(ABORT, 'append-only'); END;
"""


def connect(path: Path) -> sqlite3.Connection:
    """The vault file, made with 0600 where it is not there yet; `VaultProblem` where it cannot be opened."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise VaultProblem(
            f"无法打开保险库 {path.name}", found=error.strerror or "", remedy="检查权限"
        ) from error
    connection = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)
    with faults():
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    return connection


def prepare(connection: sqlite3.Connection, begin: Callable[[], None]) -> None:
    """Make the tables in a new file and fill them with `begin`, in one transaction.

    Refuses a file that is no vault, or of a newer program.
    """
    with writing(connection):
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if version == 0 and tables == 0:
            for statement in _statements():
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
            begin()
        elif version != VERSION:
            raise VaultProblem(
                "保险库的格式不认识", expected=str(VERSION), found=str(version), remedy="换用相应版本的程序"
            )


def _statements() -> Iterator[str]:
    statement = ""
    for line in _TABLES.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextlib.contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction that writes: all of it or nothing."""
    with faults():
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise


@contextlib.contextmanager
def faults() -> Iterator[None]:
    """SQLite's faults as the vault's errors, each with its remedy."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(error) from error


def _translated(error: sqlite3.Error) -> PrivacyError:
    said = str(error)
    if "full" in said or "disk I/O" in said:
        return VaultProblem("磁盘已满或写入出错，本次没有写入任何内容", found=said, remedy="清出空间后重试")
    if "locked" in said or "busy" in said:
        return VaultProblem("保险库正被另一个程序占用", remedy="稍后重试")
    if "not a database" in said or "malformed" in said:
        return VaultProblem("保险库文件已损坏或不是保险库", remedy="从备份恢复")
    if "readonly" in said or "unable to open" in said:
        return VaultProblem("保险库无法写入", remedy="检查文件与文件夹的权限")
    return VaultProblem("保险库出错", found=said, remedy="zhili privacy log --verify 检查，或从备份恢复")
