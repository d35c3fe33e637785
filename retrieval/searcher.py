"""Search: weigh the query, score by words and by meaning, filter, put in order, cut at k, say why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from retrieval.analyzer import fold, words
from retrieval.dense import Encoder, encoder_named
from retrieval.errors import BadQuery, IndexMismatch
from retrieval.fusion import POOL, fuse
from retrieval.index import LexicalIndex
from retrieval.query import LONGEST_QUERY, aspects, weighted_tokens
from retrieval.reranker import Candidates, Ranking, Reranker
from retrieval.reranker import embedded as embedded_reranker
from retrieval.traits import name_number
from retrieval.values import Document, Expected, Hit
from retrieval.vectors import Vectors

MOST_HITS = 10_000
"""Largest `k`."""
WIDE = 2
"""How many of a query's aspects bring candidates: the whole and the headline."""
MOST_WORDS = 8
"""How many matched words a hit names."""


REMEMBERED = 64
"""How many pairs of day and place a searcher remembers the filter of; one byte a document each."""
TEXTS = 8
"""How many texts it remembers what was gathered for; four bytes a document each."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known of one text over one index before anybody says what to expect; not to be written to."""

    weighted: Mapping[str, float]
    """The tokens of the text and how much each counts."""
    lexical: NDArray[np.float32]
    """Scores by words over all documents, 0 where the filters hold one back."""
    found: Candidates | None
    """The candidates; `None` where words alone must do."""


class Searcher:
    """Finds documents of one index; safe to share between threads.

    Where the index has vectors, `encoder` (default: the one the index names) must be the one that made them:
    another one, or other weights under its name, raise `IndexMismatch`. Where the index also holds the traits
    of its articles, the best candidates are put in a better order (`retrieval.reranker`), by `reranker` or
    by the one that ships with the package; `rerank=False` leaves the order of `retrieval.fusion`.
    """

    def __init__(
        self,
        index: LexicalIndex,
        encoder: Encoder | None = None,
        *,
        rerank: bool = True,
        reranker: Reranker | None = None,
    ) -> None:
        self.index = index
        self._passing: dict[tuple[date | None, str | None], NDArray[np.bool_] | None] = {}
        self._gathered: dict[tuple[str, int, date | None, str | None], Gathered] = {}
        self._lock = Lock()
        self._dense = None if index.vectors is None else _fitting(index.vectors, encoder)
        self.ranking = _ranking(index, reranker) if rerank else None

    @property
    def encoder(self) -> Encoder | None:
        """The encoder that queries are read with; `None` for a purely lexical index."""
        return None if self._dense is None else self._dense[1]

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        as_of: date | None = None,
        region: str | None = None,
        explain: bool = True,
        prior: Expected | None = None,
    ) -> list[Hit]:
        """The best `k` documents, best first; equal scores in the order of their ids.

        Filters work before the cut at `k`, so `k` allowed documents come back where there are as many.
        `as_of=None` asks for no date, `region=None` (or empty) for no place; a document of unknown region
        passes every place. A query that shares no token with any allowed document finds nothing; in an index
        without vectors no document comes back that shares none, so the list may be short or empty. Only the
        first `LONGEST_QUERY` characters are read. `explain=False` leaves `why` empty and saves time.
        `prior` says which laws and articles are expected to govern; without a reranker it is ignored.
        Raises `BadQuery` where the query holds no searchable token at all (empty, or only punctuation and
        function characters), and for an impossible `k` or date.
        """
        if not 1 <= k <= MOST_HITS:
            raise BadQuery(
                "返回条数 k 超出范围", expected=f"1 到 {MOST_HITS}", found=str(k), remedy="改小或改大 k"
            )
        gathered = self.gathered(query, k, as_of=as_of, region=region)
        if gathered is None:
            raise BadQuery(
                "问题中没有可以检索的字词",
                expected="至少一个汉字、字母或数字",
                found="空白" if not query.strip() else "只有标点或虚词",
                remedy="换一种说法，写出具体的事情",
            )
        scores = self._fused(gathered, prior or Expected())
        asked = words(query[:LONGEST_QUERY]) if explain else []
        weighted = gathered.weighted
        return [
            Hit(
                document.id, rank, float(scores[position]), _why(document, asked, weighted) if explain else ()
            )
            for rank, position in enumerate(best(scores, k), start=1)
            for document in (self.index.documents[int(position)],)
        ]

    def gathered(
        self, query: str, k: int = 10, *, as_of: date | None = None, region: str | None = None
    ) -> Gathered | None:
        """What a `search` with these arguments puts in order; `None` where nothing can be searched.

        Remembered for the last few texts: whoever judges a text before it is searched, or searches it again
        with other expectations, pays once.
        """
        asked = (query, max(k, POOL), as_of, region)
        found = self._gathered.get(asked)
        if found is None:
            weighted = weighted_tokens(query)
            if not weighted:
                return None
            allowed = self._allowed(as_of, region)
            scores = self.index.lexical.scores(weighted)
            if allowed is not None:
                scores[~allowed] = 0.0
            scores.flags.writeable = False
            closely = self.ranking is not None
            found = Gathered(weighted, scores, self.candidates(query, scores, allowed, k, closely=closely))
            with self._lock:
                if len(self._gathered) >= TEXTS:
                    self._gathered.pop(next(iter(self._gathered)))
                self._gathered[asked] = found
        return found

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

    def _fused(self, gathered: Gathered, prior: Expected) -> NDArray[np.float32]:
        """Final scores of the candidates of either kind, 0 elsewhere; the lexical ones where that is all."""
        found = gathered.found
        if found is None:
            return gathered.lexical
        scores = fuse(found.words, found.cosines, found.place)
        if self.ranking is not None:
            rows, odds = self.ranking.reordered(self._expecting(found, prior))
            scores = raised(scores, rows, odds)
        fused = np.zeros_like(gathered.lexical)
        fused[found.positions] = scores
        return fused

    def candidates(
        self,
        query: str,
        lexical: NDArray[np.float32],
        allowed: NDArray[np.bool_] | None = None,
        k: int = 10,
        prior: Expected | None = None,
        *,
        closely: bool = True,
    ) -> Candidates | None:
        """What is known about the candidates; `None` where words alone must do.

        `lexical` are the scores of the whole query over all documents. Not `closely`: the lexical scores of
        headline and sentences, which only a reranker needs, are those of the whole.
        """
        if self._dense is None or not lexical.any():
            return None
        vectors, encoder = self._dense
        parts = aspects(query)
        sought = encoder.encode_queries(parts)
        if not sought[0].any():
            return None
        depth = max(k, POOL)
        near = vectors.nearest(sought[:WIDE], depth, allowed)
        positions = np.unique(np.concatenate([best(lexical, depth), near]))
        headline, sentence = self._parts(parts, lexical, positions, closely)
        place = self.index.facets.place[positions]
        nothing = np.zeros(len(positions), np.float32)
        found = Candidates(
            positions=positions,
            words=lexical[positions],
            headline=headline,
            sentence=sentence,
            cosines=vectors.cosines(sought, positions),
            place=place,
            prior=nothing,
            article_prior=nothing,
        )
        return found if prior is None else self._expecting(found, prior)

    def _expecting(self, found: Candidates, prior: Expected) -> Candidates:
        """The candidates with what the caller expects of them."""
        return replace(
            found,
            prior=self._expected(found.place, prior),
            article_prior=self._expected_articles(found.positions, prior),
        )

    def _parts(
        self, parts: list[str], lexical: NDArray[np.float32], positions: NDArray[np.intp], closely: bool
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Lexical scores of the first line and of the best sentence; of the whole where there is one only."""
        whole = lexical[positions]
        if len(parts) == 1 or not closely:
            return whole, whole
        scored = self.index.lexical.scores_at([weighted_tokens(part) for part in parts[1:]], positions)
        return scored[0], scored[1:].max(axis=0)

    def _expected(self, place: NDArray[np.int32], prior: Expected) -> NDArray[np.float32]:
        """What is expected of each candidate's law."""
        if not prior.laws:
            return np.zeros(len(place), np.float32)
        own, number = np.unique(place, return_inverse=True)
        places = self.index.facets.places
        return np.array([prior.laws.get(places[int(one)][1], 0.0) for one in own], np.float32)[number]

    def _expected_articles(self, positions: NDArray[np.intp], prior: Expected) -> NDArray[np.float32]:
        """What is expected of each candidate itself, in whatever version."""
        found = np.zeros(len(positions), np.float32)
        if self.index.traits is not None and prior.articles:
            names = self.index.traits.names[positions]
            for (law, label), weight in prior.articles.items():
                found[names == np.uint64(name_number(law, label))] = weight
        return found

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


def raised(
    scores: NDArray[np.float32], rows: NDArray[np.intp], odds: NDArray[np.float64]
) -> NDArray[np.float32]:
    """The scores with those of `rows` spread anew by `odds`, all of them above every other score."""
    rest = np.delete(scores, rows)
    high = float(scores.max())
    low = float(rest.max()) if len(rest) else float(scores.min())
    spread = float(odds.max() - odds.min())
    share = (odds - odds.min()) / spread if spread > 0 else np.ones_like(odds)
    changed = np.array(scores, np.float32)
    # A rest that scores as high as the best (through ties) must not end above a candidate that was weighed.
    step = max(high - low, 0.01 * high)
    changed[rows] = low + step * (0.01 + 0.99 * share)
    return changed


def _ranking(index: LexicalIndex, reranker: Reranker | None) -> Ranking | None:
    """The reranker over this index; none without traits, or with vectors of an encoder it does not know."""
    if index.traits is None or index.vectors is None:
        return None
    chosen = reranker or embedded_reranker()
    if chosen.encoder_hash != index.vectors.encoder_hash:
        return None
    return chosen.for_index(index.facets.places, index.traits)


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


def _why(document: Document, asked: list[str], weighted: Mapping[str, float]) -> tuple[str, ...]:
    """The words of the query that stand in the document, longest first; its tokens where no word does."""
    text = fold("\n".join((document.law, document.article, *document.topics, document.text)))
    matched = [word for word in asked if word in text]
    if not matched:
        matched = [token for token in weighted if token in text]
    return tuple(sorted(matched, key=len, reverse=True)[:MOST_WORDS])
