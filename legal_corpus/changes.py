"""Changes of law that the collections do not hold yet, and first days that they lack: `changes.toml`.

An overtaken text is not law.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from legal_corpus.titles import title_key


@dataclass(frozen=True, slots=True)
class Change:
    """An amendment or revision whose text is missing."""

    title: str
    decided: date
    """Date of the decision: versions from this day on hold the change."""
    since: date
    """First day of the new text."""
    by: str
    """Who changed it and when, for the reader."""

    @property
    def reason(self) -> str:
        """Why the old text is no longer law."""
        return f"{self.by}，自 {self.since} 起施行；库中没有新文本，条文与条号以新法为准"


def overtaken(title: str, version_date: date | None) -> Change | None:
    """The change by which a version of that date is no longer the law's text; `None`: none is known."""
    change = _changes().get(title_key(title))
    return change if change and (version_date is None or version_date < change.decided) else None


def first_day_of(title: str, version_date: date | None) -> date | None:
    """The first day of a version where we know it better than the collection; `None`: nothing to say."""
    return _starts().get((title_key(title), version_date))


@cache
def _starts() -> dict[tuple[str, date | None], date]:
    rows = tomllib.loads((files("legal_corpus") / "changes.toml").read_text("utf-8"))["start"]
    return {(title_key(row["title"]), row["version"]): row["first_day"] for row in rows}


@cache
def _changes() -> dict[str, Change]:
    rows = tomllib.loads((files("legal_corpus") / "changes.toml").read_text("utf-8"))["change"]
    return {title_key(row["title"]): Change(**row) for row in rows}
