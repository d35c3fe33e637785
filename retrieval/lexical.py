"""BM25 over the tokens of the analyzer: weights computed by bm25s, kept as arrays that can be memory-mapped.

bm25s stores for every token the documents that hold it and what it adds to their score, so a search is a
weighted sum of a few slices; the weights of the query (`retrieval.query`) are applied to the slices here,
because bm25s itself counts every token of a query equally.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from foundation.progress import Progress, silent
from retrieval.analyzer import analyze
from retrieval.values import Document

K1 = 1.5
B = 0.9
TITLE_WEIGHT = 2
"""How often the title of the law counts against one occurrence in the text."""
SCHEME = {"method": "lucene", "k1": K1, "b": B, "title_weight": TITLE_WEIGHT}
"""All that decides a weight besides the analyzer; stored in the manifest and compared on opening."""
_FOLDER = "bm25"
_STEP = 2_000


@dataclass(frozen=True)
class Lexical:
    """The postings of an index: for token number t the slice `starts[t]:starts[t + 1]` of both arrays."""

    vocabulary: Mapping[str, int]
    positions: NDArray[np.int32]
    weights: NDArray[np.float32]
    starts: NDArray[np.int64]
    documents: int
    model: Any
    """The bm25s object that made the arrays and writes them."""

    @classmethod
    def build(cls, documents: Sequence[Document], progress: Progress = silent) -> Lexical:
        """Tokenize and weigh the documents."""
        import bm25s

        vocabulary: dict[str, int] = {}
        rows: list[array[int]] = []  # half the memory of lists
        for number, document in enumerate(documents):
            numbers = (vocabulary.setdefault(token, len(vocabulary)) for token in tokens_of(document))
            rows.append(array("i", numbers))
            if number % _STEP == 0:
                progress(number, len(documents), "切分文本")
        progress(len(documents), len(documents), "切分文本")
        progress(len(documents), len(documents), "计算权重")
        model = bm25s.BM25(method="lucene", k1=K1, b=B, backend="numpy", csc_backend="scipy")
        # bm25s fails on a corpus without a single token (all texts are punctuation).
        vocabulary = vocabulary or {"": 0}
        with np.errstate(invalid="ignore"):  # such a corpus has an average length of 0
            model.index((rows, vocabulary), show_progress=False, create_empty_token=False)
        return cls._of(model, vocabulary)

    @classmethod
    def open(cls, folder: Path) -> Lexical:
        """Map the arrays of an index directory."""
        import bm25s

        model = bm25s.BM25.load(
            folder / _FOLDER, mmap=True, load_corpus=False, backend="numpy", csc_backend="numpy"
        )
        return cls._of(model, model.vocab_dict)

    @classmethod
    def _of(cls, model: Any, vocabulary: Mapping[str, int]) -> Lexical:
        arrays = model.scores
        return cls(
            vocabulary=vocabulary,
            # As plain arrays: a slice of a mapped one is a Python object of its own, hundreds a query.
            positions=np.asarray(arrays["indices"]),
            weights=np.asarray(arrays["data"]),
            starts=np.asarray(arrays["indptr"]),
            documents=int(arrays["num_docs"]),
            model=model,
        )

    def save(self, folder: Path) -> None:
        """Write the arrays, the vocabulary and the parameters as bm25s lays them out."""
        self.model.save(folder / _FOLDER, show_progress=False, allow_pickle=False)

    def scores(self, weighted: Mapping[str, float]) -> NDArray[np.float32]:
        """The score of every document; 0 where it holds none of the tokens."""
        known = self._known([weighted])
        weights = np.array([weighted[token] for token in known], np.float32)
        return np.asarray(self._postings(known) @ weights, np.float32)

    def scores_at(
        self, queries: Sequence[Mapping[str, float]], positions: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        """The scores of several queries (rows), of these documents alone (ascending positions)."""
        known = self._known(queries)
        weights = np.array([[one.get(token, 0.0) for token in known] for one in queries], np.float32)
        place = np.full(self.documents, -1, np.int32)
        place[positions] = np.arange(len(positions), dtype=np.int32)
        every = self._postings(known)
        rows = place[every.indices]
        kept = np.flatnonzero(rows >= 0)
        starts = np.searchsorted(kept, every.indptr).astype(np.int32)
        few = csc_array((every.data[kept], rows[kept], starts), shape=(len(positions), len(known)))
        return np.asarray((few @ weights.T).T, np.float32)

    def _known(self, queries: Sequence[Mapping[str, float]]) -> list[str]:
        """The tokens of the queries that the index holds."""
        # In the order of the tokens' numbers, so that rounding never depends on the order of the words.
        numbers = self.vocabulary
        return sorted(
            {token for one in queries for token in one if token in numbers}, key=numbers.__getitem__
        )

    def _postings(self, tokens: Sequence[str]) -> csc_array:
        """Documents × these tokens: a matrix, because that adds up five times as fast as slice by slice."""
        numbers = [self.vocabulary[token] for token in tokens]
        chosen = [slice(int(self.starts[one]), int(self.starts[one + 1])) for one in numbers]
        ends = np.cumsum([0, *(one.stop - one.start for one in chosen)], dtype=np.int64)
        positions = np.concatenate([np.empty(0, np.int32), *(self.positions[one] for one in chosen)])
        weights = np.concatenate([np.empty(0, np.float32), *(self.weights[one] for one in chosen)])
        return csc_array((weights, positions, ends.astype(np.int32)), shape=(self.documents, len(tokens)))


def tokens_of(document: Document) -> list[str]:
    """What a document is found by: title of the law (counted more often), article label, topics, text."""
    return (
        analyze(document.law) * TITLE_WEIGHT
        + analyze(document.article)
        + [token for topic in document.topics for token in analyze(topic)]
        + analyze(document.text)
    )
