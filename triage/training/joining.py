"""Fits how router and dispatch catalogue are joined (`triage.catalogue.joining`), on out-of-fold predictions.

A conditional logit: the log-likelihood of the right matter, of the right level 1 and, after that, of the
right department, with a penalty on every power and on the constants of level 1. There are seven powers and a
constant a class, so a few hundred messages are enough; another router's logits only need another fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from triage.catalogue.entries import load_dispatch
from triage.catalogue.joining import DEPARTMENT_TERMS, MATTER_TERMS, Joiner, JoinWeights, softmax
from triage.classifier.beliefs import Beliefs
from triage.classifier.calibration import level1_of_pairs
from triage.training.calibrate import target_columns
from triage.training.data import TrainingRow

POWER_PENALTY = 1.0
BIAS_PENALTY = 5.0
"""Of half the square; chosen once and flat around: 2 to 10 give the same figures (docs/experiment_log.md)."""
START = 0.4
FEWEST = 100
"""Rows with a matter and a department below which nothing is fitted."""

Array = npt.NDArray[np.float64]
Columns = npt.NDArray[np.int64]


def fit_joining(found: Beliefs, rows: Sequence[TrainingRow]) -> JoinWeights | None:
    """The weights of most likelihood on rows with all labels; `None` where there are too few of them.

    `found`: beliefs of members that saw neither the row nor a twin of it; the rows in the same order.
    """
    labels = found.labels
    matter, department = target_columns(rows, labels, "level2"), target_columns(rows, labels, "department")
    known = np.flatnonzero((matter >= 0) & (department >= 0))
    if len(known) < FEWEST:
        return None
    joiner = Joiner(load_dispatch().matcher, labels)
    told = joiner.told([rows[int(position)].text for position in known])
    part = found.take(known)
    terms = joiner.matter_terms(told, part)
    powers, constants = fit_matter(terms, matter[known], level1_of_pairs(labels), len(labels.level1))
    bias = dict(zip(labels.level1, constants.round(4).tolist(), strict=True))
    weights = JoinWeights(tuple(powers.round(4).tolist()), (1.0, 0.0), bias)
    terms = joiner.department_terms(told, part, joiner.matters(terms, weights))
    second = fit_department(terms, department[known])
    return JoinWeights(weights.matter, tuple(second.round(4).tolist()), bias)


def fit_matter(terms: Array, target: Columns, first: Columns, classes: int) -> tuple[Array, Array]:
    """Powers and constants of level 1: the likelihood of the right matter times that of its level 1."""
    rows, size = np.arange(len(target)), len(MATTER_TERMS)
    inside = first[None, :] == first[target][:, None]

    def cost(values: Array) -> tuple[float, Array]:
        powers, bias = values[:size], values[size:]
        p = softmax(terms @ powers + bias[first])
        of_level1 = np.where(inside, p, 0.0)
        sums = np.maximum(of_level1.sum(axis=1, keepdims=True), 1e-30)
        loss = -float(np.log(np.maximum(p[rows, target], 1e-30)).sum() + np.log(sums).sum())
        slope = 2 * p - of_level1 / sums
        slope[rows, target] -= 1
        by_class = np.bincount(first, weights=slope.sum(axis=0), minlength=classes)
        penalty = POWER_PENALTY * powers @ powers + BIAS_PENALTY * bias @ bias
        by_power = np.einsum("rc,rct->t", slope, terms) + POWER_PENALTY * powers
        return loss + float(penalty) / 2, np.concatenate([by_power, by_class + BIAS_PENALTY * bias])

    found = _least(cost, np.concatenate([np.full(size, START), np.zeros(classes)]))
    return found[:size], found[size:]


def fit_department(terms: Array, target: Columns) -> Array:
    """Powers of router and catalogue: the likelihood of the right department."""
    rows = np.arange(len(target))

    def cost(powers: Array) -> tuple[float, Array]:
        p = softmax(terms @ powers)
        loss = -float(np.log(np.maximum(p[rows, target], 1e-30)).sum())
        slope = p.copy()
        slope[rows, target] -= 1
        by_power = np.einsum("rc,rct->t", slope, terms) + POWER_PENALTY * powers
        return loss + POWER_PENALTY * float(powers @ powers) / 2, by_power

    return _least(cost, np.full(len(DEPARTMENT_TERMS), START))


def _least(cost: Callable[[Array], tuple[float, Array]], start: Array) -> Array:
    return np.asarray(minimize(cost, start, jac=True, method="L-BFGS-B").x)
