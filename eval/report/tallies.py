"""Counts: who loses tickets to whom, the heat map, the figures of each class, the worst errors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from eval.report.cases import Judged

FEWEST = 5
"""A class of fewer messages is not drawn in the heat map; its messages stand among the others."""
MOST = 40
"""Classes that the heat map shows at most, the largest first."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Messages of one class that were taken for another."""

    true: str
    predicted: str
    n: int
    share: float
    """Of all messages of the true class."""
    acceptable: int
    """How many of them went to a department to which dispatch is not wrong."""


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class: its messages, and how well they are found."""

    label: str
    n: int
    predicted: int
    """How many messages were given this label."""
    precision: float | None
    """`None`: nothing was given this label."""
    recall: float | None
    """`None`: no message carries it."""
    f1: float


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Counts, true × predicted; the last column holds every other class."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    left_out: int
    """Classes that are not drawn."""


@dataclass(frozen=True, slots=True)
class WorstError:
    """One wrong answer."""

    id: str
    probability: float
    true: str
    true_probability: float | None
    """`None`: the label was not among those kept."""
    predicted: str
    text: str
    """Masked; empty unless it was asked for."""


def confusions(judged: Judged) -> tuple[Confusion, ...]:
    """Every pair of classes that was confused, most messages first."""
    sizes = Counter(judged.true)
    pairs: Counter[tuple[str, str]] = Counter()
    forgiven: Counter[tuple[str, str]] = Counter()
    for true, predicted, fine in zip(judged.true, judged.predicted, judged.accepted, strict=True):
        if true != predicted:
            pairs[true, predicted] += 1
            forgiven[true, predicted] += bool(fine)
    order = sorted(pairs, key=lambda pair: (-pairs[pair], forgiven[pair], pair))
    return tuple(
        Confusion(*pair, pairs[pair], round(pairs[pair] / sizes[pair[0]], 6), forgiven[pair])
        for pair in order
    )


def class_rows(judged: Judged) -> tuple[ClassRow, ...]:
    """Precision, recall and F1 of every class that was meant or given, the largest first."""
    meant, given = Counter(judged.true), Counter(judged.predicted)
    right = Counter(label for label, good in zip(judged.true, judged.right, strict=True) if good)
    rows = [
        ClassRow(
            label,
            meant[label],
            given[label],
            round(right[label] / given[label], 6) if given[label] else None,
            round(right[label] / meant[label], 6) if meant[label] else None,
            round(2 * right[label] / (meant[label] + given[label]), 6),
        )
        for label in meant | given
    ]
    return tuple(sorted(rows, key=lambda row: (-row.n, row.label)))


def heat_map(judged: Judged) -> HeatMap:
    """The classes with at least `FEWEST` messages, the largest first."""
    sizes = Counter(judged.true)
    large = sorted((c for c in sizes if sizes[c] >= FEWEST), key=lambda c: (-sizes[c], c))[:MOST]
    place = {label: n for n, label in enumerate(large)}
    counts = np.zeros((len(large), len(large) + 1), dtype=np.int64)
    for true, predicted in zip(judged.true, judged.predicted, strict=True):
        if true in place:
            counts[place[true], place.get(predicted, len(large))] += 1
    listed = tuple(tuple(int(n) for n in row) for row in counts)
    return HeatMap(tuple(large), listed, len(sizes) - len(large))


def worst_errors(judged: Judged, most: int) -> tuple[WorstError, ...]:
    """The wrong answers that were given with most certainty; acceptable departments are not wrong."""
    wrong = [n for n in range(len(judged.rows)) if not judged.accepted[n]]
    wrong.sort(key=lambda n: (-judged.confidence[n], judged.rows[n].id))
    found = []
    for n in wrong[:most]:
        row, true = judged.rows[n], judged.true[n]
        of_true = dict(row.ranked[judged.head]).get(true)
        p = float(judged.confidence[n])
        found.append(WorstError(row.id, p, true, of_true, judged.predicted[n], judged.about[n].text))
    return tuple(found)
