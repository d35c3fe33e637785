"""Everything that a router believes of some messages, before it is ranked and cut: what others may build on.

`probabilities` answers in one convention and sets every matter inside its level 1. What the dispatch
catalogue adds (`triage.catalogue.joining`) needs more: level 1 by the national classes, and every matter
against every other, so that the words of an entry can speak on both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from triage.catalogue.book import load_catalogue
from triage.classifier.calibration import Calibration, Probabilities, has_experts, log_softmax, mixed
from triage.classifier.conventions import COARSE, FINE, GATE, contest_share
from triage.classifier.member import Labels, Logits
from triage.taxonomy.tree import load_taxonomy
from triage.values import Prediction

LEAST = 1e-4
"""The belief granted to what a ranked list leaves out."""


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Probabilities of several messages: rows × labels."""

    labels: Labels
    level1: Probabilities
    """By the national classes, where the router knows two conventions."""
    paths: Probabilities
    """Each matter (column of `labels.pairs`) against all others: not the product with level 1."""
    department: Probabilities
    contest: Probabilities | None = None
    """Level 1 by the contest's classes; `None` where one convention alone is known or calibrated."""
    share: Probabilities | None = None
    """How far each message looks like one of the contest's (rows × 1)."""

    def __len__(self) -> int:
        """How many messages."""
        return len(self.level1)

    def take(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> Beliefs:
        """The beliefs of these rows."""
        kept = list(rows)
        contest = None if self.contest is None else self.contest[kept]
        share = None if self.share is None else self.share[kept]
        return Beliefs(
            self.labels, self.level1[kept], self.paths[kept], self.department[kept], contest, share
        )


def beliefs(outputs: Mapping[str, Mapping[str, Logits]], calibration: Calibration, labels: Labels) -> Beliefs:
    """The members' logits, mixed and calibrated as `probabilities` does it."""

    def logs_of(head: str) -> Probabilities:
        return log_softmax(mixed(outputs, head, calibration, None), None)

    paths, department = np.exp(logs_of("level2")), np.exp(logs_of("department"))
    if not has_experts(calibration):
        return Beliefs(labels, np.exp(logs_of("level1")), paths, department)
    level1 = np.exp(logs_of(FINE))
    if not any(COARSE in shares for shares in calibration.weights.values()):
        # Calibrated on rows of the national convention alone, as a cross-validation over such rows does.
        return Beliefs(labels, level1, paths, department)
    return Beliefs(labels, level1, paths, department, np.exp(logs_of(COARSE)), contest_share(logs_of(GATE)))


def beliefs_of(predictions: Sequence[Prediction]) -> Beliefs:
    """The beliefs of a classifier that gives ranked lists only; what a list leaves out is hardly believed."""
    labels = _known_labels()
    paths = np.full((len(predictions), len(labels.pairs)), LEAST)
    department = np.full((len(predictions), len(labels.departments)), LEAST)
    for row, said in enumerate(predictions):
        for matter in said.matter:
            paths[row, labels.pairs.index((matter.level1, matter.level2))] = max(matter.p, LEAST)
        for unit in said.department:
            if unit.id in labels.departments:
                department[row, labels.departments.index(unit.id)] = max(unit.p, LEAST)
    paths /= paths.sum(axis=1, keepdims=True)
    department /= department.sum(axis=1, keepdims=True)
    return Beliefs(labels, paths @ membership(labels), paths, department)


def membership(labels: Labels) -> npt.NDArray[np.float64]:
    """Which matter belongs to which level 1 (matters × level 1); probabilities times it: by level 1."""
    return np.array([[float(one == level1) for level1 in labels.level1] for one, _ in labels.pairs])


def _known_labels() -> Labels:
    taxonomy = load_taxonomy()
    return Labels(
        level1=tuple(taxonomy.level1),
        pairs=tuple((one, two) for one in taxonomy.level1 for two in taxonomy.children(one)),
        departments=tuple(department.id for department in load_catalogue().departments),
        kinds=(),
        urgencies=(),
    )
