"""Where a router is weaker: its figures by length, year, region and channel of the messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.classification import score
from eval.result import Score
from foundation.tables import BadRow, read_table
from triage.training.data import TrainingRow
from triage.training.measure import accuracy, macro_f1

LENGTHS = (50, 100, 200, 400, 800)
"""Upper ends (characters, exclusive) of the slices by length; the last is open."""
FEWEST = 30
"""A slice of fewer messages is not shown."""
MOST = 12
"""Regions and channels shown, the largest first."""

Columns = npt.NDArray[np.int64]


def slice_names(rows: Sequence[TrainingRow], data: Path) -> dict[str, list[str]]:
    """By kind of slice, the slice of each row (empty: unknown)."""
    fields = _fields(data)
    named = [fields.get(row.id.split(":", 1)[-1], {}) for row in rows]
    return {
        "length": [_length(len(row.text)) for row in rows],
        "year": [row.received[:4] for row in rows],
        "region": [found.get("region", "") for found in named],
        "channel": [found.get("channel", "") for found in named],
    }


def slice_scores(
    head: str, target: Columns, predicted: Columns, names: Mapping[str, Sequence[str]]
) -> dict[str, Score]:
    """Accuracy and macro-F1 of every slice with enough messages, `head.slice.kind=value.figure`."""
    scores: dict[str, Score] = {}
    for kind, values in names.items():
        places: dict[str, list[int]] = defaultdict(list)
        for place, value in enumerate(values):
            if value:
                places[value].append(place)
        largest = sorted((v for v in places if len(places[v]) >= FEWEST), key=lambda v: -len(places[v]))
        for value in sorted(largest[:MOST]):
            chosen = np.array(places[value])
            scores.update(_figures(f"{head}.{kind}={value}", target[chosen], predicted[chosen]))
    return scores


def _figures(name: str, target: Columns, predicted: Columns) -> dict[str, Score]:
    n = len(target)
    return {
        f"{name}.accuracy": score(n, lambda i: accuracy(target[i], predicted[i])),
        f"{name}.macro_f1": score(n, lambda i: macro_f1(target[i], predicted[i])),
    }


def _length(characters: int) -> str:
    edges = (0, *LENGTHS)
    place = int(np.searchsorted(LENGTHS, characters, side="right"))
    return f"{edges[place]}+" if place == len(LENGTHS) else f"{edges[place]}-{LENGTHS[place] - 1}"


def _fields(data: Path) -> dict[str, dict[str, Any]]:
    """Region and channel of each row of the file, by its name there."""
    fields: dict[str, dict[str, Any]] = {}
    for row in read_table(data):
        if isinstance(row, BadRow):
            continue
        found = {name: str(row.values.get(name) or "") for name in ("region", "channel")}
        for key in ("row", "uid", "id"):
            if row.values.get(key) is not None:
                fields[str(row.values[key])] = found
                break
    return fields
