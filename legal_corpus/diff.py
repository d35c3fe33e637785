"""What changed between two versions of a law, article by article: `zhili corpus diff`.

Added, removed, reworded and renumbered articles. Which old article became which new one is certain where the
words are the same, inferred from likeness where they are not.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from legal_corpus.compare import Pair, key_of, pair_up
from legal_corpus.values import Article, LawVersion


class DiffKind(StrEnum):
    """What became of an article."""

    SAME = "same"
    RENUMBERED = "renumbered"
    """Same words under another number."""
    CHANGED = "changed"
    CHANGED_AND_RENUMBERED = "changed_and_renumbered"
    REMOVED = "removed"
    ADDED = "added"


class PieceKind(StrEnum):
    """What became of a run of characters."""

    KEPT = "kept"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters: `kept` and `deleted` give the old text, `kept` and `inserted` the new."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class ArticleDiff:
    """One article before and after."""

    kind: DiffKind
    old_label: str
    """Empty: added."""
    new_label: str
    """Empty: removed."""
    likeness: float
    """1 for the same words; 0 for added and removed articles."""
    pieces: tuple[Piece, ...]
    """The text, run by run; empty where the words are the same."""


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """One version against another."""

    old: LawVersion
    new: LawVersion
    counts: dict[str, int]
    articles: tuple[ArticleDiff, ...]
    """Everything that is not the same, in the order of the new text, removed articles at their old place."""


def diff_versions(
    old: LawVersion, new: LawVersion, before: Sequence[Article], after: Sequence[Article]
) -> VersionDiff:
    """Compare two texts; units without a number (preamble, annex) are compared like articles."""
    pairs, removed, added = pair_up(before, after)
    position = {article.id: place for place, article in enumerate(after)}
    rows = [(float(position[pair.new.id]), _paired(pair)) for pair in pairs]
    rows += [(float(position[one.id]), _added(one)) for one in added]
    places = {pair.old.id: position[pair.new.id] for pair in pairs}
    rows += [(_place(one, before, places), _removed(one)) for one in removed]
    rows.sort(key=lambda row: row[0])
    counts = {kind.value: sum(row.kind is kind for _, row in rows) for kind in DiffKind}
    return VersionDiff(old, new, counts, tuple(row for _, row in rows if row.kind is not DiffKind.SAME))


def pieces_of(old: str, new: str) -> tuple[Piece, ...]:
    """The difference of two texts, character by character."""
    pieces: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece(PieceKind.KEPT, old[start:end]))
            continue
        if end > start:
            pieces.append(Piece(PieceKind.DELETED, old[start:end]))
        if new_end > new_start:
            pieces.append(Piece(PieceKind.INSERTED, new[new_start:new_end]))
    return tuple(pieces)


def _paired(pair: Pair) -> ArticleDiff:
    if pair.same_text:
        kind = DiffKind.SAME if pair.same_label else DiffKind.RENUMBERED
        return ArticleDiff(kind, pair.old.label, pair.new.label, 1.0, ())
    kind = DiffKind.CHANGED if pair.same_label else DiffKind.CHANGED_AND_RENUMBERED
    pieces = pieces_of(pair.old.text, pair.new.text)
    return ArticleDiff(kind, pair.old.label, pair.new.label, pair.likeness, pieces)


def _added(article: Article) -> ArticleDiff:
    return ArticleDiff(DiffKind.ADDED, "", _named(article), 0.0, (Piece(PieceKind.INSERTED, article.text),))


def _removed(article: Article) -> ArticleDiff:
    return ArticleDiff(DiffKind.REMOVED, _named(article), "", 0.0, (Piece(PieceKind.DELETED, article.text),))


def _named(article: Article) -> str:
    return article.label or article.chapter or f"（{key_of(article)[0] or '无条号'}）"


def _place(article: Article, before: Sequence[Article], places: dict[str, int]) -> float:
    """A removed article stands after the last old neighbour that has a place in the new text."""
    best = -0.5
    for other in before:
        if other.id == article.id:
            return best
        if other.id in places:
            best = places[other.id] + 0.5
    return best
