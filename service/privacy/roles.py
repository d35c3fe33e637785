"""Who may see what: the table `roles.toml`, and how a value is shortened where only a part may be seen."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from service.privacy.errors import AccessRefused, PrivacyError
from triage.values import PiiKind

_SHIPPED = Path(__file__).with_name("roles.toml")


@dataclass(frozen=True, slots=True)
class Role:
    """One role and its minimum-necessary view."""

    id: str
    does: str
    purposes: tuple[str, ...]
    full: frozenset[PiiKind]
    partial: frozenset[PiiKind]
    confidential_full: frozenset[PiiKind]
    confidential_partial: frozenset[PiiKind]
    basis: tuple[str, ...]

    def shown(self, kind: PiiKind, value: str, *, confidential: bool) -> str | None:
        """What this role sees of a value: all, a part, or nothing (`None`)."""
        if kind in (self.confidential_full if confidential else self.full):
            return value
        if kind in (self.confidential_partial if confidential else self.partial):
            return shorten(kind, value)
        return None


def shorten(kind: PiiKind, value: str) -> str:
    """A part of a value that recognises it without giving it away."""
    if kind is PiiKind.NAME:
        return value[:1] + "*" * max(1, len(value) - 1)
    if kind in (PiiKind.ADDRESS, PiiKind.PLATE):
        return value[:2] + "*" * max(1, len(value) - 2)
    if len(value) < 8:
        return value[:1] + "*" * (len(value) - 1)
    return value[:3] + "*" * (len(value) - 7) + value[-4:]


def find_role(name: str, purpose: str, path: Path | None = None) -> Role:
    """The role, where it may look for this purpose; `AccessRefused` otherwise, before anything is opened."""
    roles = load_roles(path)
    role = roles.get(name)
    if role is None:
        raise AccessRefused(f"没有“{name}”这个角色", expected="、".join(roles), remedy="用 --role 给出角色")
    if not role.purposes:
        raise AccessRefused(f"{name}不得查看个人信息", found=f"依据：{'、'.join(role.basis)}")
    if purpose not in role.purposes:
        raise AccessRefused(
            f"{name}不能为此目的查看", expected="、".join(role.purposes), found=purpose or "没有写目的"
        )
    return role


@cache
def load_roles(path: Path | None = None) -> dict[str, Role]:
    """The table of roles; `PrivacyError` where it is malformed or names an unknown kind."""
    file = path or _SHIPPED
    try:
        table = tomllib.loads(file.read_text("utf-8"))
        roles = [_role(entry) for entry in table["role"]]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise PrivacyError(
            f"角色表 {file.name} 无法使用", found=str(error), remedy="对照随程序附带的角色表"
        ) from error
    return {role.id: role for role in roles}


def _role(entry: dict[str, Any]) -> Role:
    kinds = {name: frozenset(PiiKind(kind) for kind in entry[name]) for name in _LISTS}
    return Role(
        id=entry["id"],
        does=entry["does"],
        purposes=tuple(entry["purposes"]),
        basis=tuple(entry["basis"]),
        **kinds,
    )


_LISTS = ("full", "partial", "confidential_full", "confidential_partial")
