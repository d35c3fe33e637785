"""What a reranker is trained with, kept in a folder between runs: five fold encoders, an index of the law.

```
keep/
├─ fold-0 … fold-4/    search encoders, each trained without that fold of STARD's questions
└─ national/           index of the national law in force by the shipped encoder
```
What is there and fits is used again; what is missing is made (an encoder: some minutes of one core).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from foundation.artefact import MANIFEST, read_manifest
from foundation.canonical import file_hash
from foundation.errors import ArtefactError
from foundation.progress import Progress, silent
from retrieval.dense import FORMAT, KIND, BagEncoder, Encoder
from retrieval.errors import IndexMismatch, IndexMissing
from retrieval.index import LexicalIndex, build_index
from retrieval.training.cases import ARTICLES, national_law
from retrieval.training.data import FOLDS, Hint
from retrieval.training.recipe import Recipe, train_retriever

Hints = Callable[[], Iterable[Hint]]


def fold_encoders(data: Path, keep: Path, hints: Hints, *, progress: Progress = silent) -> list[BagEncoder]:
    """The encoders of all folds, in order; missing ones are trained, `hints` are then read.

    Raises `ArtefactError` where a folder holds an encoder that was not trained without its fold.
    """
    return [_fold(data, keep / f"fold-{number}", number, hints, progress) for number in range(FOLDS)]


def _fold(data: Path, folder: Path, number: int, hints: Hints, progress: Progress) -> BagEncoder:
    if not (folder / MANIFEST).is_file():
        train_retriever(data, folder, Recipe(fold=number), hints=hints(), progress=progress)
    found = read_manifest(folder, kind=KIND, format=FORMAT).details.get("recipe", {}).get("fold")
    if found != number:
        raise ArtefactError(
            f"{folder} 中的编码器不是留出第 {number} 折训练的",
            expected=f"fold = {number}",
            found=f"fold = {found}",
            remedy=f"移走它再运行，或用 zhili train retriever --fold {number} 训练",
        )
    return BagEncoder.load(folder)


def national_index(data: Path, keep: Path, encoder: Encoder, *, progress: Progress = silent) -> LexicalIndex:
    """The index of the national law in force; built where there is none of this data and encoder."""
    source = file_hash(data / ARTICLES)
    folder = keep / "national"
    try:
        index = LexicalIndex.open(folder)
    except (IndexMissing, IndexMismatch):
        return build_index(national_law(data), folder, source=source, encoder=encoder, progress=progress)
    made = index.manifest.details.get("source") if index.manifest else None
    fits = made == source and index.vectors is not None and index.vectors.encoder_hash == encoder.hash
    if fits and index.traits is not None:
        return index
    return build_index(national_law(data), folder, source=source, encoder=encoder, progress=progress)
