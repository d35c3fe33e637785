"""What an article is like, whatever was asked: length, place in its law, kind of law, kind of sentence.

A purpose clause or a definition shares many words with a question and answers none; an article with a duty,
a claim or a fine answers many. Computed once when an index is built; `retrieval.reranker` weighs it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from legal_corpus.numerals import to_int
from retrieval.values import Document

TRAITS = "article-traits-1"
"""Changes whenever the columns would differ: a reranker and an index of other traits do not work together."""
FILE = "traits.npy"
NAMES_FILE = "names.npy"

_PATTERNS = {
    "encourages": "^国家",
    "state_council": "^国务院",
    "government": "人民政府",
    "forbids": "禁止|不得",
    "fine": "罚款",
    "may": "有权|可以",
    "purpose": "^为了?",
    "effect": "施行",
    "supports": "鼓励|支持",
    "damages": "赔偿",
    "defines": "是指|本法所称|本条例所称",
    "contract": "约定",
}
COLUMNS = (
    "length",
    "articles_of_law",
    "relative_place",
    "place",
    "is_statute",
    "is_regulation",
    "is_rule",
    "is_interpretation",
    *_PATTERNS,
)
_SIGNS = tuple(re.compile(pattern) for pattern in _PATTERNS.values())
_LABEL = re.compile("^第([〇零一二三四五六七八九十百千两]{1,9})条")


@dataclass(frozen=True, slots=True)
class Traits:
    """One row a document: its traits (`COLUMNS`), and a number that stands for law and label."""

    values: NDArray[np.float32]
    names: NDArray[np.uint64]

    @classmethod
    def of(cls, documents: Sequence[Document]) -> Traits:
        """The traits of documents, in their order."""
        numbers = np.array([_number(document.article) for document in documents], np.float64)
        group = _versions(documents)
        last = np.zeros(int(group.max()) + 1)
        np.maximum.at(last, group, numbers)
        last = np.maximum(last[group], 1)
        place = np.maximum(numbers - 1, 0)
        lengths = np.log1p([len(document.text) for document in documents])
        kinds = np.array([_kind(document.law) for document in documents])
        signs = [[bool(sign.search(document.text)) for sign in _SIGNS] for document in documents]
        columns = [lengths, np.log1p(last), place / np.maximum(last - 1, 1), np.log1p(place)]
        columns += [kinds == kind for kind in range(4)]
        values = np.c_[np.stack(columns, axis=1), np.array(signs, np.float64)].astype(np.float32)
        names = [name_number(document.law, document.article) for document in documents]
        return cls(values, np.array(names, np.uint64))

    @classmethod
    def open(cls, folder: Path) -> Traits:
        """Map the arrays of an index directory."""
        load = [np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in (FILE, NAMES_FILE)]
        return cls(load[0], load[1])

    def save(self, folder: Path) -> None:
        """Write the arrays into an index directory."""
        np.save(folder / FILE, self.values, allow_pickle=False)
        np.save(folder / NAMES_FILE, self.names, allow_pickle=False)


def name_number(law: str, article: str) -> int:
    """A number that stands for an article of a law, in whatever version."""
    name = hashlib.blake2b(f"{law}\t{article}".encode(), digest_size=8).digest()
    return int.from_bytes(name, "little")


def _versions(documents: Sequence[Document]) -> NDArray[np.int64]:
    """The number of each document's version of its law: old and new texts are counted apart."""
    seen: dict[tuple[str, str, object], int] = {}
    keys = ((document.region, document.law, document.valid_from) for document in documents)
    return np.array([seen.setdefault(key, len(seen)) for key in keys], np.int64)


def _number(label: str) -> int:
    """The number of an article; 0 where the label is none."""
    found = _LABEL.match(label)
    return (to_int(found.group(1)) or 0) if found else 0


def _kind(title: str) -> int:
    """By its title: 0 a law or code, 1 an administrative regulation, 2 a rule, 3 an interpretation."""
    if title.startswith("最高人民") or "解释" in title:
        return 3
    if title.endswith(("法", "典")) and not title.endswith("办法"):
        return 0
    return 1 if title.endswith("条例") else 2
