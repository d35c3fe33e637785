"""Who looked at what, as what, why and when: append-only, a keyed hash chains each entry to the one before.

The chain key is locked with the vault's key, so somebody who can write the file but has no key can neither
change an entry nor shorten the log unseen. Whoever has file *and* key, or puts back an older copy of the
whole file, is caught only by a head that was noted elsewhere: `verify` returns it and takes it.
"""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from foundation.canonical import canonical_json
from service.privacy.errors import VaultTampered

_START = "0" * 64
_COLUMNS = "seq, at, who, role, purpose, ticket, kinds, outcome, previous, mac"


@dataclass(frozen=True, slots=True)
class Access:
    """One entry: a view, a refusal, a sealing, a purge or a change of keys. Holds no personal value."""

    seq: int
    at: str
    who: str
    role: str
    purpose: str
    ticket: str
    kinds: str
    """What was opened, as `手机号×1、姓名×2`; empty where nothing was."""
    outcome: str
    """`查看`, `拒绝`, `封存`, `清除` or `换钥`."""
    previous: str
    mac: str


@dataclass(frozen=True, slots=True)
class Event:
    """What is to be logged."""

    who: str
    role: str
    purpose: str
    ticket: str
    kinds: str
    outcome: str


class AccessLog:
    """The log inside an open vault; `append` runs inside the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection, key: bytes) -> None:
        self._connection = connection
        self._key = key

    def append(self, event: Event, at: str) -> None:
        """Add one entry and move the head; both are on disk only when the transaction is."""
        last = self._connection.execute("SELECT seq, mac FROM access ORDER BY seq DESC LIMIT 1").fetchone()
        seq, previous = (last[0] + 1, last[1]) if last else (1, _START)
        fields = (event.who, event.role, event.purpose, event.ticket, event.kinds, event.outcome)
        mac = self._mac(seq, at, *fields, previous)
        self._connection.execute(
            f"INSERT INTO access ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)",
            (seq, at, *fields, previous, mac),
        )
        self._connection.execute(
            "INSERT OR REPLACE INTO meta VALUES ('head', ?)", (self._head(seq, mac).encode(),)
        )

    def entries(self) -> Iterator[Access]:
        """Every entry, oldest first, unverified."""
        for row in self._connection.execute(f"SELECT {_COLUMNS} FROM access ORDER BY seq"):
            yield Access(*row)

    def verify(self, anchor: str = "") -> str:
        """Check the whole chain and return its head as `seq:mac`, to be noted outside this machine.

        `anchor`: a head that was noted earlier; it must still stand in the chain. Raises `VaultTampered` with
        the first entry that does not fit.
        """
        seq, previous, anchored = 0, _START, not anchor
        for entry in self.entries():
            seq += 1
            fields = (entry.who, entry.role, entry.purpose, entry.ticket, entry.kinds, entry.outcome)
            expected = self._mac(seq, entry.at, *fields, previous)
            if (entry.seq, entry.previous) != (seq, previous) or not hmac.compare_digest(expected, entry.mac):
                raise _tampered(f"第 {seq} 条不连续或被改动")
            previous = entry.mac
            anchored = anchored or anchor == f"{seq}:{previous}"
        head = self._connection.execute("SELECT value FROM meta WHERE name = 'head'").fetchone()
        stored = bytes(head[0]).decode() if head else ""
        if seq and not hmac.compare_digest(stored, self._head(seq, previous)):
            raise _tampered(f"末尾被截断（现有 {seq} 条）")
        if stored and not seq:
            raise _tampered("日志被清空")
        if not anchored:
            raise _tampered("日志里没有所给的锚点")
        return f"{seq}:{previous}"

    def _mac(self, *fields: object) -> str:
        return hmac.new(self._key, canonical_json(list(fields)).encode(), hashlib.sha256).hexdigest()

    def _head(self, seq: int, mac: str) -> str:
        return self._mac("head", seq, mac)


def _tampered(found: str) -> VaultTampered:
    return VaultTampered(
        "查看日志校验不通过",
        expected="逐条相连、与密钥相符",
        found=found,
        remedy="按数据安全事件处理，保全现场",
    )
