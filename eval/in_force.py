"""Does anything that is not law stand among what was found? Read from the store, not from the index.

An index filters by its own copy of the dates; this asks the store again for every article that a search
gave, so a copy that went wrong shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from legal_corpus.values import Article

CUT = 10


class Shelf(Protocol):
    """Where articles are looked up; `legal_corpus.library.Library` and `LawStore` are such."""

    def article(self, id: str) -> Article | None:
        """The article with this id."""
        ...


def in_force_precision(
    found: Mapping[str, Sequence[str]], shelf: Shelf, day: date
) -> tuple[list[float], tuple[str, ...]]:
    """For every question the share of its first ten that are law on the day, and the ids that are not.

    A question that found nothing shows nothing that is not law: it counts as 1. An id that the store does not
    hold is not law.
    """
    shares: list[float] = []
    wrong: dict[str, None] = {}
    for ids in found.values():
        bad = [id for id in ids[:CUT] if not _is_law(shelf.article(id), day)]
        wrong.update(dict.fromkeys(bad))
        shares.append(1 - len(bad) / max(1, len(ids[:CUT])))
    return shares, tuple(wrong)


def _is_law(article: Article | None, day: date) -> bool:
    return article is not None and article.law.in_force_on(day)
