"""The documents of an index: in memory, or in a mapped file of JSON lines of which one is read at a time.

They are kept in the order of their ids, so "ties are broken by id" is "the earlier position wins".
"""

from __future__ import annotations

import itertools
import json
import mmap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from foundation.canonical import to_plain
from retrieval.errors import BadCorpus
from retrieval.values import Document

FILE = "documents.jsonl"
OFFSETS = "documents.offsets.npy"


def in_order(documents: Iterable[Document]) -> list[Document]:
    """The documents sorted by id; `BadCorpus` where there are none or an id comes twice."""
    ordered = sorted(documents, key=lambda document: document.id)
    if not ordered:
        raise BadCorpus(
            "没有可以建立索引的内容",
            expected="至少一条",
            found="0 条",
            remedy="检查语料文件，或先导入法律全文",
        )
    for left, right in itertools.pairwise(ordered):
        if left.id == right.id:
            raise BadCorpus(
                "语料中有重复的 id", expected="每条的 id 互不相同", found=left.id, remedy="去掉重复的条目"
            )
    return ordered


def find(documents: Sequence[Document], id: str) -> Document | None:
    """The document of that id by bisection, or `None`."""
    low, high = 0, len(documents)
    while low < high:
        middle = (low + high) // 2
        if documents[middle].id < id:
            low = middle + 1
        else:
            high = middle
    if low < len(documents) and documents[low].id == id:
        return documents[low]
    return None


def write_documents(documents: Sequence[Document], folder: Path) -> None:
    """Write the documents and where each line begins."""
    offsets = np.zeros(len(documents) + 1, np.int64)
    with (folder / FILE).open("wb") as stream:
        for position, document in enumerate(documents):
            line = json.dumps(to_plain(document), ensure_ascii=False, separators=(",", ":")) + "\n"
            offsets[position + 1] = offsets[position] + stream.write(line.encode("utf-8", "surrogatepass"))
    np.save(folder / OFFSETS, offsets, allow_pickle=False)


class DocumentFile(Sequence[Document]):
    """The documents of an index directory; opening it costs nothing, whatever its size."""

    def __init__(self, folder: Path) -> None:
        self._offsets: NDArray[np.int64] = np.load(folder / OFFSETS, mmap_mode="r", allow_pickle=False)
        with (folder / FILE).open("rb") as stream:
            self._bytes = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        if int(self._offsets[-1]) != len(self._bytes):
            raise ValueError(f"{FILE} is not as long as its offsets say")

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, position: int) -> Document: ...
    @overload
    def __getitem__(self, position: slice) -> Sequence[Document]: ...
    def __getitem__(self, position: int | slice) -> Document | Sequence[Document]:
        if isinstance(position, slice):
            return [self[number] for number in range(*position.indices(len(self)))]
        if not 0 <= position < len(self):
            raise IndexError(position)
        line = self._bytes[int(self._offsets[position]) : int(self._offsets[position + 1])]
        return _document(json.loads(line.decode("utf-8", "surrogatepass")))

    def __iter__(self) -> Iterator[Document]:
        return (self[position] for position in range(len(self)))


def _document(values: dict[str, Any]) -> Document:
    return Document(
        **{
            **values,
            "topics": tuple(values["topics"]),
            "valid_from": _day(values["valid_from"]),
            "valid_to": _day(values["valid_to"]),
        }
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
