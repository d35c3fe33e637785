"""The plain functions behind `zhili train retriever` and `zhili train reranker`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from foundation.artefact import Manifest
from foundation.progress import Progress, silent
from retrieval.dense import embedded
from retrieval.reranker import EMBEDDED, Reranker
from retrieval.training.data import Hint, load_material
from retrieval.training.kept import fold_encoders, national_index
from retrieval.training.recipe import Recipe, train_retriever
from retrieval.training.rerank_export import export
from retrieval.training.rerank_recipe import Learned, learn_complaints, learn_questions
from retrieval.training.reranking import COMPLAINT_C, QUESTION_C, Case

_HOW = (
    f"Regularisation: questions C = {QUESTION_C}, complaints C = {COMPLAINT_C}. Questions in five folds, "
    "encoders of the same recipe trained without each fold; complaints in ten."
)
_KEPT = "The weights of questions and the counts were taken over from reranker `{hash}`."


def retriever(
    data: Path,
    out: Path,
    *,
    hints: Iterable[Hint] = (),
    fold: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> Manifest:
    """Train the encoder on the shared data folder `data` and write the artefact directory `out`.

    `hints` are lay texts with a governing article that other rooms know (`service.hints.law_hints`). `fold`
    (0–4) leaves that fold of STARD's questions out, so that it can be measured on. Takes some minutes of one
    core and 2 GB of memory. Raises `FileProblem` and `ArtefactError`.
    """
    return train_retriever(data, out, Recipe(fold=fold, seed=seed), hints=hints, progress=progress)


@dataclass(frozen=True)
class Trained:
    """A reranker, and the out-of-fold runs that say what it is worth."""

    reranker: Reranker
    complaints: Learned
    questions: Learned | None
    """`None` where the weights of questions were taken over."""


def learn_reranker(
    data: Path,
    keep: Path,
    cases: Sequence[Case],
    hints: Callable[[], Iterable[Hint]],
    *,
    complaints_only: bool = False,
    progress: Progress = silent,
) -> Trained:
    """Learn the order of candidates; `cases` are the judged complaints (`service.law_cases`).

    `keep` holds what is used again (`retrieval.training.kept`). `complaints_only` takes the weights of
    questions and the counts from the shipped reranker: a minute instead of a quarter of an hour.
    Raises `FileProblem` and `ArtefactError`.
    """
    encoder, questions = embedded(), None
    if complaints_only:
        before = Reranker.load()
        weights, known = before.question, before.popularity
    else:
        questions, known = learn_questions(
            data, fold_encoders(data, keep, hints, progress=progress), progress=progress
        )
        weights = questions.weights
    national = national_index(data, keep, encoder, progress=progress)
    complaints = learn_complaints(cases, national, encoder, known)
    return Trained(Reranker(weights, complaints.weights, known, encoder.hash), complaints, questions)


def reranker(
    data: Path,
    out: Path,
    keep: Path,
    cases: Sequence[Case],
    hints: Callable[[], Iterable[Hint]],
    *,
    complaints_only: bool = False,
    progress: Progress = silent,
) -> Manifest:
    """Learn as `learn_reranker` and write the artefact directory `out`."""
    trained = learn_reranker(data, keep, cases, hints, complaints_only=complaints_only, progress=progress)
    told = [case.text for case in trained.complaints.cases]
    counts: dict[str, str | int] = {"complaints": len(told)}
    if trained.questions is not None:
        seen = load_material(data, hints=hints()).questions() + told
        counts |= {"how": _HOW, "questions": len(trained.questions.cases)}
        return export(out, trained.reranker, seen, counts)
    shipped = Reranker.load()
    how = f"{_HOW} {_KEPT.format(hash=shipped.hash)}"
    return export(out, trained.reranker, told, {"how": how, **counts}, before=EMBEDDED)
