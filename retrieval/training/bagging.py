"""Texts of the training data as bags over one vocabulary, counted once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from retrieval.bag import bags
from retrieval.training.data import Article, Material

LAY = 3
"""How often a lay text counts against an article when tokens are chosen: lay words are the scarce ones."""


class Growing(dict[str, int]):
    """A vocabulary that takes in every token it is asked about."""

    def __contains__(self, token: object) -> bool:
        return True

    def __missing__(self, token: str) -> int:
        self[token] = number = len(self)
        return number


@dataclass(frozen=True)
class Statutes:
    """Articles as sentences: row `starts[i]` to `starts[i + 1]` of `sentences` are those of article `i`."""

    titles: sparse.csr_matrix
    sentences: sparse.csr_matrix
    starts: NDArray[np.int64]

    def whole(self) -> sparse.csr_matrix:
        """One row an article: title and all sentences."""
        owner = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        gather = _picker(owner, np.arange(self.sentences.shape[0]), len(self.starts) - 1, self.sentences)
        return rooted(gather @ self.sentences + self.titles)

    def parts(
        self, articles: Iterable[int], draw: np.random.Generator
    ) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
        """A sentence or two of each article, and its rest; an article of one sentence is passed over.

        One time in five the rest keeps the sentence, one time in five it lacks the title, so that the model
        learns from overlap, from titles and from neither alone.
        """
        taken: list[tuple[int, int]] = []
        rest: list[tuple[int, int]] = []
        titled: list[tuple[int, int]] = []
        row = 0
        for article in articles:
            first, end = int(self.starts[article]), int(self.starts[article + 1])
            if end - first < 2:
                continue
            width = 1 if end - first < 5 else int(draw.integers(1, 3))
            start = int(draw.integers(first, end - width + 1))
            keep = draw.random() < 0.2
            taken += [(row, number) for number in range(start, start + width)]
            rest += [(row, n) for n in range(first, end) if keep or not start <= n < start + width]
            if draw.random() < 0.8:
                titled.append((row, article))
            row += 1
        query = _pick(taken, row, self.sentences) @ self.sentences
        passage = _pick(rest, row, self.sentences) @ self.sentences
        return rooted(query), rooted(passage + _pick(titled, row, self.titles) @ self.titles)


@dataclass(frozen=True)
class Bags:
    """The training data as bags."""

    tokens: list[str]
    idf: NDArray[np.float32]
    statutes: Statutes
    articles: sparse.csr_matrix
    passages: sparse.csr_matrix
    pairs: dict[str, tuple[sparse.csr_matrix, sparse.csr_matrix]]
    """Questions or headlines and what belongs to them, row by row."""
    cited: dict[str, tuple[sparse.csr_matrix, NDArray[np.int64]]]
    """Questions and the article that answers each."""
    stard: tuple[sparse.csr_matrix, NDArray[np.int64]]
    lawyers: tuple[sparse.csr_matrix, sparse.csr_matrix]


def make_bags(material: Material, size: int) -> Bags:
    """Count everything once, keep the `size` commonest tokens, and cut every bag down to them."""
    grown = Growing()

    def count(texts: Iterable[str]) -> sparse.csr_matrix:
        bag = bags(texts, grown)
        bag.data **= 2  # counts, so that parts can be added up before the root is taken
        return bag

    laws = {law: number for number, law in enumerate(dict.fromkeys(a.law for a in material.articles))}
    titles = count(laws)[[laws[article.law] for article in material.articles]]
    sentences = count(sentence for article in material.articles for sentence in article.sentences)
    passages = count(material.passages)
    pairs = {name: _both(count, rows) for name, rows in material.talk.items()}
    cited = {name: _first(count, rows) for name, rows in material.cited.items()}
    stard, lawyers = _first(count, material.stard), _both(count, material.lawyers)
    lay = [bag for both in [*pairs.values(), lawyers] for bag in both]
    lay += [bag for bag, _ in [*cited.values(), stard]]
    spread = _spread([sentences], len(grown)) + LAY * _spread(lay, len(grown))
    names = list(grown)
    kept = sorted(range(len(names)), key=lambda number: (-spread[number], names[number]))[:size]
    column = np.full(len(names), -1)
    column[kept] = np.arange(len(kept))

    def cut(bag: sparse.csr_matrix) -> sparse.csr_matrix:
        return _cut(bag, column, len(kept))

    statutes = Statutes(cut(titles), cut(sentences), _starts(material.articles))
    rows = sentences.shape[0] + sum(bag.shape[0] for bag in lay)
    return Bags(
        tokens=[names[number] for number in kept],
        idf=np.log(1 + rows / (1 + spread[kept])).astype(np.float32),
        statutes=statutes,
        articles=statutes.whole(),
        passages=rooted(cut(passages)),
        pairs={name: (rooted(cut(left)), rooted(cut(right))) for name, (left, right) in pairs.items()},
        cited={name: (rooted(cut(bag)), places) for name, (bag, places) in cited.items()},
        stard=(rooted(cut(stard[0])), stard[1]),
        lawyers=(rooted(cut(lawyers[0])), rooted(cut(lawyers[1]))),
    )


def rooted(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """The square root of counts: a word that comes nine times counts three."""
    bag = sparse.csr_matrix(counts)
    bag.sort_indices()
    bag.data = np.sqrt(bag.data)
    return bag


Count = Callable[[Iterable[str]], sparse.csr_matrix]


def _both(count: Count, rows: Sequence[tuple[str, str]]) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    return count(left for left, _ in rows), count(right for _, right in rows)


def _first(count: Count, rows: Sequence[tuple[str, int]]) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
    return count(text for text, _ in rows), np.array([place for _, place in rows], np.int64)


def _spread(found: Iterable[sparse.csr_matrix], width: int) -> NDArray[np.int64]:
    """In how many rows every token occurs."""
    total = np.zeros(width, np.int64)
    for bag in found:
        total += np.bincount(bag.indices, minlength=width)
    return total


def _cut(bag: sparse.csr_matrix, column: NDArray[np.int64], width: int) -> sparse.csr_matrix:
    """The bag over the kept tokens only."""
    row = np.repeat(np.arange(bag.shape[0]), np.diff(bag.indptr))
    columns = column[bag.indices]
    kept = columns >= 0
    shape = (bag.shape[0], width)
    return sparse.csr_matrix((bag.data[kept], (row[kept], columns[kept])), shape=shape, dtype=np.float32)


def _starts(articles: Sequence[Article]) -> NDArray[np.int64]:
    return np.cumsum([0, *(len(article.sentences) for article in articles)], dtype=np.int64)


def _pick(cells: Sequence[tuple[int, int]], rows: int, source: sparse.csr_matrix) -> sparse.csr_matrix:
    row, number = np.array(cells, np.int64).reshape(-1, 2).T
    return _picker(row, number, rows, source)


def _picker(
    row: NDArray[np.int64], number: NDArray[np.int64], rows: int, source: sparse.csr_matrix
) -> sparse.csr_matrix:
    """A matrix that adds up rows of `source`."""
    ones = np.ones(len(row), np.float32)
    return sparse.csr_matrix((ones, (row, number)), shape=(rows, source.shape[0]))
