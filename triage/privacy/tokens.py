"""Typed tokens (`〔手机号#7K2M9QXT4B〕`): placeholders that a vault can turn back, for those who may.

Tokens are handed out only where a vault keeps the values; everywhere else the plain placeholder stands. A
token is drawn at random and says nothing of the value. What a citizen writes in the form of a token is made
plain first, so nobody can point at another ticket's secret from within a complaint.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from triage.privacy.found import Found
from triage.privacy.masker import find_personal, replace
from triage.privacy.view import PLACEHOLDER, placeholder
from triage.values import PiiKind

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 10
"""32^10 ≈ 10^15 tokens; the vault refuses one that it knows already."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One value that was taken out of a text. Never log or print it: its `repr` hides the value."""

    token: str
    kind: PiiKind
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenisedText:
    """A masked text with tokens, and what they stand for; only a vault should ever hold both."""

    text: str
    secrets: tuple[Secret, ...]


def tokenise(text: str) -> TokenisedText:
    """`text` with each piece of personal information replaced by a token; equal values share one."""
    text = without_tokens(text)
    known: dict[tuple[PiiKind, str], Secret] = {}

    def stand_in(found: Found) -> str:
        value = text[found.start : found.end]
        secret = known.setdefault((found.kind, value), Secret(new_token(), found.kind, value))
        return placeholder(found.kind)[:-1] + f"#{secret.token}〕"

    tokenised = replace(text, find_personal(text), stand_in)
    return TokenisedText(tokenised, tuple(known.values()))


def without_tokens(text: str) -> str:
    """`text` with every token made a plain placeholder: what classifies, searches and shows reads this."""
    return PLACEHOLDER.sub(lambda known: f"〔{known.group(1)}〕", text)


def new_token() -> str:
    """A random token."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
