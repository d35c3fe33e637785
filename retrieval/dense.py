"""Encoders: from text to a unit vector, so that a lay question lies near the articles that answer it.

`BagEncoder` is the one that ships with the package: one trained vector a token, added up; it needs numpy
only. `SentenceTransformerEncoder` puts any sentence-transformers model in its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from math import log
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from foundation.artefact import read_manifest
from foundation.errors import ArtefactError
from retrieval.bag import TOKENS, bag_tokens, bags, numbered
from retrieval.values import Document

KIND = "encoder"
FORMAT = 1
WEIGHTS = "encoder.safetensors"
VOCABULARY = "vocabulary.txt"
EMBEDDED = Path(__file__).parent / "artifacts" / "encoder"
_CHUNK = 1_024


class Encoder(Protocol):
    """From texts to unit vectors (float32, one row a text; a text without a known token gives zeros)."""

    name: str
    hash: str
    """Identity of the weights: an index made by other weights is refused."""
    dimensions: int

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions or complaints."""
        ...

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages (see `passage`)."""
        ...


def passage(document: Document) -> str:
    """What of a document is encoded: title of the law, topics (digest only), text."""
    return "\n".join(part for part in (document.law, " ".join(document.topics), document.text) if part)


class BagEncoder:
    """The embedded encoder: the weighted sum of the vectors of a text's tokens."""

    def __init__(
        self,
        tokens: Sequence[str],
        weights: NDArray[np.int8],
        scales: NDArray[np.float32],
        *,
        name: str,
        hash: str,
    ) -> None:
        self.name = name
        self.hash = hash
        self.dimensions = weights.shape[1]
        self._numbers = numbered(tokens)
        self._weights = weights
        self._scales = scales

    @classmethod
    def load(cls, folder: Path | None = None) -> BagEncoder:
        """The encoder of an artefact directory, or the one that ships with the package.

        Raises `ArtefactError` where the directory is missing, damaged, or was made for other tokens.
        """
        folder = folder or EMBEDDED
        manifest = read_manifest(folder, kind=KIND, format=FORMAT)
        if manifest.details.get("tokens") != TOKENS:
            raise ArtefactError(
                f"编码器 {folder} 与本程序的分词不符",
                expected=TOKENS,
                found=str(manifest.details.get("tokens")),
                remedy="用 zhili train retriever 重新训练，或换用配套的版本",
            )
        tokens, weights, scales = _read(folder)
        return cls(tokens, weights, scales, name=str(manifest.details["name"]), hash=manifest.hash)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions or complaints."""
        return self._encode(texts)

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages."""
        return self._encode(texts)

    def familiarity(self, text: str) -> tuple[float, float]:
        """Share of the text's pairs of characters that the encoder knows, and how rare they are on average.

        Tokens are numbered from the commonest in laws and lay texts on, so rarity is the mean logarithm of
        the number; a pair that is unknown counts as rarer than any. A text without a pair gives 0 and that.
        """
        unknown = log(2 * len(self._numbers) + 2)
        numbers = [self._numbers.get(token) for token in bag_tokens(text) if len(token) == 2]
        if not numbers:
            return 0.0, unknown
        rarities = [unknown if number is None else log(1 + number) for number in numbers]
        known = sum(number is not None for number in numbers)
        return known / len(numbers), sum(rarities) / len(numbers)

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [self._chunk(texts[start : start + _CHUNK]) for start in range(0, len(texts), _CHUNK)]
        return np.concatenate(rows) if rows else np.zeros((0, self.dimensions), np.float32)

    def _chunk(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Only the rows that occur are turned back into floats; they keep their order, so do the sums."""
        bag = bags(texts, self._numbers)
        used, columns = np.unique(bag.indices, return_inverse=True)
        table = self._weights[used].astype(np.float32) * self._scales[used, None]
        bag = type(bag)((bag.data, columns, bag.indptr), shape=(bag.shape[0], max(len(used), 1)))
        return unit(bag @ table if len(used) else np.zeros((len(texts), self.dimensions), np.float32))


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by name or folder, with its own prompts for queries and documents."""

    def __init__(self, name_or_folder: str, *, offline: bool = False) -> None:
        """Load the model; `offline`: only from this machine. Raises `ArtefactError` where there is none."""
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(name_or_folder, device="cpu", local_files_only=offline)
        except (OSError, ValueError) as error:
            raise ArtefactError(
                f"无法载入句向量模型 {name_or_folder}",
                expected="sentence-transformers 的模型名称或本地目录",
                found=type(error).__name__,
                remedy="检查名称或目录；离线时请先把模型下载到本地目录",
            ) from error
        self.name = name_or_folder
        self.hash = _model_hash(self._model.state_dict().items())
        self.dimensions = int(self.encode_queries(["法"]).shape[1])

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions or complaints."""
        found = self._model.encode_query(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, np.float32)

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages."""
        found = self._model.encode_document(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, np.float32)


def _model_hash(arrays: Iterable[tuple[str, Any]]) -> str:
    """A tagged hash over the names and bytes of a model's weights, whatever folder it came from."""
    digest = hashlib.sha256()
    for name, array in sorted(arrays, key=lambda pair: pair[0]):
        digest.update(name.encode("utf-8"))
        digest.update(array.detach().cpu().contiguous().view(-1).float().numpy().tobytes())
    return f"sha256:{digest.hexdigest()}"


@cache
def embedded() -> BagEncoder:
    """The encoder that ships with the package, loaded once."""
    return BagEncoder.load()


def encoder_named(name: str) -> Encoder:
    """The encoder that an index names: the embedded one, or a sentence-transformers model on this machine."""
    own = embedded()
    return own if name in ("", own.name) else SentenceTransformerEncoder(name, offline=True)


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows divided by their length; a row of zeros stays one."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1.0), np.float32)


def _read(folder: Path) -> tuple[list[str], NDArray[np.int8], NDArray[np.float32]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        arrays = load_file(folder / WEIGHTS)
        tokens = (folder / VOCABULARY).read_text("utf-8").split("\n")
        weights, scales = arrays["weights"], arrays["scales"]
        whole = weights.dtype == np.int8 and len(tokens) == len(weights) == len(scales)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise _damaged(folder, type(error).__name__) from error
    if not whole:
        raise _damaged(folder, "词表与权重的行数不同")
    return tokens, weights, scales


def _damaged(folder: Path, found: str) -> ArtefactError:
    return ArtefactError(
        f"编码器 {folder} 已损坏",
        expected=f"{WEIGHTS} 与 {VOCABULARY}",
        found=found,
        remedy="重新安装，或重新训练编码器",
    )
