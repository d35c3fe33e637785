"""The vectors of an index: half-precision numbers in FAISS, searched exactly, filters before the cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundation.progress import Progress, silent
from retrieval.dense import Encoder, passage
from retrieval.values import Document

FILE = "vectors.faiss"
_STEP = 2_048


@dataclass(frozen=True)
class Vectors:
    """One unit vector a document, in the order of the documents, and who made them."""

    index: Any
    """A FAISS index with inner product as its measure."""
    encoder: str
    """Name of the encoder."""
    encoder_hash: str

    @classmethod
    def build(cls, documents: Sequence[Document], encoder: Encoder, progress: Progress = silent) -> Vectors:
        """Encode the documents."""
        import faiss

        kind = faiss.ScalarQuantizer.QT_fp16
        index = faiss.IndexScalarQuantizer(encoder.dimensions, kind, faiss.METRIC_INNER_PRODUCT)
        for start in range(0, len(documents), _STEP):
            progress(start, len(documents), "计算向量")
            index.add(
                encoder.encode_documents([passage(document) for document in documents[start : start + _STEP]])
            )
        progress(len(documents), len(documents), "计算向量")
        return cls(index, encoder.name, encoder.hash)

    @classmethod
    def open(cls, folder: Path, encoder: str, encoder_hash: str) -> Vectors:
        """Read the vectors of an index directory; raises `OSError` or `ValueError` where they are damaged."""
        import faiss

        try:
            return cls(faiss.read_index(str(folder / FILE)), encoder, encoder_hash)
        except RuntimeError as error:  # whatever FAISS finds wrong with the file
            raise ValueError(f"{FILE} cannot be read") from error

    def save(self, folder: Path) -> None:
        """Write the vectors into an index directory."""
        import faiss

        try:
            faiss.write_index(self.index, str(folder / FILE))
        except RuntimeError as error:
            raise OSError(f"{FILE} cannot be written") from error

    @cached_property
    def _halves(self) -> NDArray[np.float16]:
        """The stored vectors as a view: FAISS's own way to read single ones takes five times as long."""
        import faiss

        codes = faiss.rev_swig_ptr(self.index.codes.data(), len(self) * self.dimensions * 2)
        return np.asarray(codes, np.uint8).view(np.float16).reshape(len(self), self.dimensions)

    def __len__(self) -> int:
        return int(self.index.ntotal)

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self.index.d)

    def nearest(
        self, vectors: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None
    ) -> NDArray[np.intp]:
        """Positions of the `k` nearest allowed documents of each vector (row), all together, ascending.

        One call for all rows, so that FAISS can read them on several cores.
        """
        import faiss

        parameters = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(allowed), faiss.swig_ptr(bits))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        _, found = self.index.search(vectors, min(k, len(self)), params=parameters)
        return np.unique(found[found >= 0]).astype(np.intp)

    def cosines(self, vectors: NDArray[np.float32], positions: NDArray[np.intp]) -> NDArray[np.float32]:
        """The cosines of the documents at these positions (rows) with unit vectors (columns)."""
        if not len(positions):
            return np.zeros((0, len(vectors)), np.float32)
        rows = self._halves[positions].astype(np.float32)
        # Rounded, because a matrix product may give two equal rows results that differ in the last bit.
        return np.asarray(np.round(rows @ vectors.T, 6), np.float32)
