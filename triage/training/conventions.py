"""Fit level 1 under two conventions of labelling; why there are two: `triage.classifier.conventions`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from triage.classifier.conventions import COARSE, FINE, GATE
from triage.classifier.linear import HeadWeights
from triage.classifier.member import Labels
from triage.training.data import PHRASE, TrainingRow
from triage.training.ridge import Array, Space, fit_ridge

BORROWED = 0.3
"""How much of the coarse expert's scores the fine one adds to its own."""
GATE_ROWS = 3000
"""Messages of either kind from which the gate learns."""
GATE_PENALTY = 0.3


def fit_conventions(
    rows: Sequence[TrainingRow], space: Space, labels: Labels, penalty: float, seed: int
) -> dict[str, HeadWeights] | None:
    """Both experts and the gate; `None` where the rows follow one convention only."""
    coarse = _positions(rows, coarse=True)
    fine = _positions(rows, coarse=False)
    if len(coarse) < 2 or len(fine) < 2:
        return None
    size = len(labels.level1)
    every = np.arange(size)
    coarse_columns, coarse_weights, coarse_bias = _expert(rows, coarse, space, labels, penalty)
    fine_columns, fine_weights, fine_bias = _expert(rows, fine, space, labels, penalty)
    own, own_bias = np.zeros((fine_weights.shape[0], size)), np.full(size, -1.0)
    own[:, fine_columns], own_bias[fine_columns] = fine_weights, fine_bias
    own[:, coarse_columns] += BORROWED * coarse_weights
    own_bias[coarse_columns] += BORROWED * coarse_bias
    own_bias[np.setdiff1d(every, coarse_columns)] -= BORROWED
    return {
        FINE: HeadWeights.quantise(own, own_bias, every, size),
        COARSE: HeadWeights.quantise(coarse_weights, coarse_bias, coarse_columns, size),
        GATE: _gate(rows, coarse, space, seed),
    }


def is_coarse(row: TrainingRow) -> bool:
    """Whether a row is labelled with level 1 alone."""
    return row.level1 is not None and row.level2 is None


def _positions(rows: Sequence[TrainingRow], *, coarse: bool) -> Array:
    """Rows with level 1 alone, or with both levels."""
    return np.flatnonzero([row.level1 is not None and is_coarse(row) == coarse for row in rows])


def _expert(
    rows: Sequence[TrainingRow], positions: Array, space: Space, labels: Labels, penalty: float
) -> tuple[Array, Array, Array]:
    number = {label: column for column, label in enumerate(labels.level1)}
    wanted = np.array([number[rows[position].level1 or ""] for position in positions])
    weights = np.array([rows[position].weight for position in positions])
    columns = np.unique(wanted)
    return columns, *fit_ridge(space, positions, wanted, columns, weights, penalty)


def _gate(rows: Sequence[TrainingRow], coarse: Array, space: Space, seed: int) -> HeadWeights:
    """Coarse rows against all other real messages; a text that stands on both sides is coarse."""
    known = {rows[position].text for position in coarse}
    others = [
        n for n, row in enumerate(rows) if row.source not in ("pseudo", PHRASE) and row.text not in known
    ]
    random = np.random.default_rng(seed)
    one = random.permutation(coarse)[:GATE_ROWS]
    two = random.permutation(np.array(others, dtype=np.int64))[:GATE_ROWS]
    chosen = np.concatenate([one, two])
    wanted = np.concatenate([np.ones(len(one)), np.zeros(len(two))])
    # Both kinds count alike, however many there are.
    weights = np.concatenate([np.full(len(part), len(chosen) / 2 / max(1, len(part))) for part in (one, two)])
    found, bias = fit_ridge(space, chosen, wanted, np.array([1.0]), weights, GATE_PENALTY)
    return HeadWeights.quantise(found, bias, [0], 1)
