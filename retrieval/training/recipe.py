"""The way from data to encoder: read, count, pre-train, refine against hard wrong answers, export.

`zhili train retriever --data DIR --out DIR`; some minutes on one core.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from foundation.artefact import Manifest
from foundation.progress import Progress, silent
from retrieval.training.bagging import Bags, make_bags
from retrieval.training.contrastive import TokenTable
from retrieval.training.data import Hint, load_material
from retrieval.training.export import export_encoder

Step = Callable[[], float]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every knob of the training."""

    vocabulary: int = 84_000
    """Tokens that have a vector; 256 bytes each in the artefact."""
    dimensions: int = 256
    rate: float = 0.05
    """Adagrad's first step."""
    temperature: float = 0.05
    """Of the softmax over the passages of a batch."""
    batch: int = 256
    """Pairs of a step before refinement: so many wrong passages less one."""
    pretrain_epochs: int = 3
    """Over articles (a part against the rest), questions with answers, complaints."""
    refine_epochs: int = 2
    """Over questions with the articles that answer them; hard wrong answers are mined before each."""
    refine_batch: int = 128
    hard: int = 3
    """Hard wrong passages a question; without them R@10 on STARD falls by a tenth."""
    replay: int = 60
    """Batches of articles that refinement goes through again, so that their words are not forgotten."""
    fold: int | None = None
    """Fold of STARD's questions that is left out (0–4), for cross-validation; `None`: learn from all."""
    seed: int = 0


def train_retriever(
    data: Path,
    out: Path,
    recipe: Recipe = Recipe(),
    *,
    hints: Iterable[Hint] = (),
    progress: Progress = silent,
) -> Manifest:
    """Train the encoder and write its artefact. Raises `FileProblem` and `ArtefactError`."""
    progress(0, None, "读取数据")
    material = load_material(data, fold=recipe.fold, hints=hints)
    progress(0, None, "切分文本")
    bags = make_bags(material, recipe.vocabulary)
    table = fit(bags, recipe, progress)
    return export_encoder(out, bags.tokens, table.vectors, recipe, data, material.counts())


def fit(bags: Bags, recipe: Recipe, progress: Progress = silent) -> TokenTable:
    """Pre-train, then refine."""
    draw = np.random.default_rng(recipe.seed)
    table = TokenTable(
        bags.idf, recipe.dimensions, rate=recipe.rate, temperature=recipe.temperature, seed=recipe.seed
    )
    for epoch in range(recipe.pretrain_epochs):
        _run(pretraining(table, bags, recipe, draw), draw, progress, f"预训练 {epoch + 1}")
    table.moments *= np.float32(0.25)  # the steps of refinement start twice as long as they ended
    for epoch in range(recipe.refine_epochs):
        progress(0, None, f"寻找难例 {epoch + 1}")
        _run(refinement(table, bags, recipe, draw), draw, progress, f"精调 {epoch + 1}")
    return table


def pretraining(table: TokenTable, bags: Bags, recipe: Recipe, draw: np.random.Generator) -> list[Step]:
    """The steps of one epoch: every article once, every pair once."""
    steps = _article_steps(table, bags, recipe.batch, draw)
    for left, right in bags.pairs.values():
        for chosen in _batches(left.shape[0], recipe.batch, draw):
            steps.append(partial(_pairs, table, left, right, chosen))
    return steps


def refinement(table: TokenTable, bags: Bags, recipe: Recipe, draw: np.random.Generator) -> list[Step]:
    """The steps of one epoch: STARD twice, every cited article once, some articles again."""
    steps: list[Step] = []
    encoded = {"passages": table.encode(bags.passages), "articles": table.encode(bags.articles)}
    jobs = [(2, *bags.stard, bags.passages, encoded["passages"])]
    jobs += [(1, *found, bags.articles, encoded["articles"]) for found in bags.cited.values()]
    for times, asked, answers, passages, vectors in jobs:
        wrong = hard_wrong(table.encode(asked), vectors, answers, asked)
        batches = [b for _ in range(times) for b in _batches(asked.shape[0], recipe.refine_batch, draw)]
        for chosen in batches:
            drawn = wrong[chosen[:, None], draw.integers(0, wrong.shape[1], (len(chosen), recipe.hard))]
            steps.append(partial(_against, table, asked, passages, chosen, answers[chosen], drawn.T.ravel()))
    left, right = bags.lawyers
    steps += [
        partial(_pairs, table, left, right, c) for c in _batches(left.shape[0], recipe.refine_batch, draw)
    ]
    return steps + _article_steps(table, bags, recipe.batch, draw)[: recipe.replay]


DEEP, SKIPPED = 32, 2
"""Wrong answers come from the nearest `DEEP`; the first ones are left out, for many are right, unjudged."""


def hard_wrong(
    asked: NDArray[np.float32], vectors: NDArray[np.float32], answers: Places, questions: sparse.csr_matrix
) -> Places:
    """For every question the passages that lie near it and answer it not.

    A question may come several times, each time with another answer: none of them is a wrong one.
    """
    same = _same_rows(questions)
    right: dict[int, set[int]] = {}
    for row, answer in zip(same, answers, strict=True):
        right.setdefault(int(row), set()).add(int(answer))
    width = min(DEEP, len(vectors) - 1)
    found = np.empty((len(asked), max(1, width - SKIPPED - 6)), np.int64)
    for start in range(0, len(asked), 512):
        scores = asked[start : start + 512] @ vectors.T
        near = np.argpartition(-scores, width, axis=1)[:, : width + 1]
        for offset, places in enumerate(near):
            ordered = places[np.lexsort((places, -scores[offset, places]))]
            own = right[int(same[start + offset])]
            wrong = [int(place) for place in ordered if int(place) not in own][SKIPPED:] or [int(ordered[-1])]
            found[start + offset] = np.resize(wrong, found.shape[1])
    return found


def _same_rows(bag: sparse.csr_matrix) -> Places:
    seen: dict[bytes, int] = {}
    bounds = itertools.pairwise(bag.indptr)
    keys = (bag.indices[first:end].tobytes() + bag.data[first:end].tobytes() for first, end in bounds)
    return np.array([seen.setdefault(key, len(seen)) for key in keys], np.int64)


def _article_steps(table: TokenTable, bags: Bags, size: int, draw: np.random.Generator) -> list[Step]:
    count = len(bags.statutes.starts) - 1
    return [partial(_parts, table, bags, chosen, draw) for chosen in _batches(count, size, draw)]


def _parts(table: TokenTable, bags: Bags, chosen: Places, draw: np.random.Generator) -> float:
    queries, passages = bags.statutes.parts(chosen.tolist(), draw)
    return table.learn(queries, passages) if queries.shape[0] else 0.0


def _pairs(table: TokenTable, left: sparse.csr_matrix, right: sparse.csr_matrix, chosen: Places) -> float:
    return table.learn(left[chosen], right[chosen])


def _against(
    table: TokenTable,
    asked: sparse.csr_matrix,
    passages: sparse.csr_matrix,
    chosen: Places,
    answers: Places,
    wrong: Places,
) -> float:
    given = np.concatenate([answers, wrong])
    return table.learn(asked[chosen], passages[given], given)


def _batches(count: int, size: int, draw: np.random.Generator) -> list[Places]:
    """Shuffled batches; a rest of less than an eighth is left for another epoch."""
    order = draw.permutation(count)
    found = [order[start : start + size] for start in range(0, count, size)]
    return [batch for batch in found if len(batch) >= min(size // 8, count)]


def _run(steps: list[Step], draw: np.random.Generator, progress: Progress, what: str) -> None:
    for done, number in enumerate(draw.permutation(len(steps)), start=1):
        steps[number]()
        progress(done, len(steps), what)
