"""The drawers of the vault: one a ticket, with a key of its own, and what lies in it, in order.

The ticket's key is wrapped by a key of the key file; number of pieces, dates and confidentiality are bound to
the wrapping, and each piece is bound to ticket, kind, token and place. So a row that was changed, moved,
swapped, added or removed is noticed when the drawer is opened. Everything here runs inside a transaction.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace

from service.privacy import box
from service.privacy.errors import KeyProblem, VaultProblem, VaultTampered
from service.privacy.keys import Key, KeyRing

_COLUMNS = "id, created, expires, confidential, pieces, key_id, wrapped"


@dataclass(frozen=True, slots=True)
class Drawer:
    """What the vault knows of a ticket without opening it."""

    id: str
    created: str
    expires: str
    confidential: bool
    pieces: int
    key_id: str
    wrapped: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """One locked thing: a value of some kind, or a tokenised text."""

    kind: str
    token: str
    value: str = field(repr=False)


class Drawers:
    """Rows and keys of one vault file."""

    def __init__(self, connection: sqlite3.Connection, vault: str, ring: KeyRing) -> None:
        self._connection = connection
        self._vault = vault
        self.ring = ring

    def key(self, name: str) -> Key:
        """A key by its id; the key file is read again where another process has added one since."""
        try:
            return self.ring.key(name)
        except KeyProblem:
            self.ring = KeyRing.load(self.ring.path)
            return self.ring.key(name)

    def find(self, ticket: str) -> Drawer | None:
        """The ticket's drawer, or `None`."""
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM ticket WHERE id = ?", (ticket,)).fetchone()
        return None if row is None else _drawer(row)

    def all(self) -> list[Drawer]:
        """Every drawer, oldest first."""
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM ticket ORDER BY created, id")
        return [_drawer(row) for row in rows]

    def unwrap(self, drawer: Drawer) -> bytes:
        """The drawer's key; `VaultTampered` where the row is not as it was stored."""
        return box.unlock(self.key(drawer.key_id).secret, drawer.wrapped, self._binding(drawer))

    def store(self, drawer: Drawer, key: bytes, current: Key) -> Drawer:
        """Write the drawer with its key wrapped by `current`."""
        bare = replace(drawer, key_id=current.id, wrapped=b"")
        full = replace(bare, wrapped=box.lock(current.secret, key, self._binding(bare)))
        values = (full.id, full.created, full.expires, int(full.confidential), full.pieces, full.key_id)
        self._connection.execute(
            f"INSERT INTO ticket ({_COLUMNS}) VALUES (?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET"
            " confidential = excluded.confidential, pieces = excluded.pieces, key_id = excluded.key_id,"
            " wrapped = excluded.wrapped",
            (*values, full.wrapped),
        )
        return full

    def put(self, drawer: Drawer, key: bytes, piece: Piece, place: int) -> None:
        """Lock one piece into its place."""
        plain = piece.value.encode("utf-8", "surrogatepass")
        locked = box.lock(key, plain, self._place(drawer.id, piece.kind, piece.token, place))
        self._connection.execute(
            "INSERT INTO sealed (token, ticket, kind, place, locked) VALUES (?,?,?,?,?)",
            (piece.token, drawer.id, piece.kind, place, locked),
        )

    def open(self, drawer: Drawer) -> list[Piece]:
        """Everything in the drawer, in order; `VaultTampered` where anything does not fit."""
        key = self.unwrap(drawer)
        rows = self._connection.execute(
            "SELECT kind, token, place, locked FROM sealed WHERE ticket = ? ORDER BY place", (drawer.id,)
        ).fetchall()
        pieces: list[Piece] = []
        for kind, token, place, locked in rows:
            plain = box.unlock(key, locked, self._place(drawer.id, kind, token, place))
            pieces.append(Piece(kind, token, plain.decode("utf-8", "surrogatepass")))
        if [row[2] for row in rows] != list(range(drawer.pieces)):
            raise VaultTampered(
                "工单的记录缺了或多了",
                expected=f"{drawer.pieces} 条",
                found=f"{len(rows)} 条",
                remedy="按数据安全事件处理并从备份恢复",
            )
        return pieces

    def destroy(self, ticket: str) -> int:
        """Remove the drawer, its key and what lies in it; how many there were (0 or 1)."""
        self._connection.execute("DELETE FROM sealed WHERE ticket = ?", (ticket,))
        return self._connection.execute("DELETE FROM ticket WHERE id = ?", (ticket,)).rowcount

    def meta(self, name: str) -> bytes:
        """A fact about the vault itself."""
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise VaultProblem("保险库不完整", found=f"缺少 {name}", remedy="从备份恢复")
        return bytes(row[0])

    def set_meta(self, name: str, value: bytes) -> None:
        """Note a fact about the vault itself."""
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def _binding(self, drawer: Drawer) -> tuple[str, ...]:
        facts = (drawer.created, drawer.expires, str(drawer.confidential), str(drawer.pieces), drawer.key_id)
        return (self._vault, "ticket", drawer.id, *facts)

    def _place(self, ticket: str, kind: str, token: str, place: int) -> tuple[str, ...]:
        return (self._vault, "piece", ticket, kind, token, str(place))


def _drawer(row: tuple[str, str, str, int, int, str, bytes]) -> Drawer:
    ticket, created, expires, confidential, pieces, key_id, wrapped = row
    return Drawer(ticket, created, expires, bool(confidential), pieces, key_id, wrapped)
