"""The classifier with the dispatch catalogue beside it: `zhili eval dispatch --pipeline`.

Beliefs of matter and department are joined with the catalogue by the very code of the desk
(`triage.catalogue.joining`), and the gain over the classifier alone is given with a paired bootstrap over the
messages. Cross-validated, the weights of a fold are fitted on the other folds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from eval.classification import score
from eval.result import Score
from triage.catalogue.entries import DispatchCatalogue, load_dispatch
from triage.catalogue.joining import Joiner, JoinWeights, load_joining
from triage.classifier.beliefs import Beliefs
from triage.classifier.calibration import Probabilities
from triage.classifier.conventions import Convention
from triage.classifier.member import Head, Labels
from triage.training.calibrate import target_columns
from triage.training.data import TrainingRow
from triage.training.figures import acceptable
from triage.training.measure import hits_at

Flags = npt.NDArray[np.float64]


def with_catalogue(
    found: Mapping[Head, Probabilities],
    believed: Beliefs,
    rows: Sequence[TrainingRow],
    *,
    convention: Convention,
    weights: JoinWeights | None = None,
    catalogue: DispatchCatalogue | None = None,
) -> dict[Head, Probabilities]:
    """The same probabilities with matter and department joined with the catalogue.

    `believed`: what `found` was made of. `weights`: by default those that ship with the catalogue.
    """
    matcher = (load_dispatch() if catalogue is None else catalogue).matcher
    joiner = Joiner(matcher, believed.labels)
    joined = joiner.join([row.text for row in rows], believed, weights or load_joining(), convention)
    return {**found, "level1": joined.level1, "level2": joined.paths, "department": joined.department}


def gains(
    alone: Mapping[Head, Probabilities],
    together: Mapping[Head, Probabilities],
    rows: Sequence[TrainingRow],
    labels: Labels,
) -> dict[str, Score]:
    """How much the catalogue adds (paired): acceptable department, top-3, level 1 and level 2."""
    target = target_columns(rows, labels, "department")
    flags = {
        "department.acceptable": [_acceptable(one["department"], rows, labels) for one in (alone, together)],
        "department.top3": [
            hits_at(target, one["department"], 3).astype(np.float64) for one in (alone, together)
        ],
    }
    heads: tuple[Head, ...] = ("level1", "level2")
    for head in heads:
        wanted = target_columns(rows, labels, head)
        known = wanted >= 0
        if known.any():
            flags[f"{head}.accuracy"] = [
                (one[head].argmax(axis=1) == wanted)[known].astype(np.float64) for one in (alone, together)
            ]
    return {f"{name}.gain": _mean(after - before) for name, (before, after) in flags.items()}


def _mean(differences: Flags) -> Score:
    return score(len(differences), lambda i: float(differences[i].mean()))


def _acceptable(p: Probabilities, rows: Sequence[TrainingRow], labels: Labels) -> Flags:
    return np.asarray(acceptable(p.argmax(axis=1), rows, labels), dtype=np.float64)
