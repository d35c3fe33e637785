"""The plain function behind `zhili train retriever`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from foundation.artefact import Manifest
from foundation.progress import Progress, silent
from retrieval.training.data import Hint
from retrieval.training.recipe import Recipe, train_retriever


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
