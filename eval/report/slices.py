"""Where a router is weaker: length in quarters, year, region, channel and source of the messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from eval.report.cases import Judged
from eval.report.curves import exact_interval

FEWEST = 20
"""Of fewer messages nothing can be said."""
MOST = 12
"""Slices of a kind that are shown, the largest first; the others are one slice."""
OTHERS = "其余"
UNKNOWN = "未记载"


@dataclass(frozen=True, slots=True)
class SliceRow:
    """The messages of one slice."""

    kind: str
    """`length`, `year`, `region`, `channel` or `source`."""
    name: str
    n: int
    value: float
    """Share of right answers; of departments, of acceptable ones."""
    low: float
    high: float
    """Exact 95 % interval."""

    @property
    def few(self) -> bool:
        """Whether there are too few messages to say anything."""
        return self.n < FEWEST


def slice_rows(judged: Judged) -> tuple[SliceRow, ...]:
    """Every slice of every kind that divides the messages at all."""
    kinds: dict[str, list[str]] = {
        "length": quarters([about.length for about in judged.about]),
        "year": [about.year for about in judged.about],
        "region": [about.region for about in judged.about],
        "channel": [about.channel for about in judged.about],
        "source": [about.source for about in judged.about],
    }
    rows: list[SliceRow] = []
    for kind, names in kinds.items():
        if any(names) and len(set(names)) > 1:
            rows += _of_kind(kind, names, judged)
    return tuple(rows)


def quarters(lengths: Sequence[int]) -> list[str]:
    """The quarter of each length, named by its bounds; equal lengths stay together."""
    edges = [int(edge) for edge in np.quantile(lengths, [0.25, 0.5, 0.75], method="lower")]
    between = (f"{one + 1}–{two} 字" if one + 1 < two else f"{two} 字" for one, two in pairwise(edges))
    names = [f"至 {edges[0]} 字", *between, f"{edges[-1] + 1} 字以上"]
    return [names[int(np.searchsorted(edges, length))] for length in lengths]


def _of_kind(kind: str, names: Sequence[str], judged: Judged) -> list[SliceRow]:
    known = Counter(name for name in names if name)
    shown = {name for name, _ in known.most_common(MOST)}
    given = [name if name in shown else OTHERS if name else UNKNOWN for name in names]
    rows = []
    for name in dict.fromkeys([*_ordered(kind, known, shown), OTHERS, UNKNOWN]):
        chosen = np.array([one == name for one in given])
        if not chosen.any():
            continue
        n, good = int(chosen.sum()), int(judged.accepted[chosen].sum())
        rows.append(SliceRow(kind, name, n, round(good / n, 6), *exact_interval(good, n)))
    return rows


def _ordered(kind: str, known: Counter[str], shown: set[str]) -> list[str]:
    """Years by time, lengths by length, everything else by size."""
    if kind == "length":
        return sorted(shown, key=lambda name: (not name.startswith("至"), _first(name)))
    if kind == "year":
        return sorted(shown)
    return sorted(shown, key=lambda name: (-known[name], name))


def _first(name: str) -> int:
    digits = "".join(c if c.isdigit() else " " for c in name).split()
    return int(digits[0])
