"""Puts the best candidates in a better order: a weighted sum of what is known about each of them.

Besides nearness in words and meaning it knows which laws and articles people ask about, what kind of
sentence an article is (`retrieval.traits`), and what a caller expects (`prior`: the laws of the matter that
triage saw; `article_prior`: the articles that its catalogue names for it). Two sets of weights: for a
question of one sentence, and for a complaint that tells a story. Some forty numbers, so every place in the
ranking can be explained; trained by `retrieval.training.reranking`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundation.artefact import read_manifest
from foundation.errors import ArtefactError
from retrieval.fusion import Weights, meaning, standard
from retrieval.traits import COLUMNS, TRAITS, Traits

KIND = "reranker"
FORMAT = 1
MODEL = "reranker.json"
LAWS = "laws.json"
ARTICLES = "articles.npy"
EMBEDDED = Path(__file__).parent / "artifacts" / "reranker"

POOL = 400
"""How many candidates are put in a new order; the rest keep theirs, below."""
SIGNALS = (
    "meaning",
    "words",
    "law_best",
    "gap",
    "rank",
    "headline_words",
    "sentence_words",
    "headline_meaning",
    "sentence_meaning",
    "law_asked",
    "law_needed",
    "article_asked",
    "prior",
    "article_prior",
)
FEATURES = (*SIGNALS, *COLUMNS)
_ASKED, _NEEDED, _PRIOR = 0.3, 0.1, 1.0
"""What the popularity of a law and the prior add (in standard deviations) when the `POOL` are chosen."""

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the search knows about its candidates; one entry (or row) each."""

    positions: Positions
    words: NDArray[np.float32]
    """Lexical score of the whole query."""
    headline: NDArray[np.float32]
    """Lexical score of its first line."""
    sentence: NDArray[np.float32]
    """Lexical score of the sentence that fits best."""
    cosines: NDArray[np.float32]
    """A column for each of `retrieval.query.aspects`."""
    place: NDArray[np.int32]
    """Number of the law (`Facets.place`)."""
    prior: NDArray[np.float32]
    """What the caller expects of the law: 0 nothing, 1 certain."""
    article_prior: NDArray[np.float32]
    """What it expects of the very article."""


@dataclass(frozen=True, slots=True)
class Popularity:
    """How often training questions ask for a law, our digest renders it, and questions ask for an article."""

    laws: Mapping[str, tuple[int, int]]
    """By `law_key`: asked, rendered."""
    articles: Mapping[int, int]
    """By `retrieval.traits.name_number`."""

    def of_places(self, places: Sequence[tuple[str, str]]) -> Floats:
        """Two columns for every place (region, law): logarithms of asked and needed."""
        return np.log1p(
            np.array([self.laws.get(law_key(law), (0, 0)) for _, law in places], np.float64)
        ).reshape(-1, 2)

    def of_names(self, names: NDArray[np.uint64]) -> Floats:
        """For every document the logarithm of how often its article is asked for."""
        known = np.array(sorted(self.articles), np.uint64)
        counts = np.log1p([self.articles[int(number)] for number in known])
        if not len(known):
            return np.zeros(len(names))
        found = np.minimum(np.searchsorted(known, names), len(known) - 1)
        return np.where(known[found] == names, counts[found], 0.0)


def law_key(title: str) -> str:
    """A short hash of a title: the artefact counts laws and holds no text."""
    return hashlib.sha256(title.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Linear:
    """Standardise each feature, weigh it, add up."""

    centre: Floats
    scale: Floats
    weights: Floats

    def scores(self, features: Floats) -> Floats:
        """One score a row; higher is better, in log-odds but for a constant."""
        return np.asarray((features - self.centre) / self.scale @ self.weights)


@dataclass(frozen=True)
class Reranker:
    """The trained weights and what they need to know."""

    question: Linear
    complaint: Linear
    popularity: Popularity
    encoder_hash: str
    """The encoder that it was trained with: cosines of another one mean something else."""
    hash: str = ""

    @classmethod
    def load(cls, folder: Path | None = None) -> Reranker:
        """The reranker of an artefact directory, or the one that ships with the package.

        Raises `ArtefactError` where it is missing, damaged, or made for other traits or features.
        """
        folder = folder or EMBEDDED
        manifest = read_manifest(folder, kind=KIND, format=FORMAT)
        found = manifest.details.get("traits"), tuple(manifest.details.get("features", ()))
        if found != (TRAITS, FEATURES):
            raise ArtefactError(
                f"重排器 {folder} 与本程序的特征不符",
                expected=f"{TRAITS}，{len(FEATURES)} 个特征",
                found=f"{found[0]}，{len(found[1])} 个特征",
                remedy="重新训练重排器，或换用配套的版本",
            )
        try:
            model = json.loads((folder / MODEL).read_text("utf-8"))
            laws = json.loads((folder / LAWS).read_text("utf-8"))
            articles = np.load(folder / ARTICLES, allow_pickle=False)
            return cls(
                question=_linear(model["question"]),
                complaint=_linear(model["complaint"]),
                popularity=Popularity(
                    {law: (int(asked), int(needed)) for law, (asked, needed) in laws.items()},
                    {int(number): int(count) for number, count in articles},
                ),
                encoder_hash=str(manifest.details["encoder"]),
                hash=manifest.hash,
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ArtefactError(
                f"重排器 {folder} 已损坏",
                expected=f"{MODEL}、{LAWS}、{ARTICLES}",
                found=type(error).__name__,
                remedy="重新安装，或重新训练重排器",
            ) from error

    def for_index(self, places: Sequence[tuple[str, str]], traits: Traits) -> Ranking:
        """The reranker with what it knows about the documents of one index."""
        return Ranking(
            self, traits, self.popularity.of_places(places), self.popularity.of_names(traits.names)
        )


@dataclass(frozen=True)
class Ranking:
    """A reranker at work on one index."""

    reranker: Reranker
    traits: Traits
    laws: Floats
    articles: Floats

    def reordered(self, found: Candidates) -> tuple[NDArray[np.intp], Floats]:
        """Rows of the best `POOL` candidates and their scores (log-odds, unsorted)."""
        rows, features = self.features(found)
        model = self.reranker.complaint if found.cosines.shape[1] > 1 else self.reranker.question
        return rows, model.scores(features)

    def features(self, found: Candidates) -> tuple[NDArray[np.intp], Floats]:
        """Rows of the candidates that deserve a closer look, and their `FEATURES`."""
        law = self.laws[found.place]
        near, words, best, total = _first_look(found)
        hoped = total + _ASKED * law[:, 0] + _NEEDED * law[:, 1]
        hoped += _PRIOR * (found.prior + found.article_prior)
        rank = np.empty(len(total))
        rank[np.lexsort((found.positions, -total))] = np.arange(len(total))
        rows = np.lexsort((found.positions, -hoped))[:POOL]
        aspects = found.cosines
        signals = np.stack(
            [
                near,
                words,
                best,
                total - total.max(),
                np.log1p(rank),
                standard(found.headline),
                standard(found.sentence),
                aspects[:, min(1, aspects.shape[1] - 1)],
                aspects[:, 2:].max(axis=1) if aspects.shape[1] > 2 else aspects[:, 0],
                law[:, 0],
                law[:, 1],
                self.articles[found.positions],
                found.prior,
                found.article_prior,
            ],
            axis=1,
        )[rows]
        return rows, np.c_[signals, self.traits.values[found.positions[rows]]].astype(np.float64)


def _first_look(found: Candidates) -> tuple[Floats, Floats, Floats, Floats]:
    """Meaning, words, the best of the law, and the fused score of `retrieval.fusion`, standardised."""
    weights = Weights()
    near, words = meaning(found.cosines), standard(found.words)
    total = near + weights.lexical * words
    _, number = np.unique(found.place, return_inverse=True)
    best = np.full(int(number.max()) + 1, -np.inf)
    np.maximum.at(best, number, total)
    return near, words, best[number], total + weights.law * best[number]


def _linear(values: Mapping[str, Sequence[float]]) -> Linear:
    """Weights by name of the feature: `[centre, scale, weight]`."""
    table = np.array([values[name] for name in FEATURES], np.float64)
    return Linear(table[:, 0], table[:, 1], table[:, 2])


@cache
def embedded() -> Reranker:
    """The reranker that ships with the package, loaded once."""
    return Reranker.load()
