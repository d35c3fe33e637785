"""One text as the linear member reads it: which terms it knows, what each is worth, and where each stands.

Scores and evidence need the same reading; it is made once a text. The numbers are those of
`Vocabulary.transform`, which makes whole matrices for training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from triage.classifier.features import Floats, Terms, Vocabulary, find_all_terms

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Row:
    """The terms of one text that some vocabulary holds."""

    columns: Places
    """Their columns over all vocabularies side by side, ascending."""
    values: Floats
    """The features: (1 + ln count) · idf, of unit length within each vocabulary."""
    counts: Floats
    """How much each stands in the text."""
    which: Places
    """Of each occurrence: its place in `columns`."""
    start: Places
    end: Places
    weight: Floats
    """How much the occurrence counts."""

    def spread(self, direction: Floats, length: int) -> npt.NDArray[np.float64]:
        """What each character of the text adds along a direction (one figure a term of the row)."""
        shares = self.values * direction / self.counts
        part = shares[self.which] * self.weight / (self.end - self.start)
        begun = np.bincount(self.start, weights=part, minlength=length + 1)
        ended = np.bincount(self.end, weights=part, minlength=length + 1)
        return np.cumsum(begun - ended, dtype=np.float64)[:length]


def read_row(text: str, vocabularies: Sequence[Vocabulary]) -> Row:
    """Read one text."""
    offset, filled = 0, 0
    found: list[tuple[npt.NDArray[np.generic], ...]] = []
    for vocabulary, terms in zip(vocabularies, _terms(text, vocabularies), strict=True):
        column, known = vocabulary.look_up(terms.hash)
        weight = terms.count[known]
        own, which = np.unique(column[known], return_inverse=True)
        counts = np.bincount(which, weights=weight, minlength=len(own)).astype(np.float32)
        values = (1 + np.log(counts)) * vocabulary.idf[own]
        values /= max(float(np.sqrt((values.astype(np.float64) ** 2).sum())), 1e-9)
        found.append(
            (own + offset, values, counts, which + filled, terms.start[known], terms.end[known], weight)
        )
        offset += len(vocabulary)
        filled += len(own)
    columns, values, counts, which, start, end, weight = map(np.concatenate, zip(*found, strict=True))
    return Row(columns, values, counts, which, start.astype(np.int64), end.astype(np.int64), weight)


def _terms(text: str, vocabularies: Sequence[Vocabulary]) -> list[Terms]:
    return find_all_terms(text, [vocabulary.spec for vocabulary in vocabularies])
