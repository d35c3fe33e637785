"""Ranking metrics per question: recall, reciprocal rank, nDCG at a cut.

The definitions of trec_eval: grades below 1 are not relevant, gains are linear, discount log2(rank + 1).
Equal scores are ordered by id, ascending (trec_eval itself takes them descending), so a figure never depends
on the order of lines in a file. Checked against pytrec_eval in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2


def ranking(scored: Mapping[str, float]) -> list[str]:
    """Document ids by score, best first; equal scores by id."""
    return sorted(scored, key=lambda id: (-scored[id], id))


def recall(ranked: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """Share of the relevant documents that stand among the first `k`."""
    relevant = _relevant(grades)
    return len(relevant.intersection(ranked[:k])) / len(relevant)


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """1 / rank of the first relevant document among the first `k`, else 0."""
    relevant = _relevant(grades)
    return next((1 / rank for rank, id in enumerate(ranked[:k], start=1) if id in relevant), 0.0)


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """Discounted gain of the first `k` as a share of the best that was possible."""
    ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    found = [max(grades.get(id, 0), 0) for id in ranked[:k]]
    return _discounted(found) / _discounted(ideal[:k])


def has_relevant(grades: Mapping[str, int]) -> bool:
    """Whether a question can be scored at all; one without a relevant document is left out of the mean."""
    return bool(_relevant(grades))


def _relevant(grades: Mapping[str, int]) -> set[str]:
    return {id for id, grade in grades.items() if grade > 0}


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))
