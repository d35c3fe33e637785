"""The values of the dispatch catalogue (派单目录): an entry a kind of matter; how one fits a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.values import Evidence, LegalBasis


@dataclass(frozen=True, slots=True)
class NotCompetent:
    """A department to which such a matter is often sent though it is not its duty (常见误派)."""

    department: str
    """Id in the department catalogue."""
    why: str
    """The reason, in our own words, for the operator."""
    basis: tuple[LegalBasis, ...] = ()
    """Articles that put the duty elsewhere; empty where the reason is one of convention."""


@dataclass(frozen=True, slots=True)
class DispatchEntry:
    """One entry of the catalogue (目录条目): who acts on a matter, on what basis, what to ask and to tell."""

    id: str
    """Stable: a city overrides the entry by it."""
    name: str
    """The matter as an operator would call it."""
    level1: str
    level2: str
    level3: str
    """Class of the petition taxonomy; empty where the entry stands for the whole of level 2."""
    lead: str
    """Id of the department that handles it (主办)."""
    co: tuple[str, ...]
    """Ids of those that assist (协办)."""
    not_competent: tuple[NotCompetent, ...]
    basis: tuple[LegalBasis, ...]
    """Articles that give the duty or govern the matter."""
    clock: str
    """Id of the clock that usually runs (policy/clocks.toml); empty: the ticket's own deadline."""
    ask: tuple[str, ...]
    """What to ask the caller, the question that changes the route first."""
    tell: tuple[str, ...]
    """What to tell the caller."""
    words: tuple[str, ...]
    """How citizens put it; `A…B` is `A` with `B` close behind it."""


@dataclass(frozen=True, slots=True)
class EntryMatch:
    """An entry that may fit a text."""

    entry: DispatchEntry
    score: float
    """From 0 to 1, comparable within one text: the share of belief among all entries."""
    words: tuple[str, ...]
    """The entry's words that stand in the text, the weightiest first; empty: only the router spoke for it."""


def words_for(department: str, entries: Sequence[EntryMatch], text: str) -> tuple[Evidence, ...]:
    """The entries' words by which the text speaks for a department that one of them names as lead.

    The first place of each word counts, in the order of the text; the weight is the entry's share.
    """
    found = {
        (text.find(part), part): match.score
        for match in reversed(entries)
        if match.entry.lead == department
        for word in match.words
        for part in word.split("…")
        if part in text
    }
    return tuple(Evidence(part, at, at + len(part), score) for (at, part), score in sorted(found.items()))
