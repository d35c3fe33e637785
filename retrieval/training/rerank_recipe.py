"""The way from judged questions and complaints to the reranker's weights, with its out-of-fold runs.

A question of STARD is only ever looked at by an encoder that has not seen it (`retrieval.training.kept`), so
its weights need five encoders and minutes. The weights of complaints need the shipped encoder only, so they
can be learned again alone, on top of a reranker whose question weights and counts stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from foundation.progress import Progress, silent
from legal_corpus.digest import load_digest
from retrieval.dense import Encoder
from retrieval.filters import Facets
from retrieval.index import LexicalIndex
from retrieval.lexical import Lexical
from retrieval.reranker import FEATURES, Linear, Popularity, Ranking, Reranker
from retrieval.searcher import Searcher
from retrieval.sources import read_corpus
from retrieval.training.data import FOLDS, stard_questions
from retrieval.training.reranking import (
    COMPLAINT_C,
    QUESTION_C,
    Case,
    Example,
    by_meaning,
    cross_validated,
    example,
    fit,
    fused,
    popularity,
)
from retrieval.traits import Traits
from retrieval.trec import Run, read_qrels
from retrieval.vectors import Vectors

Names = Mapping[str, tuple[str, str]]
CORPUS = "law/stard_corpus_recon.jsonl.xz"
QRELS = "law/stard_train_qrels_recon.tsv"
PRIORS = ("prior", "article_prior")
COMPLAINT_FOLDS = 10


@dataclass(frozen=True)
class Learned:
    """Weights of one kind of text, and the runs of its texts, each scored by weights that did not see it."""

    weights: Linear
    cases: Sequence[Case]
    runs: Mapping[str, Run]
    """`reranked`; `fusion`: the order before; `static`: by the encoder alone; for complaints `no_prior`."""


def learn_questions(
    data: Path,
    encoders: Sequence[Encoder],
    *,
    folds: Sequence[int] | None = None,
    progress: Progress = silent,
) -> tuple[Learned, Popularity]:
    """The weights of questions and what they count. `encoders[n]` has not seen fold n.

    `folds` names the fold of each question; by default its place in the file decides.
    """
    needed = [article.law.title for article in load_digest().articles()]
    examples, asked, own = _stard(data, encoders, needed, folds, progress)
    runs = {
        "reranked": cross_validated(examples, own, QUESTION_C),
        "fusion": fused(examples),
        "static": by_meaning(examples),
    }
    cases = [one.case for one in examples]
    return Learned(fit(examples, QUESTION_C), cases, runs), popularity(asked, needed)


def learn_complaints(
    cases: Sequence[Case], national: LexicalIndex, encoder: Encoder, known: Popularity
) -> Learned:
    """The weights of complaints; `cases` refer to `national`, an index of the law in force by `encoder`."""
    assert national.traits is not None
    searcher = Searcher(national, encoder, rerank=False)
    ranking = _ranking(known, national, national.traits, encoder)
    found = (example(searcher, ranking, case) for case in cases)
    examples = [one for one in found if one is not None]
    own = [number % COMPLAINT_FOLDS for number in range(len(examples))]
    runs = {
        "reranked": cross_validated(examples, own, COMPLAINT_C),
        "no_prior": cross_validated(examples, own, COMPLAINT_C, PRIORS),
        "fusion": fused(examples),
        "static": by_meaning(examples),
    }
    return Learned(fit(examples, COMPLAINT_C), [one.case for one in examples], runs)


def _stard(
    data: Path,
    encoders: Sequence[Encoder],
    needed: Sequence[str],
    folds: Sequence[int] | None,
    progress: Progress,
) -> tuple[list[Example], list[tuple[str, str]], list[int]]:
    """The questions as examples, what all of them ask for, and the fold of each example."""
    texts = stard_questions(data)
    qrels = read_qrels(data / QRELS)
    documents = sorted(read_corpus(data / CORPUS), key=lambda document: document.id)
    names = {document.id: (document.law, document.article) for document in documents}
    fold_of = {id: number % FOLDS if folds is None else folds[number] for number, id in enumerate(texts)}
    lexical, facets, traits = Lexical.build(documents, progress), Facets.of(documents), Traits.of(documents)
    examples: list[Example] = []
    own: list[int] = []
    for fold, encoder in enumerate(encoders):
        vectors = Vectors.build(documents, encoder, progress)
        index = LexicalIndex(documents, lexical, facets, None, vectors, traits)
        others = [name for id in texts if fold_of[id] != fold for name in _asked(id, qrels, names)]
        ranking = _ranking(popularity(others, needed), index, traits, encoder)
        searcher = Searcher(index, encoder, rerank=False)
        for id in (id for id in texts if fold_of[id] == fold):
            found = example(searcher, ranking, Case(id, texts[id], set(qrels.get(id, {}))))
            if found is not None:
                examples.append(found)
                own.append(fold)
            progress(len(examples), len(texts), "问题的候选")
    return examples, [name for id in texts for name in _asked(id, qrels, names)], own


def _ranking(known: Popularity, index: LexicalIndex, traits: Traits, encoder: Encoder) -> Ranking:
    none = np.zeros(len(FEATURES))
    blank = Linear(none, none + 1, none)
    return Reranker(blank, blank, known, encoder.hash).for_index(index.facets.places, traits)


def _asked(id: str, qrels: Mapping[str, Mapping[str, int]], names: Names) -> list[tuple[str, str]]:
    return [names[document] for document, grade in qrels.get(id, {}).items() if grade > 0]
