"""Weighted ridge with a prior, solved in the space of the messages and given back as one weight a feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix

Array = npt.NDArray[Any]

BAND = 512
"""Rows of a kernel that are computed at once."""


@dataclass(frozen=True)
class Space:
    """The features of all training messages and the directions that are penalised less."""

    features: csr_matrix
    basis: Array
    """(features × directions), scaled by the strength of the prior."""
    blocks: int
    """Blocks of features, each of unit length."""

    @property
    def parts(self) -> float:
        """What a kernel is divided by, so that a message has about unit length."""
        return float(self.blocks + (1 if self.basis.shape[1] else 0))


def fit_ridge(
    space: Space, rows: Array, wanted: Array, columns: Array, weights: Array, penalty: float
) -> tuple[Array, Array]:
    """One-vs-rest weights (features × columns) and biases; `wanted` is the column label of each of `rows`.

    Solves (K + penalty / weight) a = targets and turns a back into weights.
    """
    part = space.features[rows]
    targets = np.where(wanted[:, None] == columns[None, :], 1.0, -1.0)
    bias = np.average(targets, axis=0, weights=weights)
    kernel = _kernel(part, space)
    kernel[np.diag_indices_from(kernel)] += (penalty / weights).astype(np.float32)
    dual = cho_solve(cho_factor(kernel, overwrite_a=True, check_finite=False), targets - bias)
    primal = np.asarray(part.T @ dual)
    primal += space.basis @ (space.basis.T @ primal)
    return primal / space.parts, bias


def _kernel(part: csr_matrix, space: Space) -> Array:
    """Products of all pairs of messages, in bands: one sparse product of all would fill the memory."""
    latent = part @ space.basis
    kernel: Array = latent @ latent.T
    turned = part.T.tocsr()
    for at in range(0, part.shape[0], BAND):
        kernel[at : at + BAND] += (part[at : at + BAND] @ turned).toarray()
    kernel /= np.float32(space.parts)
    return kernel
