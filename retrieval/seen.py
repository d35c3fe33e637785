"""Which texts the shipped search models have learned from: figures on those are no result.

Kept as one number a text (signs and spaces do not count), so that nothing can be read back.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.reranker import EMBEDDED

FILE = "seen.npy"
_SIGNS = re.compile(r"\W")


def fingerprints(texts: Iterable[str]) -> NDArray[np.uint64]:
    """One number a text, in order."""
    plain = (_SIGNS.sub("", text).encode("utf-8", "surrogatepass") for text in texts)
    numbers = [int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little") for text in plain]
    return np.array(numbers, np.uint64)


def write_seen(numbers: NDArray[np.uint64], folder: Path) -> int:
    """Keep the fingerprints of what was learned from; give how many there are."""
    distinct = np.unique(numbers)
    np.save(folder / FILE, distinct, allow_pickle=False)
    return len(distinct)


def learned(texts: Sequence[str], folder: Path | None = None) -> NDArray[np.bool_]:
    """For each text whether the models of the artefact (default: the shipped ones) learned from it.

    A text without a single letter or character is nobody's.
    """
    said = np.array([bool(_SIGNS.sub("", text)) for text in texts], np.bool_)
    return np.asarray(np.isin(fingerprints(texts), seen_by(folder or EMBEDDED)) & said)


@cache
def seen_by(folder: Path) -> NDArray[np.uint64]:
    """The fingerprints that an artefact holds."""
    return np.asarray(np.load(folder / FILE, allow_pickle=False), np.uint64)
