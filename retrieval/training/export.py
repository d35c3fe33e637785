"""Writes the trained encoder: bytes instead of floats, vocabulary, manifest and model card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from foundation.artefact import Manifest, write_artefact
from foundation.canonical import files_hash
from retrieval.bag import TOKENS
from retrieval.dense import FORMAT, KIND, VOCABULARY, WEIGHTS
from retrieval.training.card import write_card
from retrieval.training.data import FILES

if TYPE_CHECKING:
    from retrieval.training.recipe import Recipe

NAME = "zhili-bag"


def export_encoder(
    out: Path,
    tokens: Sequence[str],
    vectors: NDArray[np.float32],
    recipe: Recipe,
    data: Path,
    pairs: Mapping[str, int],
) -> Manifest:
    """Write the artefact directory; `pairs` counts what was learned from, by source.

    Raises `ArtefactError` where the place cannot be written."""

    def fill(folder: Path) -> dict[str, Any]:
        from safetensors.numpy import save_file

        weights, scales = to_bytes(vectors)
        save_file({"weights": weights, "scales": scales}, folder / WEIGHTS)
        (folder / VOCABULARY).write_text("\n".join(tokens), "utf-8", newline="\n")
        details = {
            "name": f"{NAME}-{vectors.shape[1]}",
            "tokens": TOKENS,
            "dimensions": int(vectors.shape[1]),
            "vocabulary": len(tokens),
            "recipe": asdict(recipe),
            "pairs": dict(pairs),
            "data": list(FILES),
            "data_hash": files_hash([data / name for name in FILES]),
        }
        write_card(folder, details)
        return details

    return write_artefact(
        out, kind=KIND, format=FORMAT, libraries=("numpy", "rjieba", "safetensors", "scipy"), fill=fill
    )


def to_bytes(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Every row in 255 steps of its own size: a quarter of the bytes, and the ranking stays the same."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-9).astype(np.float32) / np.float32(127)
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales
