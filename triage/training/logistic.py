"""Multinomial logistic regression in the space of the messages, given back as one weight a feature.

The prior is that of the ridge (`triage.training.ridge`): the leading directions of all messages stand beside
the features as features of their own, so what they explain is penalised less. Unlike one-vs-rest ridge the
labels of a message compete, which suits few, skewed classes that are told apart by manner, not by matter.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from triage.training.ridge import Array, Space

STEPS = 300
"""Most steps of the solver; it needs about 100."""


def fit_logistic(
    space: Space, rows: Array, wanted: Array, columns: Array, weights: Array, strength: float
) -> tuple[Array, Array]:
    """Weights (features × columns) and biases of the logits; `wanted` is the column label of each of `rows`.

    `columns`: the distinct labels in order, at least two. `strength`: inverse of the penalty, relative to a
    message of unit length and weight 1.
    """
    part = space.features[rows]
    root = np.sqrt(space.parts)
    beside = csr_matrix(part @ space.basis)
    model = LogisticRegression(C=strength, max_iter=STEPS, tol=1e-3)
    model.fit(hstack([part, beside], format="csr") / root, wanted, sample_weight=weights)
    found, bias = model.coef_, model.intercept_
    if len(columns) == 2:
        found, bias = np.vstack([-found / 2, found / 2]), np.concatenate([-bias / 2, bias / 2])
    turned = found.T
    size = part.shape[1]
    return (turned[:size] + space.basis @ turned[size:]) / root, bias
