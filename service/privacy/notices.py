"""The notices that an edge shows to residents: `notices.toml`, our own words with their articles."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from triage.values import LegalBasis


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. `basis` is resolved by the service before it is shown as law."""

    id: str
    title: str
    short: str
    text: str
    basis: tuple[LegalBasis, ...]


@cache
def load_notices() -> dict[str, Notice]:
    """Every notice by its id: `automated_decision`, `collection`, `confidential`, `minor`."""
    path = Path(__file__).with_name("notices.toml")
    entries = tomllib.loads(path.read_text("utf-8"))["notice"]
    return {
        entry["id"]: Notice(
            entry["id"], entry["title"], entry["short"], entry["text"].strip(), _basis(entry["basis"])
        )
        for entry in entries
    }


def _basis(citations: list[str]) -> tuple[LegalBasis, ...]:
    pairs = (citation.removeprefix("《").split("》", 1) for citation in citations)
    return tuple(LegalBasis(law, article) for law, article in pairs)
