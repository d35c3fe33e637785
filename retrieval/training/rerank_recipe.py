"""The way from judged questions and complaints to the shipped reranker, with its out-of-fold runs.

Needs an encoder for each fold of STARD (`zhili train retriever --fold N`): a question is only ever looked at
by the encoder that has not seen it. Minutes on one core.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from foundation.artefact import Manifest, write_artefact
from foundation.progress import Progress, silent
from legal_corpus.digest import load_digest
from retrieval.dense import Encoder, embedded
from retrieval.filters import Facets
from retrieval.index import LexicalIndex
from retrieval.lexical import Lexical
from retrieval.reranker import (
    ARTICLES,
    FEATURES,
    FORMAT,
    KIND,
    LAWS,
    MODEL,
    Linear,
    Popularity,
    Ranking,
    Reranker,
)
from retrieval.searcher import Searcher
from retrieval.seen import write_seen
from retrieval.sources import read_corpus
from retrieval.training.data import FOLDS, stard_questions
from retrieval.training.rerank_card import write_card
from retrieval.training.reranking import (
    COMPLAINT_C,
    QUESTION_C,
    Case,
    Example,
    cross_validated,
    example,
    fit,
    popularity,
)
from retrieval.traits import TRAITS, Traits
from retrieval.trec import read_qrels
from retrieval.values import Document
from retrieval.vectors import Vectors

Names = Mapping[str, tuple[str, str]]
_CORPUS = "law/stard_corpus_recon.jsonl.xz"
_QRELS = "law/stard_train_qrels_recon.tsv"


@dataclass(frozen=True)
class Learned:
    """What came out: the weights, and the runs of questions and complaints scored out of their folds."""

    question: Linear
    complaint: Linear
    popularity: Popularity
    runs: Mapping[str, Mapping[str, Mapping[str, float]]]


def learn(
    data: Path,
    encoders: Sequence[Encoder],
    complaints: Sequence[Case],
    national: Sequence[Document],
    *,
    folds: Sequence[int] | None = None,
    progress: Progress = silent,
) -> Learned:
    """Fit both sets of weights. `encoders[n]` has not seen fold n; `folds` names the fold of each question.

    `complaints` refer to `national`, the documents of the law in force.
    """
    needed = [article.law.title for article in load_digest().articles()]
    questions, asked, own = _stard(data, encoders, needed, folds, progress)
    known = popularity(asked, needed)
    told = _told(complaints, national, known, progress)
    places = [number % (2 * FOLDS) for number in range(len(told))]
    runs = {
        "stard": cross_validated(questions, own, QUESTION_C),
        "complaints": cross_validated(told, places, COMPLAINT_C),
    }
    return Learned(fit(questions, QUESTION_C), fit(told, COMPLAINT_C), known, runs)


def _stard(
    data: Path,
    encoders: Sequence[Encoder],
    needed: Sequence[str],
    folds: Sequence[int] | None,
    progress: Progress,
) -> tuple[list[Example], list[tuple[str, str]], list[int]]:
    """The questions as examples, what all of them ask for, and the fold of each example."""
    texts = stard_questions(data)
    qrels = read_qrels(data / _QRELS)
    documents = sorted(read_corpus(data / _CORPUS), key=lambda document: document.id)
    names = {document.id: (document.law, document.article) for document in documents}
    fold_of = {
        id: number % len(encoders) if folds is None else folds[number] for number, id in enumerate(texts)
    }
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


def _told(
    cases: Sequence[Case], documents: Sequence[Document], known: Popularity, progress: Progress
) -> list[Example]:
    encoder, traits = embedded(), Traits.of(documents)
    index = LexicalIndex(
        documents,
        Lexical.build(documents, progress),
        Facets.of(documents),
        None,
        Vectors.build(documents, encoder, progress),
        traits,
    )
    searcher = Searcher(index, encoder, rerank=False)
    ranking = _ranking(known, index, traits, encoder)
    found = (example(searcher, ranking, case) for case in cases)
    return [one for one in found if one is not None]


def _ranking(known: Popularity, index: LexicalIndex, traits: Traits, encoder: Encoder) -> Ranking:
    none = np.zeros(len(FEATURES))
    blank = Linear(none, none + 1, none)
    return Reranker(blank, blank, known, encoder.hash).for_index(index.facets.places, traits)


def _asked(id: str, qrels: Mapping[str, Mapping[str, int]], names: Names) -> list[tuple[str, str]]:
    return [names[document] for document, grade in qrels.get(id, {}).items() if grade > 0]


def export(out: Path, learned: Learned, seen: Iterable[str], details: Mapping[str, Any]) -> Manifest:
    """Write the artefact; `seen` are the texts that encoder and reranker learned from."""

    def fill(folder: Path) -> dict[str, Any]:
        model = {"question": _by_name(learned.question), "complaint": _by_name(learned.complaint)}
        (folder / MODEL).write_text(json.dumps(model, ensure_ascii=False, indent=1), "utf-8")
        laws = {law: list(counts) for law, counts in sorted(learned.popularity.laws.items())}
        (folder / LAWS).write_text(json.dumps(laws, ensure_ascii=False), "utf-8")
        counts = sorted(learned.popularity.articles.items())
        np.save(folder / ARTICLES, np.array(counts, np.uint64).reshape(-1, 2), allow_pickle=False)
        found = {
            "traits": TRAITS,
            "features": list(FEATURES),
            "encoder": embedded().hash,
            "laws": len(laws),
            "articles": len(counts),
            "seen": write_seen(seen, folder),
            **details,
        }
        write_card(folder, found)
        return found

    return write_artefact(out, kind=KIND, format=FORMAT, libraries=("numpy", "scikit-learn"), fill=fill)


def _by_name(model: Linear) -> dict[str, list[float]]:
    rows = zip(FEATURES, model.centre, model.scale, model.weights, strict=True)
    return {name: [float(f"{number:.6g}") for number in numbers] for name, *numbers in rows}
