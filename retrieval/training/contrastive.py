"""The model in training: one vector a token, learned so that a question lies nearest to its own passage.

Everything is numpy and scipy on one core: the rows of a batch are few, so their gradient is sparse, and the
result is the same on every run with the same seed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
_TINY = 1e-6
_BARRED = -1e4
"""Logit of a passage that is another right answer: it must count as no wrong one."""


class TokenTable:
    """A vector a token, with what Adagrad remembers about each of its numbers."""

    def __init__(self, idf: Floats, dimensions: int, *, rate: float, temperature: float, seed: int) -> None:
        """Random vectors whose length is the token's rarity (`idf`)."""
        noise = np.random.default_rng(seed).standard_normal((len(idf), dimensions), dtype=np.float32)
        self.vectors: Floats = noise / np.float32(np.sqrt(dimensions)) * idf[:, None]
        self.moments: Floats = np.zeros_like(self.vectors)
        self.rate = rate
        self.temperature = temperature

    def encode(self, bag: sparse.csr_matrix, step: int = 4_096) -> Floats:
        """Unit vectors of bags."""
        rows = [_unit(bag[start : start + step] @ self.vectors)[0] for start in range(0, bag.shape[0], step)]
        return np.concatenate(rows)

    def learn(
        self,
        queries: sparse.csr_matrix,
        passages: sparse.csr_matrix,
        answers: NDArray[np.int64] | None = None,
    ) -> float:
        """One step on a batch; passage `i` answers query `i`, all others (hard ones may follow) are wrong.

        `answers` names the passages, so that a passage that comes twice is not its own rival. Gives the loss.
        """
        used, columns = np.unique(np.concatenate([queries.indices, passages.indices]), return_inverse=True)
        left = _renumbered(queries, columns[: queries.nnz], len(used))
        right = _renumbered(passages, columns[queries.nnz :], len(used))
        table = self.vectors[used]
        asked, asked_length = _unit(left @ table)
        given, given_length = _unit(right @ table)
        loss, slope = _contrast(asked @ given.T / np.float32(self.temperature), answers)
        slope /= np.float32(self.temperature)
        gradient = left.T @ _through_unit(slope @ given, asked, asked_length)
        gradient += right.T @ _through_unit(slope.T @ asked, given, given_length)
        moments = self.moments[used] + gradient * gradient
        self.moments[used] = moments
        self.vectors[used] = table - np.float32(self.rate) * gradient / (np.sqrt(moments) + np.float32(1e-8))
        return loss


def _contrast(logits: Floats, answers: NDArray[np.int64] | None) -> tuple[float, Floats]:
    """Mean cross-entropy in both directions, and its slope; the reverse one over the right passages only."""
    count = len(logits)
    diagonal = np.arange(count)
    if answers is not None:
        rival = answers[:count, None] != answers[None, :]
        rival[diagonal, diagonal] = True
        logits = np.where(rival, logits, np.float32(_BARRED))
    forward = _softmax(logits, axis=1)
    backward = _softmax(logits[:, :count], axis=0)
    loss = float(-np.log(forward[diagonal, diagonal] + 1e-9).mean())
    forward[diagonal, diagonal] -= 1
    backward[diagonal, diagonal] -= 1
    forward[:, :count] += backward
    return loss, forward * np.float32(0.5 / count)


def _softmax(logits: Floats, axis: int) -> Floats:
    raised: Floats = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return np.asarray(raised / raised.sum(axis=axis, keepdims=True), np.float32)


def _unit(rows: Floats) -> tuple[Floats, Floats]:
    length = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), _TINY).astype(np.float32)
    return rows / length, length


def _through_unit(slope: Floats, rows: Floats, length: Floats) -> Floats:
    """The slope before the division by the length."""
    along = (slope * rows).sum(axis=1, keepdims=True)
    return np.asarray((slope - rows * along) / length, np.float32)


def _renumbered(bag: sparse.csr_matrix, columns: NDArray[np.int64], width: int) -> sparse.csr_matrix:
    return sparse.csr_matrix((bag.data, columns, bag.indptr), shape=(bag.shape[0], width))
