"""Plain searchers to measure the product against: BM25 over words or pairs, LSA, any encoder alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from foundation.progress import Progress, silent
from retrieval.analyzer import pieces
from retrieval.dense import Encoder, unit

K1, B = 1.5, 0.75
"""The usual ones, untuned."""
DIMENSIONS = 256
_STEP = 256
Scores = NDArray[np.float32]


def pairs(text: str) -> list[str]:
    """Overlapping pairs of characters; words and numbers in other letters whole."""
    return [
        part
        for kind, piece in pieces(text)
        for part in (
            [piece[at : at + 2] for at in range(max(1, len(piece) - 1))] if kind == "han" else [piece]
        )
    ]


def segmented(text: str) -> list[str]:
    """The words of rjieba."""
    import rjieba

    return [
        word for kind, piece in pieces(text) for word in (rjieba.cut(piece) if kind == "han" else [piece])
    ]


class Bm25:
    """Plain BM25, every token of a question counting once each time it stands there."""

    def __init__(self, texts: Sequence[str], tokens: Callable[[str], list[str]]) -> None:
        from sklearn.feature_extraction.text import CountVectorizer

        self._counter = CountVectorizer(analyzer=tokens, dtype=np.float32)
        counts = sparse.csr_matrix(self._counter.fit_transform(texts))
        length = np.asarray(counts.sum(axis=1)).ravel()
        held = np.bincount(counts.indices, minlength=counts.shape[1])
        rarity = np.log1p((len(texts) - held + 0.5) / (held + 0.5))
        rows = np.repeat(np.arange(len(texts)), np.diff(counts.indptr))
        norm = K1 * (1 - B + B * length / length.mean())
        counts.data = (rarity[counts.indices] * counts.data / (counts.data + norm[rows])).astype(np.float32)
        self._weights = counts.T.tocsr()

    def scores(self, text: str) -> Scores:
        """One score a document."""
        asked = self._counter.transform([text])
        return np.asarray((asked @ self._weights).toarray()[0], np.float32)


class Lsa:
    """Latent semantic analysis: TF-IDF over pairs of characters, cut to its largest directions."""

    def __init__(self, texts: Sequence[str], dimensions: int = DIMENSIONS) -> None:
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._counter = TfidfVectorizer(analyzer=pairs, sublinear_tf=True, min_df=2, dtype=np.float32)
        rows = self._counter.fit_transform(texts)
        width = min(dimensions, min(rows.shape) - 1)
        self._directions = TruncatedSVD(width, n_iter=2, random_state=0)
        self._documents = unit(self._directions.fit_transform(rows).astype(np.float32))

    def scores(self, text: str) -> Scores:
        """One score a document."""
        asked = self._directions.transform(self._counter.transform([text])).astype(np.float32)
        return np.asarray(self._documents @ unit(asked)[0], np.float32)


class Dense:
    """Nearness of meaning alone."""

    def __init__(self, texts: Sequence[str], encoder: Encoder, progress: Progress = silent) -> None:
        rows = []
        for start in range(0, len(texts), _STEP):
            progress(start, len(texts), "计算向量")
            rows.append(encoder.encode_documents(texts[start : start + _STEP]))
        self._encoder = encoder
        self._documents = np.concatenate(rows)

    def scores(self, text: str) -> Scores:
        """One score a document."""
        return np.asarray(self._documents @ self._encoder.encode_queries([text])[0], np.float32)
