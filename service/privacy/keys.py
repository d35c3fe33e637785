"""The keys of the vault: a file outside the database, readable by its owner alone.

One line a key (`id date base64`), the newest last; the last one locks, every one unlocks. A key is 256 random
bits. Rotating adds a key and the vault re-wraps every ticket's own key with it; the old key is then dropped,
and with it go the backups that it could open.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from service.privacy.errors import KeyProblem

_HEADER = "zhili-vault-keys 1"
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Key:
    """One key that wraps the tickets' keys; its `repr` hides the secret."""

    id: str
    created: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one file; never empty."""

    path: Path
    keys: tuple[Key, ...]

    @property
    def primary(self) -> Key:
        """The key that locks from now on."""
        return self.keys[-1]

    def key(self, name: str) -> Key:
        """The key of this id; `KeyProblem` where the file does not hold it."""
        for key in self.keys:
            if key.id == name:
                return key
        raise KeyProblem(
            "密钥文件里没有打开这条记录所需的密钥",
            expected=f"密钥 {name}",
            found="、".join(key.id for key in self.keys),
            remedy="换用封存时的密钥文件，或从备份恢复该密钥",
        )

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """Read a key file; refuses one that others may read."""
        try:
            mode = path.stat().st_mode
            text = path.read_text("ascii")
        except FileNotFoundError as error:
            raise KeyProblem(
                f"找不到密钥文件 {path.name}",
                remedy="zhili privacy key new 新建，或改正 ZHILI_VAULT_KEY_FILE",
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise KeyProblem(f"密钥文件 {path.name} 无法读取", found=type(error).__name__) from error
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyProblem(
                f"密钥文件 {path.name} 能被他人读取",
                expected="权限 600",
                found=f"{stat.S_IMODE(mode):o}",
                remedy=f"chmod 600 {path.name}",
            )
        return cls(path, _parse(text, path))

    @classmethod
    def create(cls, path: Path, today: date) -> KeyRing:
        """A new file with one key; refuses to overwrite, since an overwritten key loses what it locks."""
        ring = cls(path, (_new_key(today),))
        try:
            ring.save(new=True)
        except FileExistsError as error:
            raise KeyProblem(
                f"{path.name} 已存在，不会覆盖", remedy="换一个路径，或用 zhili privacy key rotate"
            ) from error
        return ring

    def rotated(self, today: date) -> KeyRing:
        """This ring with one more key, saved."""
        ring = KeyRing(self.path, (*self.keys, _new_key(today)))
        ring.save()
        return ring

    def without(self, name: str) -> KeyRing:
        """This ring without one key, saved; the last key cannot go. The vault says first whether it may."""
        if self.key(name) is self.primary:
            raise KeyProblem("不能删除当前密钥", found=name, remedy="先执行 zhili privacy key rotate")
        ring = KeyRing(self.path, tuple(key for key in self.keys if key.id != name))
        ring.save()
        return ring

    def save(self, *, new: bool = False) -> None:
        """Write the file whole or not at all, readable by its owner alone; on disk when this returns.

        `new`: raise `FileExistsError` where there is a file already.
        """
        lines = [
            f"{key.id} {key.created} {base64.b64encode(key.secret).decode('ascii')}" for key in self.keys
        ]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".zhili-keys-", dir=self.path.parent)  # Made with 0600.
            draft = Path(name)
            try:
                with os.fdopen(handle, "w", encoding="ascii") as stream:
                    stream.write("\n".join([_HEADER, *lines]) + "\n")
                    stream.flush()
                    os.fsync(stream.fileno())
                if new:
                    self.path.hardlink_to(draft)
                else:
                    draft.replace(self.path)
                _sync_folder(self.path.parent)
            finally:
                draft.unlink(missing_ok=True)
        except FileExistsError:
            raise
        except OSError as error:
            raise KeyProblem(
                f"无法写入密钥文件 {self.path.name}", found=error.strerror or "", remedy="检查权限与磁盘空间"
            ) from error


def _sync_folder(folder: Path) -> None:
    """Put the renaming itself on disk: a vault wrapped by a key that a power cut took back would be lost."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _new_key(today: date) -> Key:
    return Key(secrets.token_hex(4), today.isoformat(), secrets.token_bytes(_BYTES))


def _parse(text: str, path: Path) -> tuple[Key, ...]:
    lines = text.splitlines()
    if not lines or lines[0] != _HEADER:
        raise KeyProblem(
            f"{path.name} 不是智理的密钥文件", expected=_HEADER, remedy="检查 ZHILI_VAULT_KEY_FILE"
        )
    keys: list[Key] = []
    for number, line in enumerate(lines[1:], 2):
        parts = line.split(" ")
        try:
            secret = base64.b64decode(parts[2], validate=True)
        except (IndexError, binascii.Error):
            secret = b""
        if len(parts) != 3 or len(secret) != _BYTES:
            # The line itself is never shown: it may be most of a key.
            raise KeyProblem(f"密钥文件 {path.name} 第 {number} 行无效", remedy="从备份恢复密钥文件")
        keys.append(Key(parts[0], parts[1], secret))
    if not keys:
        raise KeyProblem(f"密钥文件 {path.name} 里没有密钥", remedy="从备份恢复密钥文件")
    return tuple(keys)
