"""The vault: what masking took out of a ticket, locked, reversible by role and purpose, and logged.

Each ticket has a key of its own, wrapped by the current key of the key file. Every value and the tokenised
text are locked under the ticket's key; purging a ticket destroys that key (crypto-shredding). An entry in the
log and what it speaks of are one transaction: nothing is shown that is not logged.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from legal_corpus.clock import CHINA
from service.privacy import box
from service.privacy.accesslog import Access, AccessLog, Event
from service.privacy.drawers import Drawer, Drawers, Piece
from service.privacy.errors import (
    KeyProblem,
    PrivacyError,
    UnknownTicket,
    VaultClosed,
    VaultProblem,
    VaultTampered,
)
from service.privacy.keys import Key, KeyRing
from service.privacy.roles import Role, find_role
from service.privacy.schema import connect, faults, prepare, writing
from triage.privacy.tokens import new_token, tokenise
from triage.privacy.view import PLACEHOLDER
from triage.values import PiiKind

_TEXT = "正文"
_LONGEST = 200
_NAME = re.compile(rf"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{{1,{_LONGEST}}}")
_MANAGER = "数据管理员"


@dataclass(frozen=True, slots=True)
class Revealed:
    """What one role sees of one ticket. Show it, do not store it."""

    ticket: str
    texts: tuple[str, ...] = field(repr=False)
    """The texts in order of sealing, opened as far as the role may see."""
    opened: tuple[str, ...]
    """How many values of which kind were opened, wholly or in part: `手机号×1`."""
    withheld: tuple[str, ...]


class Vault:
    """One open vault file with its keys. Not shared between threads; several processes may open it."""

    def __init__(self, path: Path, ring: KeyRing) -> None:
        """Open the file, or make it; `VaultProblem`, `VaultTampered` or `KeyProblem` where that fails."""
        self.path = path
        self._connection = connect(path)
        try:
            prepare(self._connection, lambda: _found(self._connection, ring))
            with faults():
                vault = Drawers(self._connection, "", ring).meta("vault").decode()
                self._drawers = Drawers(self._connection, vault, ring)
                self._log = AccessLog(self._connection, self._log_key())
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def seal(self, ticket: str, text: str, *, who: str, keep_days: int, confidential: bool = False) -> str:
        """Put a text of a ticket away and return it with tokens, the form in which it may be stored.

        A later text of the same ticket joins it; `confidential`, once asked for, stays.
        """
        _check("工单编号", ticket)
        _check("操作人", who)
        tokenised = tokenise(text)
        kinds = "、".join(_counts(secret.kind for secret in tokenised.secrets))
        with self._writing() as now:
            drawer = self._drawers.find(ticket)
            key = box.new_key() if drawer is None else self._drawers.unwrap(drawer)
            if drawer is None:
                expires = (date.fromisoformat(now[:10]) + timedelta(days=keep_days)).isoformat()
                drawer = Drawer(ticket, now, expires, confidential, 0, "", b"")
            pieces = [Piece(str(s.kind), s.token, s.value) for s in tokenised.secrets]
            pieces.append(Piece(_TEXT, new_token(), tokenised.text))
            total = drawer.pieces + len(pieces)
            joined = replace(drawer, pieces=total, confidential=drawer.confidential or confidential)
            self._drawers.store(joined, key, self._current())
            for place, piece in enumerate(pieces, drawer.pieces):
                self._drawers.put(joined, key, piece, place)
            self._log.append(Event(who, "程序", "受理", ticket, kinds, "封存"), now)
        return tokenised.text

    def reveal(
        self, ticket: str, *, role: str, purpose: str, who: str, roles: Path | None = None
    ) -> Revealed:
        """The ticket's texts as this role may see them for this purpose.

        Every attempt is logged. Raises `AccessRefused`, `UnknownTicket` or `VaultTampered`.
        """
        for what, name in (("工单编号", ticket), ("操作人", who), ("角色", role), ("目的", purpose)):
            _check(what, name)
        try:
            allowed = find_role(role, purpose, roles)
            with self._writing() as now:
                revealed = self._open(ticket, allowed)
                kinds = "、".join(revealed.opened)
                self._log.append(Event(who, role, purpose, ticket, kinds, "查看"), now)
        except VaultProblem:
            raise
        except PrivacyError:
            with self._writing() as now:
                self._log.append(Event(who, role, purpose, ticket, "", "拒绝"), now)
            raise
        return revealed

    def drawers(self) -> list[Drawer]:
        """Every ticket, oldest first; nothing is opened."""
        with faults():
            return self._drawers.all()

    def texts(self, ticket: str) -> tuple[str, ...]:
        """The tokenised texts of a ticket: masked, tokens unopened."""
        with faults():
            pieces = self._drawers.open(self._known(ticket))
        return tuple(piece.value for piece in pieces if piece.kind == _TEXT)

    def destroy(self, tickets: Iterable[str], *, who: str, purpose: str) -> int:
        """Destroy the keys and rows of these tickets, one transaction for all; how many there were."""
        _check("操作人", who)
        gone = 0
        with self._writing() as now:
            for ticket in tickets:
                if self._drawers.destroy(ticket):
                    gone += 1
                    self._log.append(Event(who, _MANAGER, purpose, ticket, "", "清除"), now)
        return gone

    def rotate(self, *, who: str, today: date) -> int:
        """Add a key to the key file and wrap every ticket's key with it; how many tickets there are.

        Killed halfway, the file holds one key more and the vault still opens with the old one.
        """
        _check("操作人", who)
        with self._writing() as now:
            opened = [(drawer, self._drawers.unwrap(drawer)) for drawer in self._drawers.all()]
            log_key = self._log_key()
            self._drawers.ring = ring = KeyRing.load(self._drawers.ring.path).rotated(today)
            for drawer, key in opened:
                self._drawers.store(drawer, key, ring.primary)
            _store_log_key(self._drawers, log_key, ring.primary)
            self._log.append(Event(who, _MANAGER, "密钥轮换", "", "", "换钥"), now)
        return len(opened)

    def drop_key(self, name: str, *, who: str) -> None:
        """Remove a key that nothing here needs; backups that it locked can no longer be opened."""
        _check("操作人", who)
        with self._writing() as now:
            ring = KeyRing.load(self._drawers.ring.path)
            ring.key(name)
            if name in self.keys_in_use():
                raise KeyProblem(
                    "这把密钥还在使用，不能删除", found=name, remedy="先执行 zhili privacy key rotate"
                )
            self._log.append(Event(who, _MANAGER, f"删除密钥 {name}", "", "", "换钥"), now)
            self._drawers.ring = ring.without(name)

    def keys_in_use(self) -> set[str]:
        """Ids of the keys without which something here would be lost."""
        with faults():
            return {drawer.key_id for drawer in self._drawers.all()} | {self._current().id}

    def entries(self) -> list[Access]:
        """The access log, oldest first."""
        with faults():
            return list(self._log.entries())

    def verify_log(self, anchor: str = "") -> str:
        """Check the chain of the log; its head, to be noted outside this machine (`AccessLog.verify`)."""
        with faults():
            return self._log.verify(anchor)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[str]:
        """A transaction, and the time that its entries carry."""
        with writing(self._connection):
            yield datetime.now(CHINA).isoformat(timespec="seconds")

    def _current(self) -> Key:
        """The key that locks now. The vault says which: a process with an old ring must not use another."""
        return self._drawers.key(self._drawers.meta("log_key_id").decode())

    def _log_key(self) -> bytes:
        vault = self._drawers.meta("vault").decode()
        return box.unlock(self._current().secret, self._drawers.meta("log_key"), (vault, "log"))

    def _known(self, ticket: str) -> Drawer:
        drawer = self._drawers.find(ticket)
        if drawer is None:
            raise UnknownTicket("保险库中没有这个工单", found=ticket, remedy="核对编号；到期的工单已清除")
        return drawer

    def _open(self, ticket: str, role: Role) -> Revealed:
        drawer = self._known(ticket)
        pieces = self._drawers.open(drawer)
        values = {piece.token: piece for piece in pieces if piece.kind != _TEXT}
        opened: list[str] = []
        withheld: list[str] = []

        def open_token(known: re.Match[str]) -> str:
            token = known.group(2)
            if token is None:
                return known.group()
            if token not in values:
                raise VaultTampered("正文里的一个标记没有对应的记录", remedy="按数据安全事件处理并从备份恢复")
            piece = values[token]
            shown = role.shown(PiiKind(piece.kind), piece.value, confidential=drawer.confidential)
            (withheld if shown is None else opened).append(piece.kind)
            return f"〔{piece.kind}〕" if shown is None else shown

        texts = tuple(PLACEHOLDER.sub(open_token, piece.value) for piece in pieces if piece.kind == _TEXT)
        return Revealed(ticket, texts, _counts(opened), _counts(withheld))


def open_vault(home: Path, key_file: Path | None) -> Vault:
    """The vault of this installation; `VaultClosed` where none is configured: then nothing is kept."""
    if key_file is None:
        raise VaultClosed(
            "没有启用个人信息保险库，程序不保存任何原文",
            remedy="用 zhili privacy key new 新建密钥文件，再设置 ZHILI_VAULT_KEY_FILE",
        )
    return Vault(home / "vault.sqlite3", KeyRing.load(key_file))


def _found(connection: sqlite3.Connection, ring: KeyRing) -> None:
    """What a new vault holds: its own name and the key of its log."""
    vault = new_token()
    drawers = Drawers(connection, vault, ring)
    drawers.set_meta("vault", vault.encode())
    _store_log_key(drawers, box.new_key(), ring.primary)


def _store_log_key(drawers: Drawers, log_key: bytes, current: Key) -> None:
    vault = drawers.meta("vault").decode()
    drawers.set_meta("log_key", box.lock(current.secret, log_key, (vault, "log")))
    drawers.set_meta("log_key_id", current.id.encode())


def _check(what: str, name: str) -> None:
    if _NAME.fullmatch(name) is None:
        expected = f"1 到 {_LONGEST} 个字符，不含控制字符"
        raise VaultProblem(f"{what}无效", expected=expected, found=f"{len(name)} 个字符")


def _counts(kinds: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{kind}×{count}" for kind, count in sorted(Counter(map(str, kinds)).items()))
