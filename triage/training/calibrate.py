"""Calibration and thresholds, fitted on out-of-fold predictions and on nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from triage.classifier.calibration import Calibration, level2_groups, log_probabilities
from triage.classifier.conventions import COARSE, EXPERTS, GATE, gate_pair
from triage.classifier.member import HEADS, Head, Labels, Logits
from triage.classifier.thresholds import Thresholds
from triage.training.conventions import is_coarse
from triage.training.data import TrainingRow
from triage.training.labels import label_of
from triage.training.promises import clopper_pearson

FEWEST = 30
"""A threshold above which fewer messages stand proves nothing."""


def target_columns(rows: Sequence[TrainingRow], labels: Labels, head: Head) -> npt.NDArray[np.int64]:
    """The column of each row's label; -1 where it is not known."""
    number = {label: column for column, label in enumerate(labels.of(head))}
    return np.array([number.get(label_of(row, head), -1) for row in rows], dtype=np.int64)


def calibrate(
    outputs: Mapping[str, Mapping[str, Logits]],
    rows: Sequence[TrainingRow],
    labels: Labels,
) -> Calibration:
    """Temperatures of every member, their shares and the sharpness of the mix, from out-of-fold logits."""
    groups = level2_groups(labels)
    temperatures: dict[str, dict[str, float]] = {member: {} for member in outputs}
    shares: dict[str, dict[str, float]] = {member: {} for member in outputs}
    sharpness: dict[str, float] = {}
    experts = any(GATE in heads for heads in outputs.values())
    for head in (*EXPERTS, *HEADS[1:]) if experts else HEADS:
        target = _targets(rows, labels, head)
        known = target >= 0
        inside = groups if head == "level2" else None
        parts: dict[str, Any] = {}
        for member, heads in outputs.items():
            if head in heads and known.any():
                logits = gate_pair(heads[head][known]) if head == GATE else heads[head][known]
                temperatures[member][head] = _temperature(logits, target[known], inside)
                parts[member] = log_probabilities(logits, temperatures[member][head], inside)
        if parts:
            best = _shares(list(parts.values()), target[known], inside)
            for member, share in zip(parts, best, strict=True):
                shares[member][head] = share
            mixed = sum(share * part for share, part in zip(best, parts.values(), strict=True))
            sharpness[head] = 1 / _temperature(mixed, target[known], inside)
    return Calibration(temperatures, shares, sharpness)


def _targets(rows: Sequence[TrainingRow], labels: Labels, head: str) -> npt.NDArray[np.int64]:
    """The column of each row's label; an expert of level 1 is judged on the rows of its convention alone."""
    if head not in EXPERTS:
        return target_columns(rows, labels, cast(Head, head))
    coarse = np.array([is_coarse(row) for row in rows])
    known = np.array([row.level1 is not None for row in rows])
    if head == GATE:
        return np.where(known, coarse.astype(np.int64), -1)
    return np.where(coarse == (head == COARSE), target_columns(rows, labels, "level1"), -1)


def _shares(
    parts: Sequence[npt.NDArray[Any]],
    target: npt.NDArray[np.int64],
    groups: Sequence[npt.NDArray[np.int64]] | None,
) -> list[float]:
    """The share of each member in the mix, in tenths: those of least log-loss of the sharpened mix."""
    if len(parts) == 1:
        return [1.0]
    if len(parts) > 2:
        return [1 / len(parts)] * len(parts)
    found = []
    for tenth in range(11):
        mixed: Any = (1 - tenth / 10) * parts[0] + tenth / 10 * parts[1]
        sharper = log_probabilities(mixed, _temperature(mixed, target, groups), groups)
        found.append(-float(sharper[np.arange(len(target)), target].mean()))
    second = int(np.argmin(found)) / 10
    return [1 - second, second]


def choose_threshold(
    confidence: Sequence[float], acceptable: Sequence[bool], *, bound: float, data_hash: str
) -> Thresholds:
    """The lowest threshold above which the error's upper bound (Clopper–Pearson, 95 %) is at most `bound`."""
    order = np.argsort(-np.asarray(confidence), kind="stable")
    ranked = np.asarray(confidence)[order]
    wrong = np.cumsum(~np.asarray(acceptable, dtype=bool)[order])
    best: int | None = None
    for n in range(FEWEST, len(ranked) + 1):
        complete = n == len(ranked) or ranked[n] < ranked[n - 1]
        if complete and clopper_pearson(int(wrong[n - 1]), n) <= bound:
            best = n
    if best is None:
        return Thresholds(None, bound, calibration_n=len(ranked), data_hash=data_hash)
    return Thresholds(float(ranked[best - 1]), bound, best, int(wrong[best - 1]), len(ranked), data_hash)


def _temperature(
    logits: npt.NDArray[Any],
    target: npt.NDArray[np.int64],
    groups: Sequence[npt.NDArray[np.int64]] | None,
) -> float:
    """The temperature of least log-loss."""
    rows = np.arange(len(target))

    def loss(log_temperature: float) -> float:
        found = log_probabilities(logits, float(np.exp(log_temperature)), groups)
        return -float(found[rows, target].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-5.0, 4.0), method="bounded").x))
