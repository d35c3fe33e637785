"""The classifier with the dispatch catalogue beside it: `zhili eval dispatch --pipeline`.

Out-of-fold probabilities of the department are reweighed by what the catalogue believes, as the desk does it,
and the gain over the classifier alone is given with a paired bootstrap over the messages.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from eval.classification import score
from eval.result import Score
from triage.catalogue.entries import DispatchCatalogue, load_dispatch
from triage.catalogue.matching import mix
from triage.classifier.calibration import Probabilities
from triage.classifier.member import Head, Labels
from triage.classifier.router import MATTERS
from triage.training.calibrate import target_columns
from triage.training.data import TrainingRow
from triage.training.figures import acceptable
from triage.training.measure import hits_at

Flags = npt.NDArray[np.float64]


def with_catalogue(
    found: dict[Head, Probabilities],
    rows: Sequence[TrainingRow],
    labels: Labels,
    catalogue: DispatchCatalogue | None = None,
) -> dict[Head, Probabilities]:
    """The same probabilities with the department's reweighed by the catalogue."""
    matcher = (catalogue or load_dispatch()).matcher
    department = np.zeros_like(found["department"])
    for number, row in enumerate(rows):
        p = found["level2"][number]
        matters = {labels.pairs[column]: float(p[column]) for column in np.argsort(-p)[:MATTERS]}
        believed = dict(zip(labels.departments, found["department"][number].tolist(), strict=True))
        mixed = mix(believed, matcher.department_beliefs(row.text, matters))
        department[number] = [mixed[id] for id in labels.departments]
    return {**found, "department": department / department.sum(axis=1, keepdims=True)}


def gains(
    alone: Probabilities, together: Probabilities, rows: Sequence[TrainingRow], labels: Labels
) -> dict[str, Score]:
    """How much the catalogue adds (paired): acceptable department and top-3."""
    target = target_columns(rows, labels, "department")
    acceptable_gain = _acceptable(together, rows, labels) - _acceptable(alone, rows, labels)
    top_gain = hits_at(target, together, 3).astype(float) - hits_at(target, alone, 3).astype(float)
    return {
        "department.acceptable.gain": score(len(rows), lambda i: float(acceptable_gain[i].mean())),
        "department.top3.gain": score(len(rows), lambda i: float(top_gain[i].mean())),
    }


def _acceptable(p: Probabilities, rows: Sequence[TrainingRow], labels: Labels) -> Flags:
    return np.asarray(acceptable(p.argmax(axis=1), rows, labels), dtype=np.float64)
