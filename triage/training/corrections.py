"""Corrections by operators are added to a router without forgetting what it knew (在线更正).

    zhili train router --continue DIR --data corrections.jsonl --out NEW

A ridge fit towards the *present* weights instead of towards zero: of all weights that answer the corrections
about as well, those nearest to the present ones are taken, so a message that shares no word with a correction
is answered as before. With present scores s and targets t, the change is Xᵀ(XXᵀ + λ)⁻¹(t - s). Vocabulary,
calibration and thresholds stay; the encoder, if there is one, stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix

from foundation.artefact import Manifest, write_artefact
from foundation.canonical import files_hash, to_plain
from triage.classifier.artefact import FORMAT, KIND, SEEN_FILE, read_artefact, text_hashes
from triage.classifier.conventions import COARSE, FINE, has_two_conventions
from triage.classifier.linear import HeadWeights, LinearMember, features_of
from triage.classifier.member import HEADS, Head, Labels
from triage.classifier.router import Router
from triage.errors import TrainingDataError
from triage.training.calibrate import target_columns
from triage.training.card import corrections_note
from triage.training.conventions import is_coarse
from triage.training.data import TrainingRow, load_rows
from triage.training.pseudo import pseudo_rows
from triage.training.tickets import ColumnMap

PENALTY = 0.5
"""How firmly the present weights are held, relative to a message of unit length."""
SURE_LOGIT = 3.0
"""What a sure yes reads in a logistic head (a ridge head: 1)."""


@dataclass(frozen=True, slots=True)
class Continued:
    """What the corrections changed: shares of right first departments (level 1, where none is labelled)."""

    manifest: Manifest
    rows: int
    before: float
    after: float
    """On the corrections themselves: learned, not a measure of quality."""
    kept_before: float
    kept_after: float
    """On the phrases of the catalogue, which nobody corrected: what was forgotten."""


def continue_router(
    current: Path,
    paths: Sequence[Path],
    out: Path,
    *,
    columns: ColumnMap | None = None,
    penalty: float = PENALTY,
) -> Continued:
    """Teach the router in `current` the corrections in `paths`, and write it to `out`.

    Raises `TrainingDataError` where there is no labelled row or no linear member to teach.
    """
    artefact = read_artefact(current)
    rows = [row for row in load_rows(paths, columns=columns) if row.by_hand]
    linear = artefact.members.get("linear")
    if not rows or not isinstance(linear, LinearMember):
        raise TrainingDataError(
            "无法增量更正",
            expected="至少一条带标签的更正，且模型含线性成员",
            found=f"{len(rows)} 条更正，成员 {'、'.join(artefact.members)}",
            remedy="检查 --data，或重新训练",
        )
    taught = teach(linear, rows, artefact.labels, penalty)
    members = {name: taught if name == "linear" else member for name, member in artefact.members.items()}
    details = dict(artefact.manifest.details)
    corrections = [
        *details.get("corrections", []),
        {"files": sorted(path.name for path in paths), "hash": files_hash(paths), "rows": len(rows)},
    ]

    def fill(folder: Path) -> dict[str, Any]:
        from safetensors.numpy import save_file

        seen = np.union1d(artefact.seen, text_hashes([row.text for row in rows]))
        save_file({"seen": seen}, folder / SEEN_FILE)
        for name, member in members.items():
            (folder / name).mkdir()
            member.save(folder / name)
        card = (current / "README.md").read_text("utf-8") if (current / "README.md").is_file() else ""
        (folder / "README.md").write_text(corrections_note(card, corrections[-1]), "utf-8")
        plain: dict[str, Any] = to_plain({**details, "corrections": corrections})
        return plain

    before = Router.load(current)
    manifest = write_artefact(
        out, kind=KIND, format=FORMAT, libraries=tuple(artefact.manifest.libraries), fill=fill
    )
    after = Router.load(out)
    memory = [row for row in pseudo_rows() if row.dept is not None]
    return Continued(
        manifest,
        len(rows),
        share_right(before, rows),
        share_right(after, rows),
        share_right(before, memory),
        share_right(after, memory),
    )


def teach(
    member: LinearMember, rows: Sequence[TrainingRow], labels: Labels, penalty: float = PENALTY
) -> LinearMember:
    """The member with every head moved as little as answers the labels of `rows`."""
    features = features_of(member.vocabularies, [row.text for row in rows])
    heads = dict(member.heads)
    for head in HEADS:
        for name, chosen in _parts(member, rows, labels, head):
            if name in heads and chosen.any():
                target = target_columns(rows, labels, head)[chosen]
                heads[name] = _moved(heads[name], features[chosen], target, penalty)
    return replace(member, heads=heads)


def share_right(router: Router, rows: Sequence[TrainingRow]) -> float:
    """Share of labelled rows whose first department (where no row has one: level 1) is the labelled one."""
    head: Head = "department" if any(row.dept is not None for row in rows) else "level1"
    target = target_columns(rows, router.labels, head)
    known = target >= 0
    if not known.any():
        return float("nan")
    first = router.probabilities([row.text for row in rows])[head].argmax(axis=1)
    return float(np.mean(first[known] == target[known]))


def _parts(
    member: LinearMember, rows: Sequence[TrainingRow], labels: Labels, head: Head
) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    """Which weights of a head learn from which rows: level 1 may have two experts, one a convention."""
    known = target_columns(rows, labels, head) >= 0
    if head != "level1" or not has_two_conventions(member.heads):
        return [(head, known)]
    coarse = np.array([is_coarse(row) for row in rows])
    return [(COARSE, known & coarse), (FINE, known & ~coarse)]


def _moved(
    head: HeadWeights, features: csr_matrix, target: npt.NDArray[np.int64], penalty: float
) -> HeadWeights:
    """The head after the smallest change of weights that brings its scores to a sure ± on these rows."""
    columns = np.concatenate([head.columns, np.setdiff1d(target, head.columns)])
    # A label that the head never learned starts as a sure no.
    unknown = len(columns) - len(head.columns)
    dense = np.pad(head.weights.astype(np.float64) * head.scale, ((0, 0), (0, unknown)))
    bias = np.pad(head.bias.astype(np.float64), (0, unknown), constant_values=head.untrained)
    sure = SURE_LOGIT if head.logistic else 1.0
    wanted = np.where(target[:, None] == columns[None, :], sure, -sure)
    kernel = (features @ features.T).toarray()
    norm = max(float(np.mean(np.diag(kernel))), 1e-9)
    kernel[np.diag_indices_from(kernel)] += penalty * norm
    missing = wanted - (features @ dense + bias)
    change = features.T @ cho_solve(cho_factor(kernel, check_finite=False), missing)
    return HeadWeights.quantise(dense + change, bias, columns, head.size, logistic=head.logistic)
