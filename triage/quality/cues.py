"""Reads `cues.toml` and finds its words in a reply."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from triage.quality.values import PartScore, Span

_SHOWN = 4
"""Pieces of evidence a part shows at most."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One part: its name, its words, and how many different ones make it whole."""

    name: str
    need: int
    words: tuple[re.Pattern[str], ...]

    def score(self, text: str) -> PartScore:
        """The share of what is needed, with the first words found."""
        found = spans(self.words, text)
        return PartScore(self.name, min(1.0, len(found) / self.need), found[:_SHOWN])


@dataclass(frozen=True, slots=True)
class Ask:
    """A kind of question: how it is asked, and what an answer to it holds."""

    name: str
    asked: tuple[re.Pattern[str], ...]
    answered: tuple[re.Pattern[str], ...]


def spans(patterns: Iterable[re.Pattern[str]], text: str) -> tuple[Span, ...]:
    """The first hit of each pattern, in order of the list."""
    hits = (pattern.search(text) for pattern in patterns)
    return tuple(Span(hit.group(), *hit.span()) for hit in hits if hit)


@cache
def parts(score: str) -> tuple[Cue, ...]:
    """The parts of `completeness`, `explainability` or `courtesy`."""
    return tuple(
        Cue(entry["name"], entry["need"], _compiled(entry["words"])) for entry in _table()[score].values()
    )


@cache
def asks() -> tuple[Ask, ...]:
    """The kinds of question; a demand of no such kind asks for action."""
    return tuple(
        Ask(entry["name"], _compiled(entry["asked"]), _compiled(entry["answered"]))
        for entry in _table()["asks"].values()
    )


@cache
def words(section: str, key: str = "words") -> tuple[re.Pattern[str], ...]:
    """A plain list of words: `forwarded`, `rude`."""
    return _compiled(_table()[section][key])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("cues.toml").read_text("utf-8"))


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)
