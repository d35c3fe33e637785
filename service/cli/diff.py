"""Two versions of a law side by side in the terminal: {+added+}, [-deleted-], renumbered."""

from __future__ import annotations

from legal_corpus.diff import ArticleDiff, DiffKind, Piece, PieceKind, VersionDiff

_NAMES = {
    DiffKind.SAME: "未变",
    DiffKind.RENUMBERED: "只改条号",
    DiffKind.CHANGED: "改动",
    DiffKind.CHANGED_AND_RENUMBERED: "改动并改条号（推断）",
    DiffKind.REMOVED: "删去",
    DiffKind.ADDED: "新增",
}
_KEPT = 24
"""Unchanged characters that are shown beside a change."""


def readable_diff(found: VersionDiff) -> str:
    """The whole comparison as text."""
    heading = " → ".join(f"《{one.title}》{one.version_date or ''}" for one in (found.old, found.new))
    counts = "，".join(f"{_NAMES[kind]} {found.counts[kind.value]} 条" for kind in DiffKind)
    return "\n".join([heading, counts, *("\n" + _article(one) for one in found.articles)])


def _article(one: ArticleDiff) -> str:
    place = " → ".join(label for label in (one.old_label, one.new_label) if label)
    if one.kind is DiffKind.CHANGED:
        place = one.new_label
    heading = f"{place}　{_NAMES[one.kind]}"
    if one.kind is DiffKind.CHANGED_AND_RENUMBERED:
        heading += f"，相似 {one.likeness:.0%}"
    return heading + ("\n" + "".join(_piece(piece) for piece in one.pieces) if one.pieces else "")


def _piece(piece: Piece) -> str:
    if piece.kind is PieceKind.DELETED:
        return f"[-{piece.text}-]"
    if piece.kind is PieceKind.INSERTED:
        return f"{{+{piece.text}+}}"
    text = piece.text
    return text if len(text) <= 2 * _KEPT + 2 else f"{text[:_KEPT]}……{text[-_KEPT:]}"
