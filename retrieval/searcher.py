"""Search: weigh the query, score by words and by meaning, filter by day and place, cut at k, say why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray

from retrieval.analyzer import fold, words
from retrieval.dense import Encoder, encoder_named
from retrieval.errors import BadQuery, IndexMismatch
from retrieval.fusion import POOL, fuse
from retrieval.index import LexicalIndex
from retrieval.query import LONGEST_QUERY, aspects, weighted_tokens
from retrieval.values import Document, Hit
from retrieval.vectors import Vectors

MOST_HITS = 10_000
"""Largest `k`."""
WIDE = 2
"""How many of a query's aspects bring candidates: the whole and the headline."""
MOST_WORDS = 8
"""How many matched words a hit names."""


REMEMBERED = 64
"""How many pairs of day and place a searcher remembers the filter of; one byte a document each."""


class Searcher:
    """Finds documents of one index; safe to share between threads.

    Where the index has vectors, `encoder` (default: the one the index names) must be the one that made them:
    another one, or other weights under its name, raise `IndexMismatch`.
    """

    def __init__(self, index: LexicalIndex, encoder: Encoder | None = None) -> None:
        self.index = index
        self._passing: dict[tuple[date | None, str | None], NDArray[np.bool_] | None] = {}
        self._dense = None if index.vectors is None else _fitting(index.vectors, encoder)

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        as_of: date | None = None,
        region: str | None = None,
        explain: bool = True,
    ) -> list[Hit]:
        """The best `k` documents, best first; equal scores in the order of their ids.

        Filters work before the cut at `k`, so `k` allowed documents come back where there are as many.
        `as_of=None` asks for no date, `region=None` (or empty) for no place; a document of unknown region
        passes every place. A query that shares no token with any allowed document finds nothing; in an index
        without vectors no document comes back that shares none, so the list may be short or empty. Only the
        first `LONGEST_QUERY` characters are read. `explain=False` leaves `why` empty and saves time. Raises
        `BadQuery` where the query holds no searchable token at all (empty, or only punctuation and function
        characters), and for an impossible `k` or date.
        """
        if not 1 <= k <= MOST_HITS:
            raise BadQuery(
                "返回条数 k 超出范围", expected=f"1 到 {MOST_HITS}", found=str(k), remedy="改小或改大 k"
            )
        weighted = weighted_tokens(query)
        if not weighted:
            raise BadQuery(
                "问题中没有可以检索的字词",
                expected="至少一个汉字、字母或数字",
                found="空白" if not query.strip() else "只有标点或虚词",
                remedy="换一种说法，写出具体的事情",
            )
        scores = self.index.lexical.scores(weighted)
        allowed = self._allowed(as_of, region)
        if allowed is not None:
            scores[~allowed] = 0.0
        scores = self._fused(query, scores, allowed, k)
        asked = words(query[:LONGEST_QUERY]) if explain else []
        return [
            Hit(
                document.id, rank, float(scores[position]), _why(document, asked, weighted) if explain else ()
            )
            for rank, position in enumerate(best(scores, k), start=1)
            for document in (self.index.documents[int(position)],)
        ]

    def _allowed(self, as_of: date | None, region: str | None) -> NDArray[np.bool_] | None:
        """Which documents pass the filters; remembered, since the questions of a batch ask for few days."""
        asked = (as_of, region)
        passing = self._passing.get(asked)
        if passing is None:
            passing = self.index.facets.allowed(as_of, region)
            if len(self._passing) >= REMEMBERED:
                self._passing.clear()
            self._passing[asked] = passing
        return passing

    def _fused(
        self, query: str, lexical: NDArray[np.float32], allowed: NDArray[np.bool_] | None, k: int
    ) -> NDArray[np.float32]:
        """Fused scores of the candidates of either kind, 0 elsewhere; the lexical ones where that is all."""
        if self._dense is None or not lexical.any():
            return lexical
        vectors, encoder = self._dense
        sought = encoder.encode_queries(aspects(query))
        if not sought[0].any():
            return lexical
        depth = max(k, POOL)
        near = vectors.nearest(sought[:WIDE], depth, allowed)
        positions = np.unique(np.concatenate([best(lexical, depth), near]))
        cosines = vectors.cosines(sought, positions)
        fused = np.zeros_like(lexical)
        fused[positions] = fuse(lexical[positions], cosines, self.index.facets.place[positions])
        return fused

    def search_many(
        self,
        queries: Iterable[str],
        k: int = 10,
        *,
        as_of: date | None = None,
        region: str | None = None,
        explain: bool = False,
    ) -> Iterator[list[Hit]]:
        """`search` for each query in turn, lazily; a query that cannot be searched raises `BadQuery`."""
        for query in queries:
            yield self.search(query, k, as_of=as_of, region=region, explain=explain)


def _fitting(vectors: Vectors, encoder: Encoder | None) -> tuple[Vectors, Encoder]:
    encoder = encoder or encoder_named(vectors.encoder)
    if (vectors.encoder, vectors.encoder_hash) != (encoder.name, encoder.hash):
        raise IndexMismatch(
            "索引中的向量不是由这个编码器计算的",
            expected=f"{vectors.encoder} {vectors.encoder_hash}",
            found=f"{encoder.name} {encoder.hash}",
            remedy="用 zhili index build 重新建立索引，或换用建立索引时的编码器",
        )
    return vectors, encoder


def best(scores: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """Positions of the `k` highest scores above zero; equal scores by position, also at the cut."""
    found = np.flatnonzero(scores > 0)
    if len(found) > k:
        # Keep everything that ties with the k-th, then cut after sorting: the cut must respect positions too.
        threshold = np.partition(scores[found], len(found) - k)[len(found) - k]
        found = found[scores[found] >= threshold]
    order = np.lexsort((found, -scores[found]))
    return found[order][:k]


def _why(document: Document, asked: list[str], weighted: dict[str, float]) -> tuple[str, ...]:
    """The words of the query that stand in the document, longest first; its tokens where no word does."""
    text = fold("\n".join((document.law, document.article, *document.topics, document.text)))
    matched = [word for word in asked if word in text]
    if not matched:
        matched = [token for token in weighted if token in text]
    return tuple(sorted(matched, key=len, reverse=True)[:MOST_WORDS])
