"""The linear member: every head a weighted sum of the words and character runs of the message.

Files: `linear.safetensors` (vocabulary hashes, idf, 8-bit weights with one scale a column, biases) and
`linear.json` (feature specifications, sizes of the heads, which heads are logistic). No text is stored.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix, hstack

from triage.classifier.conventions import COARSE, EXPERTS, FINE, GATE, has_two_conventions
from triage.classifier.explain import strongest_words
from triage.classifier.features import FeatureSpec, Vocabulary
from triage.classifier.member import HEADS, Logits
from triage.classifier.rows import Row, read_row
from triage.errors import ModelError
from triage.values import Evidence

NAME = "linear"
WEIGHTS_FILE = "linear.safetensors"
SPEC_FILE = "linear.json"
UNTRAINED = -1.0
"""Score of a label that training never showed: as low as a sure no."""
UNTRAINED_LOGIT = -10.0
"""The same in a logistic head."""
LEAST_SHARE = 0.01
"""Share of a label that its score makes impossible; below it all labels are about as unlikely."""


@dataclass(frozen=True)
class HeadWeights:
    """One head: scores = features @ weights · scale + bias, for the trained columns only."""

    weights: npt.NDArray[np.int8]
    """(features × trained labels)."""
    scale: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    columns: npt.NDArray[np.int32]
    """The head's column of each trained label."""
    size: int
    """All labels of the head."""
    logistic: bool = False
    """Whether the scores are logits already, not estimates of 2p - 1."""

    @classmethod
    def quantise(
        cls,
        weights: npt.NDArray[Any],
        bias: npt.NDArray[Any],
        columns: Any,
        size: int,
        *,
        logistic: bool = False,
    ) -> HeadWeights:
        """Eight bits a weight; the error averages out over the hundreds of terms of a message."""
        scale = np.maximum(np.abs(weights).max(axis=0), 1e-12) / 127
        rounded = np.rint(weights / scale).astype(np.int8)
        whole = np.asarray(columns, np.int32)
        return cls(rounded, scale.astype(np.float32), bias.astype(np.float32), whole, size, logistic)

    @property
    def untrained(self) -> float:
        """Score of a label that training never showed."""
        return UNTRAINED_LOGIT if self.logistic else UNTRAINED

    def scores(self, rows: Sequence[Row]) -> Logits:
        """Scores of every label; about 1 for a sure yes, -1 for a sure no, or logits (`logistic`).

        Text by text: a text's score depends on no other, and it is faster than one sparse product.
        """
        result = np.full((len(rows), self.size), self.untrained, dtype=np.float32)
        for number, row in enumerate(rows):
            weights = self.weights[row.columns].astype(np.float32)
            result[number, self.columns] = (row.values @ weights) * self.scale + self.bias
        return result

    def logits(self, rows: Sequence[Row]) -> Logits:
        """Logits of every label."""
        scores = self.scores(rows)
        return scores if self.logistic else as_logits(scores)

    def direction(self, column: int, terms: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """The weights of one label for these terms; nothing for a label that was never trained."""
        where = np.flatnonzero(self.columns == column)
        if not len(where):
            return np.zeros(len(terms), dtype=np.float32)
        return np.asarray(self.weights[terms, where[0]] * self.scale[where[0]], np.float32)


@dataclass(frozen=True)
class LinearMember:
    """A vocabulary or two and one weight matrix a head."""

    vocabularies: tuple[Vocabulary, ...]
    heads: dict[str, HeadWeights]
    """By head; level 1 may have two experts and a gate instead (`triage.classifier.conventions`)."""
    name: str = NAME

    def logits(self, texts: Sequence[str]) -> dict[str, Logits]:
        """Logits by head, (texts × labels)."""
        return self.logits_of(self.rows(texts))

    def rows(self, texts: Sequence[str]) -> list[Row]:
        """The texts as this member reads them, for `logits_of` and `evidence`."""
        return [read_row(text, self.vocabularies) for text in texts]

    def logits_of(self, rows: Sequence[Row]) -> dict[str, Logits]:
        """Logits by head of texts that were read before."""
        logits: dict[str, Logits] = {
            head: self.heads[head].logits(rows) for head in HEADS if head in self.heads
        }
        if has_two_conventions(self.heads):
            scores = {name: self.heads[name].scores(rows) for name in EXPERTS}
            logits |= {FINE: as_logits(scores[FINE]), COARSE: as_logits(scores[COARSE]), GATE: scores[GATE]}
        return logits

    def evidence(self, text: str, row: Row, department: int, against: int) -> tuple[Evidence, ...]:
        """The words of a text (`row`: as it was read) that spoke for one department rather than another."""
        head = self.heads["department"]
        direction = head.direction(department, row.columns) - head.direction(against, row.columns)
        return strongest_words(text, row.spread(direction, len(text)))

    def save(self, folder: Path) -> dict[str, Any]:
        """Write the files; returns what the manifest should say of them."""
        tensors: dict[str, npt.NDArray[Any]] = {}
        for number, vocabulary in enumerate(self.vocabularies):
            tensors[f"vocabulary.{number}.hashes"] = vocabulary.hashes
            tensors[f"vocabulary.{number}.idf"] = vocabulary.idf
        for head, found in self.heads.items():
            for field in ("weights", "scale", "bias", "columns"):
                tensors[f"{head}.{field}"] = np.ascontiguousarray(getattr(found, field))
        save_file(tensors, folder / WEIGHTS_FILE)
        specs = [asdict(vocabulary.spec) for vocabulary in self.vocabularies]
        sizes = {head: found.size for head, found in self.heads.items()}
        logistic = [head for head, found in self.heads.items() if found.logistic]
        plain = {"features": specs, "sizes": sizes, "logistic": logistic}
        (folder / SPEC_FILE).write_text(json.dumps(plain, indent=1) + "\n", "utf-8")
        return {"features": sum(map(len, self.vocabularies)), "sizes": sizes}

    @classmethod
    def load(cls, folder: Path) -> LinearMember:
        """Open what `save` wrote; raises `ModelError` where the files cannot be read."""
        try:
            spec = json.loads((folder / SPEC_FILE).read_text("utf-8"))
            tensors = load_file(folder / WEIGHTS_FILE)
            logistic = spec.get("logistic", ())
            return cls(
                tuple(
                    Vocabulary(
                        FeatureSpec(**one), tensors[f"vocabulary.{n}.hashes"], tensors[f"vocabulary.{n}.idf"]
                    )
                    for n, one in enumerate(spec["features"])
                ),
                {head: _head(tensors, head, size, head in logistic) for head, size in spec["sizes"].items()},
            )
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise ModelError(
                f"{folder} 中的线性模型无法读取",
                expected=f"完整的 {WEIGHTS_FILE} 与 {SPEC_FILE}",
                found=type(error).__name__,
                remedy="重新训练或重新下载模型",
            ) from error


def features_of(vocabularies: Sequence[Vocabulary], texts: Sequence[str]) -> csr_matrix:
    """The blocks of all vocabularies side by side."""
    return hstack([vocabulary.transform(texts) for vocabulary in vocabularies], format="csr")


def as_logits(scores: Logits) -> Logits:
    """Logits of one-vs-rest scores, in the same order.

    A ridge score estimates 2p - 1, so (score + 1) / 2 is a share: its logarithm tells far better than the
    score how sure an answer is. The score itself is added so that a share above 1 or below the least one
    still counts (log-loss of the department 1.00 → .91, see docs/experiment_log.md).
    """
    shares = np.maximum((scores + 1) / 2, LEAST_SHARE)
    logits: Logits = (np.log(shares) + scores).astype(np.float32)
    return logits


def _head(tensors: dict[str, npt.NDArray[Any]], head: str, size: int, logistic: bool) -> HeadWeights:
    weights, scale, bias, columns = (
        tensors[f"{head}.{name}"] for name in ("weights", "scale", "bias", "columns")
    )
    return HeadWeights(weights, scale, bias, columns, size, logistic)
