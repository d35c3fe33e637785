"""The vectors of an index: half-precision numbers in FAISS, searched exactly, filters before the cut.

The file is mapped, not read: opening costs nothing, and several processes share its pages. Beside the vectors
stands a hash of the text each was made of, so that a new index encodes only what is new.
"""

from __future__ import annotations

import hashlib
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
PASSAGES = "passages.npy"
_STEP = 2_048


@dataclass(frozen=True)
class Vectors:
    """One unit vector a document, in the order of the documents, and who made them."""

    index: Any
    """A FAISS index with inner product as its measure."""
    encoder: str
    """Name of the encoder."""
    encoder_hash: str
    passages: NDArray[np.uint64] | None = None
    """A hash of the text behind each vector; `None` in an index from before it was kept."""

    @classmethod
    def build(
        cls,
        documents: Sequence[Document],
        encoder: Encoder,
        progress: Progress = silent,
        *,
        known: Vectors | None = None,
    ) -> Vectors:
        """Encode the documents; a text that `known` (by the same encoder) holds is taken from there."""
        import faiss

        kind = faiss.ScalarQuantizer.QT_fp16
        index = faiss.IndexScalarQuantizer(encoder.dimensions, kind, faiss.METRIC_INNER_PRODUCT)
        hashes = np.zeros(len(documents), np.uint64)
        for start in range(0, len(documents), _STEP):
            progress(start, len(documents), "计算向量")
            texts = [passage(document) for document in documents[start : start + _STEP]]
            own = np.array([_hash(text) for text in texts], np.uint64)
            hashes[start : start + len(own)] = own
            index.add(_encoded(texts, own, encoder, known))
        progress(len(documents), len(documents), "计算向量")
        return cls(index, encoder.name, encoder.hash, hashes)

    @classmethod
    def open(cls, folder: Path, encoder: str, encoder_hash: str) -> Vectors:
        """Read the vectors of an index directory; raises `OSError` or `ValueError` where they are damaged."""
        import faiss

        try:
            index = faiss.read_index(str(folder / FILE), faiss.IO_FLAG_MMAP_IFC)
            path = folder / PASSAGES
            passages = np.load(path, mmap_mode="r", allow_pickle=False) if path.is_file() else None
            return cls(index, encoder, encoder_hash, passages)
        except RuntimeError as error:  # whatever FAISS finds wrong with the file
            raise ValueError(f"{FILE} cannot be read") from error

    def save(self, folder: Path) -> None:
        """Write the vectors into an index directory."""
        import faiss

        try:
            faiss.write_index(self.index, str(folder / FILE))
        except RuntimeError as error:
            raise OSError(f"{FILE} cannot be written") from error
        if self.passages is not None:
            np.save(folder / PASSAGES, self.passages, allow_pickle=False)

    def rows(self, hashes: NDArray[np.uint64]) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Which of these texts have a vector here, and their vectors."""
        if self.passages is None or not len(self.passages):
            return np.zeros(len(hashes), np.bool_), np.zeros((0, self.dimensions), np.float32)
        ordered = np.asarray(self.passages)[self._order]
        place = np.minimum(np.searchsorted(ordered, hashes), len(ordered) - 1)
        held = ordered[place] == hashes
        return held, self._halves[self._order[place[held]]].astype(np.float32)

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        return np.argsort(np.asarray(self.passages), kind="stable")

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


def _encoded(
    texts: Sequence[str], hashes: NDArray[np.uint64], encoder: Encoder, known: Vectors | None
) -> NDArray[np.float32]:
    """Vectors of the texts, those that are known taken over."""
    if known is None:
        return encoder.encode_documents(texts)
    held, taken = known.rows(hashes)
    found = np.zeros((len(texts), encoder.dimensions), np.float32)
    found[held] = taken
    if not held.all():
        found[~held] = encoder.encode_documents(
            [text for text, one in zip(texts, held, strict=True) if not one]
        )
    return found


def _hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
