"""Slices of a retrieval benchmark: by length, by area of law, by how lay the words are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from retrieval.analyzer import analyze
from retrieval.trec import Qrels
from retrieval.values import Document

LENGTHS = ((20, "≤20字"), (60, "21–60字"), (200, "61–200字"))
LONGER = ">200字"
LAY_BELOW = 0.2
"""Share of a question's pairs of characters that stand in its own article; below it, words are lay ones."""
AREAS, OTHERS = 8, "其他"
FEWEST = 10
"""A slice of fewer questions is not shown: its figure would be noise."""

Find = Callable[[str], Document | None]


def slices(texts: Mapping[str, str], qrels: Qrels, find: Find) -> dict[str, list[str]]:
    """The questions of every slice that is large enough; a question stands in one slice of each kind."""
    found: dict[str, list[str]] = {}
    areas = _areas(texts, qrels, find)
    common = {area for area, _ in Counter(areas.values()).most_common(AREAS)}
    for id, text in texts.items():
        found.setdefault(f"length {_length(text)}", []).append(id)
        area = areas.get(id, "")
        found.setdefault(f"law {area if area in common else OTHERS}", []).append(id)
        if (share := overlap(text, id, qrels, find)) is not None:
            kind = "lay" if share < LAY_BELOW else "professional"
            found.setdefault(f"words {kind}", []).append(id)
    return {name: ids for name, ids in sorted(found.items()) if len(ids) >= FEWEST}


def overlap(text: str, id: str, qrels: Qrels, find: Find) -> float | None:
    """Largest share of the question's pairs that one relevant article holds; `None`: none is in the index."""
    pairs = {token for token in analyze(text) if len(token) > 1}
    shares = []
    for one in _relevant(id, qrels):
        document = find(one)
        if document is not None and pairs:
            held = set(analyze(f"{document.law}\n{document.text}"))
            shares.append(len(pairs & held) / len(pairs))
    return max(shares, default=None)


def _areas(texts: Mapping[str, str], qrels: Qrels, find: Find) -> dict[str, str]:
    areas: dict[str, str] = {}
    for id in texts:
        laws = Counter(document.law for one in _relevant(id, qrels) if (document := find(one)))
        if laws:
            areas[id] = min(laws, key=lambda law: (-laws[law], law))
    return areas


def _relevant(id: str, qrels: Qrels) -> list[str]:
    return sorted(document for document, grade in qrels.get(id, {}).items() if grade > 0)


def _length(text: str) -> str:
    return next((name for limit, name in LENGTHS if len(text) <= limit), LONGER)
