"""Which documents may be law on a day and in a place, as arrays over all documents of an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from legal_corpus.source import region_applies
from retrieval.errors import BadQuery
from retrieval.values import Document

OPEN_END = np.iinfo(np.int32).max
"""Stands for a last day that is not known."""


@dataclass(frozen=True, slots=True)
class Facets:
    """What the filters need, one entry a document; days are proleptic ordinals."""

    valid_from: NDArray[np.int32]
    valid_to: NDArray[np.int32]
    in_force: NDArray[np.bool_]
    place: NDArray[np.int32]
    """Position in `places`."""
    places: tuple[tuple[str, str], ...]
    """Distinct pairs of region and law; a city's law often names the city in its title only."""

    @classmethod
    def of(cls, documents: Sequence[Document]) -> Facets:
        """The facets of documents, in their order."""
        places: dict[tuple[str, str], int] = {}
        place = [places.setdefault((document.region, document.law), len(places)) for document in documents]
        return cls(
            valid_from=np.array([_ordinal(document.valid_from, 0) for document in documents], np.int32),
            valid_to=np.array([_ordinal(document.valid_to, OPEN_END) for document in documents], np.int32),
            in_force=np.array([document.in_force for document in documents], np.bool_),
            place=np.array(place, np.int32),
            places=tuple(places),
        )

    def allowed(self, as_of: date | None, region: str | None) -> NDArray[np.bool_] | None:
        """Which documents pass; `None`: all of them, because nothing was asked.

        A date that is not a `date` is a `BadQuery`: it must never silently mean "no filter".
        """
        if as_of is not None and not isinstance(as_of, date):
            raise BadQuery(
                "日期无法识别", expected="年-月-日，如 2026-01-31", found=str(as_of)[:40], remedy="改正日期"
            )
        mask: NDArray[np.bool_] | None = None
        if as_of is not None:
            day = as_of.toordinal()
            mask = self.in_force & (self.valid_from <= day) & (day < self.valid_to)
        if region and region.strip():
            here = self._in_region(region.strip())
            mask = here if mask is None else mask & here
        return mask

    def _in_region(self, region: str) -> NDArray[np.bool_]:
        passes = np.array(
            # An evaluator's corpus may name no region: such a document passes every place.
            [not own or region_applies(own, law, region) for own, law in self.places],
            np.bool_,
        )
        return passes[self.place]


def _ordinal(day: date | None, missing: int) -> int:
    return missing if day is None else day.toordinal()
