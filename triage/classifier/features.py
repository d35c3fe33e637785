"""Text → sparse features: hashed character runs and words, weighted by tf-idf, the title counted more.

A term is known by a 64-bit hash of its characters, so the artefact holds no text. Whitespace and case do not
count; every digit is the same digit (a house number decides nothing). A text is read whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import rjieba
from scipy.sparse import csr_matrix

Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_DIGITS = str.maketrans("123456789", "000000000")
_LONGEST_WORD = 12
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """What is looked at; every knob changes the meaning of a vocabulary, so it is stored with it."""

    shortest: int = 1
    """Length of the shortest character run."""
    longest: int = 4
    """Length of the longest character run; at most 4 (longer runs begin to hold text)."""
    words: bool = True
    """Whether dictionary words (rjieba) of two characters and more count as well."""
    title: float = 2.0
    """How often a term of the title (the first line of two or more) counts; 1: like any other."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one text as they stand in it: `text[start:end]` hashes to `hash`."""

    hash: Hashes
    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]
    count: Floats
    """How much each occurrence counts."""


def find_terms(text: str, spec: FeatureSpec) -> Terms:
    """Every term of the text, with its place."""
    return find_all_terms(text, [spec])[0]


def find_all_terms(text: str, specs: Sequence[FeatureSpec]) -> list[Terms]:
    """The terms of the text by each of the specifications."""
    characters, places = _squeeze(text)
    line = text.find("\n")
    in_title = places < line if line > 0 else np.zeros(len(places), dtype=bool)
    return [_terms(characters, places, in_title, spec) for spec in specs]


def _terms(
    characters: Hashes, places: npt.NDArray[np.int32], in_title: npt.NDArray[np.bool_], spec: FeatureSpec
) -> Terms:
    found = [_runs(characters, length) for length in range(spec.shortest, spec.longest + 1)]
    if spec.words:
        found.append(_words(characters))
    first = np.concatenate([start for _, start, _ in found])
    last = np.concatenate([end for _, _, end in found]) - 1
    if not len(first):
        nothing = np.empty(0, dtype=np.int32)
        return Terms(np.empty(0, dtype=np.uint64), nothing, nothing, np.empty(0, dtype=np.float32))
    count = np.where(in_title[first], spec.title, 1.0).astype(np.float32)
    return Terms(np.concatenate([hashes for hashes, _, _ in found]), places[first], places[last] + 1, count)


@dataclass(frozen=True, slots=True)
class Counted:
    """The distinct terms of one text, sorted by hash, and how much each counts."""

    hash: Hashes
    count: Floats


def count_terms(text: str, spec: FeatureSpec) -> Counted:
    """The distinct terms of the text."""
    terms = find_terms(text, spec)
    hashes, where = np.unique(terms.hash, return_inverse=True)
    counts = np.bincount(where, weights=terms.count, minlength=len(hashes))
    return Counted(hashes, counts.astype(np.float32))


@dataclass(frozen=True)
class Vocabulary:
    """The terms that a model knows: sorted hashes and their idf."""

    spec: FeatureSpec
    hashes: Hashes
    idf: Floats

    @classmethod
    def fit(cls, texts: Sequence[Counted], spec: FeatureSpec, *, least: int, most_terms: int) -> Vocabulary:
        """Terms that stand in at least `least` texts, the `most_terms` most frequent of them."""
        hashes, documents = np.unique(np.concatenate([text.hash for text in texts]), return_counts=True)
        if (documents >= least).sum() > most_terms:
            least = int(np.sort(documents)[-most_terms]) + 1
        kept = documents >= least
        idf = np.log((1 + len(texts)) / (1 + documents[kept])) + 1
        return cls(spec, hashes[kept], idf.astype(np.float32))

    def __len__(self) -> int:
        return len(self.hashes)

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Rows of unit length: (1 + ln count) · idf."""
        return self.rows([count_terms(text, self.spec) for text in texts])

    def rows(self, texts: Sequence[Counted]) -> csr_matrix:
        """`transform` of texts whose terms were counted before."""
        lengths = [len(text.hash) for text in texts]
        everything = np.concatenate([np.empty(0, np.uint64), *(text.hash for text in texts)])
        counts = np.concatenate([np.empty(0, np.float32), *(text.count for text in texts)])
        column, known = self.look_up(everything)
        row = np.repeat(np.arange(len(texts)), lengths)[known]
        values = (1 + np.log(counts[known])) * self.idf[column[known]]
        norms = np.sqrt(np.bincount(row, weights=values**2, minlength=len(texts)))
        values /= np.maximum(norms, 1e-9)[row]
        starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(texts)))])
        return csr_matrix(
            (values.astype(np.float32), column[known], starts), shape=(len(texts), len(self.hashes))
        )

    def look_up(self, hashes: Hashes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """The column of each hash and whether it is known (where it is not, the column means nothing)."""
        if not len(self.hashes):
            return np.zeros(len(hashes), dtype=np.int64), np.zeros(len(hashes), dtype=bool)
        column = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1).astype(np.int64)
        return column, self.hashes[column] == hashes


def _squeeze(text: str) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
    """Code points without whitespace, and the place of each in the text."""
    # lower() may change the length of a text (İ); such letters keep their case.
    lowered = text.lower()
    plain = (lowered if len(lowered) == len(text) else text).translate(_DIGITS)
    points = np.frombuffer(plain.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    kept = np.ones(len(plain), dtype=bool)
    kept[[found.start() for found in _SPACE.finditer(plain)]] = False
    return points[kept], np.flatnonzero(kept).astype(np.int32)


def _runs(characters: Hashes, length: int) -> tuple[Hashes, Places, Places]:
    count = max(0, len(characters) - length + 1)
    value = np.full(count, length, dtype=np.uint64)
    for offset in range(length):
        value = _step(value, characters[offset : offset + count])
    start = np.arange(count, dtype=np.int64)
    return value, start, start + length


def _words(characters: Hashes) -> tuple[Hashes, Places, Places]:
    plain = characters.astype(np.uint32).tobytes().decode("utf-32-le", "replace")
    words = rjieba.cut(plain, False)
    ends = np.cumsum([len(word) for word in words], dtype=np.int64)
    lengths = np.diff(ends, prepend=0)
    fit = (lengths >= 2) & (lengths <= _LONGEST_WORD)
    start, end = (ends - lengths)[fit], ends[fit]
    value = np.full(len(start), 99, dtype=np.uint64)
    for offset in range(_LONGEST_WORD):
        inside = start + offset < end
        value[inside] = _step(value[inside], characters[start[inside] + offset])
    return value, start, end


def _step(value: Hashes, characters: Hashes) -> Hashes:
    """One step of a multiplicative hash with a shift (FNV-like); wraps around at 64 bits."""
    mixed = (value ^ characters) * _MIX
    return mixed ^ (mixed >> np.uint64(29))
