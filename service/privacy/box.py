"""Authenticated encryption (AES-256-GCM, library `cryptography`) with what a ciphertext belongs to bound in.

The associated data names vault, ticket, kind and token, so a row that was moved, swapped or relabelled does
not open. A fresh 96-bit nonce is drawn for each value.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from foundation.canonical import canonical_json
from service.privacy.errors import VaultTampered

_NONCE = 12
KEY_BYTES = 32


def new_key() -> bytes:
    """A key for one ticket."""
    return secrets.token_bytes(KEY_BYTES)


def lock(key: bytes, plain: bytes, belongs_to: tuple[str, ...]) -> bytes:
    """Nonce and ciphertext of `plain`."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, _associated(belongs_to))


def unlock(key: bytes, locked: bytes, belongs_to: tuple[str, ...]) -> bytes:
    """What was locked; `VaultTampered` where key, ciphertext or place do not fit together."""
    try:
        return AESGCM(key).decrypt(locked[:_NONCE], locked[_NONCE:], _associated(belongs_to))
    except (InvalidTag, ValueError) as error:
        raise VaultTampered(
            "保险库中的一条记录打不开",
            expected="封存时的密钥与内容",
            found="密钥不对，或记录被改动、调换",
            remedy="核对密钥文件；如密钥无误，按数据安全事件处理并从备份恢复",
        ) from error


def _associated(belongs_to: tuple[str, ...]) -> bytes:
    return canonical_json(list(belongs_to)).encode()
