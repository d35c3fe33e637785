"""Writes the reranker's artefact: weights by name, counts, fingerprints of what was learned from, card."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from foundation.artefact import Manifest, write_artefact
from retrieval.reranker import ARTICLES, FEATURES, FORMAT, KIND, LAWS, MODEL, Linear, Reranker
from retrieval.seen import fingerprints, seen_by, write_seen
from retrieval.training.rerank_card import write_card
from retrieval.traits import TRAITS


def export(
    out: Path,
    learned: Reranker,
    seen: Iterable[str],
    details: Mapping[str, Any],
    *,
    before: Path | None = None,
) -> Manifest:
    """Write the artefact; `seen` are the texts that encoder and reranker learned from.

    `before` is the artefact whose weights were kept in part: what it has seen is seen. Raises
    `ArtefactError`.
    """
    numbers = fingerprints(seen)
    if before is not None:
        numbers = np.concatenate([numbers, seen_by(before)])

    def fill(folder: Path) -> dict[str, Any]:
        model = {"question": _by_name(learned.question), "complaint": _by_name(learned.complaint)}
        (folder / MODEL).write_text(json.dumps(model, ensure_ascii=False, indent=1), "utf-8")
        laws = {law: list(counts) for law, counts in sorted(learned.popularity.laws.items())}
        (folder / LAWS).write_text(json.dumps(laws, ensure_ascii=False), "utf-8")
        counts = sorted(learned.popularity.articles.items())
        np.save(folder / ARTICLES, np.array(counts, np.uint64).reshape(-1, 2), allow_pickle=False)
        found = {
            "traits": TRAITS,
            "features": list(FEATURES),
            "encoder": learned.encoder_hash,
            "laws": len(laws),
            "articles": len(counts),
            "seen": write_seen(numbers, folder),
            **details,
        }
        write_card(folder, found)
        return found

    return write_artefact(out, kind=KIND, format=FORMAT, libraries=("numpy", "scikit-learn"), fill=fill)


def _by_name(model: Linear) -> dict[str, list[float]]:
    rows = zip(FEATURES, model.centre, model.scale, model.weights, strict=True)
    return {name: [float(f"{number:.6g}") for number in numbers] for name, *numbers in rows}
