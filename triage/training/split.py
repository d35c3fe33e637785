"""Splits that never put a message and its twin on two sides.

Twins are found across all sources: rows of one `group`, and rows that share most of their rare 8-character
runs (the same message was posted under several titles and stands in several sets).
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from triage.training.data import TrainingRow

RUN = 8
"""Length of the character runs that are compared."""
COMMON = 30
"""A run that stands in more texts than this is a set phrase and says nothing."""
SHARED = 0.4
"""Two texts are twins where at least this share of the shorter one's rare runs is in the other."""
FEWEST = 6
"""…and at least this many runs are shared."""
TEST_FIFTH = 5
"""One group in so many becomes the test part."""

_PUNCTUATION = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Split:
    """A division of rows; `left_out` rows (twins of test rows, undated ones) belong to neither side."""

    train: tuple[TrainingRow, ...]
    test: tuple[TrainingRow, ...]
    left_out: tuple[TrainingRow, ...]


def split_rows(rows: Sequence[TrainingRow], *, test_from: str = "") -> Split:
    """Train and test part, the same for the same rows on every machine.

    A fifth of the groups becomes the test part, chosen by a hash of the group's name. Rows that carry a
    department are never spent on it: they are few, and are measured by cross-validation (`folds`).
    With `test_from` (an ISO date) the labelled rows of that day and later are the test part instead, and
    labelled rows without a date are left out: nobody can say on which side they stand.
    """
    if test_from:
        tested = [row.by_hand and row.received >= test_from for row in rows]
        nowhere = [row.by_hand and not row.received for row in rows]
    else:
        tested = [_testable(row) and in_test_part(row.group) for row in rows]
        nowhere = [False] * len(rows)
    twins = twin_groups(rows)
    touched = {twin for twin, test in zip(twins, tested, strict=True) if test}
    parts: dict[str, list[TrainingRow]] = {"train": [], "test": [], "left_out": []}
    for row, test, out, twin in zip(rows, tested, nowhere, twins, strict=True):
        parts["test" if test else "left_out" if out or twin in touched else "train"].append(row)
    return Split(tuple(parts["train"]), tuple(parts["test"]), tuple(parts["left_out"]))


def folds(rows: Sequence[TrainingRow], count: int, *, twins: Sequence[int] | None = None) -> list[int]:
    """The fold (0 … count-1) of each row: twins together, sizes near equal, the same on every machine."""
    groups = list(twins) if twins is not None else twin_groups(rows)
    members: dict[int, list[int]] = defaultdict(list)
    for position, group in enumerate(groups):
        members[group].append(position)
    names = {group: min(rows[position].id for position in found) for group, found in members.items()}
    order = sorted(members, key=lambda group: (-len(members[group]), _digest(names[group])))
    sizes = [0] * count
    result = [0] * len(rows)
    for group in order:
        smallest = sizes.index(min(sizes))
        sizes[smallest] += len(members[group])
        for position in members[group]:
            result[position] = smallest
    return result


def cross_validation(rows: Sequence[TrainingRow], count: int) -> Iterator[Split]:
    """`count` divisions: rows with a department are tested in turn; their twins leave the training side."""
    twins = twin_groups(rows)
    gold = [position for position, row in enumerate(rows) if row.dept is not None and row.weight == 1.0]
    numbers = folds([rows[p] for p in gold], count, twins=[twins[p] for p in gold])
    for fold in range(count):
        test = {p for p, number in zip(gold, numbers, strict=True) if number == fold}
        touched = {twins[p] for p in test}
        train = [p for p in range(len(rows)) if twins[p] not in touched]
        out = [p for p in range(len(rows)) if twins[p] in touched and p not in test]
        yield Split(_pick(rows, train), _pick(rows, sorted(test)), _pick(rows, out))


def twins_of_complete(rows: Sequence[TrainingRow], twins: Sequence[int]) -> frozenset[str]:
    """Ids of all rows that are, or are a twin of, a row with a department by hand."""
    touched = {twin for row, twin in zip(rows, twins, strict=True) if row.by_hand and row.dept is not None}
    return frozenset(row.id for row, twin in zip(rows, twins, strict=True) if twin in touched)


def twin_groups(rows: Sequence[TrainingRow]) -> list[int]:
    """A number for each row; rows with the same number are the same message or share a group."""
    parent = list(range(len(rows)))

    def find(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    first: dict[str, int] = {}
    for position, row in enumerate(rows):
        parent[find(position)] = find(first.setdefault(row.group, position))
    for one, other in _twin_pairs([row.text for row in rows]):
        parent[find(one)] = find(other)
    return [find(position) for position in range(len(rows))]


def _twin_pairs(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of texts that share most of their rare runs."""
    runs = _run_matrix(texts)
    sizes = np.diff(runs.indptr)
    shared = (runs @ runs.T).tocoo()
    above = shared.row < shared.col
    rows, cols, counts = shared.row[above], shared.col[above], shared.data[above]
    smaller = np.minimum(sizes[rows], sizes[cols])
    same = (counts >= FEWEST) & (counts >= SHARED * smaller)
    return list(zip(rows[same].tolist(), cols[same].tolist(), strict=True))


def _run_matrix(texts: Sequence[str]) -> csr_matrix:
    """Texts × hashed runs, 1 where the run stands in the text; set phrases are left out."""
    found = [_runs(_PUNCTUATION.sub("", text)) for text in texts]
    starts = np.cumsum([0] + [len(runs) for runs in found])
    indices = np.concatenate(found)
    ones = np.ones(len(indices), dtype=np.int32)
    used, renumbered, counts = np.unique(indices, return_inverse=True, return_counts=True)
    small = csr_matrix((ones, renumbered, starts), shape=(len(texts), len(used)))
    return small[:, (counts > 1) & (counts <= COMMON)]


def _runs(text: str) -> npt.NDArray[np.uint64]:
    """The hashes of the distinct runs of one text."""
    points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    value = np.zeros(max(0, len(points) - RUN + 1), dtype=np.uint64)
    for offset in range(RUN if len(value) else 0):
        value = (value ^ points[offset : offset + len(value)]) * np.uint64(0x9E3779B97F4A7C15)
        value ^= value >> np.uint64(29)
    return np.unique(value)


def _pick(rows: Sequence[TrainingRow], positions: Sequence[int]) -> tuple[TrainingRow, ...]:
    return tuple(rows[position] for position in positions)


def _testable(row: TrainingRow) -> bool:
    return row.by_hand and row.dept is None and row.level1 is not None


def in_test_part(group: str) -> bool:
    """Whether a group belongs to the test part: a fifth, by a hash of its name."""
    return _digest(group) % TEST_FIFTH == 0


def _digest(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
