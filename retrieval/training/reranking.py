"""Learns the order of candidates (`retrieval.reranker`) from questions and complaints with judged articles.

The features of a training question must come from an encoder that has not seen it, or "near in meaning" would
be trusted too much: STARD's questions are scored in five folds, each by an encoder trained without its fold
(`zhili train retriever --fold N`), and by popularity counted without it. Logistic regression over a few dozen
features; one core, about two minutes with the encoders at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.query import weighted_tokens
from retrieval.reranker import FEATURES, Linear, Popularity, Ranking, law_key
from retrieval.searcher import Searcher
from retrieval.traits import name_number
from retrieval.trec import Run
from retrieval.values import Document, Expected

QUESTION_C = 1.0
COMPLAINT_C = 0.02
"""Inverse strength of the regularisation; strong for complaints, of which there are 80."""
PARTLY = 0.5
"""Weight of an article that is relevant and need not be cited."""


@dataclass(frozen=True)
class Case:
    """A text with the documents that answer it."""

    id: str
    text: str
    core: AbstractSet[str]
    also: AbstractSet[str] = frozenset()
    prior: Expected | None = None


@dataclass(frozen=True)
class Example:
    """The candidates of a case as the reranker sees them."""

    case: Case
    documents: tuple[str, ...]
    features: NDArray[np.float64]

    @property
    def labels(self) -> NDArray[np.bool_]:
        """Which candidates answer."""
        wanted = self.case.core | self.case.also
        return np.array([id in wanted for id in self.documents], np.bool_)

    @property
    def weights(self) -> NDArray[np.float64]:
        """How much each candidate counts in training."""
        partly = self.case.also - self.case.core
        return np.array([PARTLY if id in partly else 1.0 for id in self.documents])


def popularity(asked: Iterable[tuple[str, str]], needed: Iterable[str]) -> Popularity:
    """Counts over (law, label) of articles that questions ask for, and over laws that the digest renders."""
    laws: dict[str, list[int]] = {}
    articles: dict[int, int] = {}
    for law, label in asked:
        laws.setdefault(law_key(law), [0, 0])[0] += 1
        number = name_number(law, label)
        articles[number] = articles.get(number, 0) + 1
    for law in needed:
        laws.setdefault(law_key(law), [0, 0])[1] += 1
    return Popularity({law: (one, two) for law, (one, two) in laws.items()}, articles)


def example(searcher: Searcher, ranking: Ranking, case: Case) -> Example | None:
    """The case with its candidates; `None` where it cannot be searched by meaning."""
    lexical = searcher.index.lexical.scores(weighted_tokens(case.text))
    found = searcher.candidates(case.text, lexical, k=100, prior=case.prior)
    if found is None:
        return None
    rows, features = ranking.features(found)
    documents: Sequence[Document] = searcher.index.documents
    ids = tuple(documents[int(position)].id for position in found.positions[rows])
    return Example(case, ids, features)


def fit(examples: Sequence[Example], strength: float, without: Sequence[str] = ()) -> Linear:
    """Weights that tell answers from the rest; the features named in `without` get none."""
    from sklearn.linear_model import LogisticRegression

    used = np.array([name not in without for name in FEATURES])
    features = np.concatenate([one.features for one in examples])
    labels = np.concatenate([one.labels for one in examples])
    weights = np.concatenate([one.weights for one in examples])
    centre, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    model = LogisticRegression(C=strength, max_iter=500)
    model.fit(((features - centre) / scale)[:, used], labels, sample_weight=weights)
    found = np.zeros(len(FEATURES))
    found[used] = model.coef_[0]
    return Linear(centre, scale, found)


def cross_validated(
    examples: Sequence[Example], folds: Sequence[int], strength: float, without: Sequence[str] = ()
) -> Run:
    """A run (scores by question and document): each fold scored by weights that have not seen it."""
    run: dict[str, dict[str, float]] = {}
    for fold in sorted(set(folds)):
        others = [one for one, own in zip(examples, folds, strict=True) if own != fold]
        model = fit(others, strength, without)
        for one, own in zip(examples, folds, strict=True):
            if own == fold:
                scores = model.scores(one.features)
                run[one.case.id] = dict(zip(one.documents, map(float, scores), strict=True))
    return run


def fused(examples: Sequence[Example]) -> Run:
    """The run of the order before any reranking (`retrieval.fusion`), of the same candidates."""
    return _ordered(examples, "rank", -1.0)


def by_meaning(examples: Sequence[Example]) -> Run:
    """The run of the order by the encoder alone, of the same candidates."""
    return _ordered(examples, "meaning", 1.0)


def _ordered(examples: Sequence[Example], feature: str, sign: float) -> Run:
    at = FEATURES.index(feature)
    return {
        one.case.id: dict(zip(one.documents, map(float, sign * one.features[:, at]), strict=True))
        for one in examples
    }
