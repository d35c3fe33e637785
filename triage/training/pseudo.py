"""Rows made of the taxonomy's and the catalogue's words, so that a label without examples is known."""

from __future__ import annotations

from triage.catalogue.book import load_catalogue
from triage.taxonomy.tree import load_taxonomy
from triage.training.data import TrainingRow

WEIGHT = 1.0
"""Against 1 for a real message: the best of .1, .3 and 1 in cross-validation (docs/experiment_log.md)."""


def pseudo_rows() -> list[TrainingRow]:
    """One short text a matter and one a department, with its labels."""
    rows = []
    for matter in load_taxonomy().matters:
        name = f"pseudo:{matter.level1}/{matter.level2}"
        text = "、".join((matter.level2, *matter.words))
        department = matter.department[0] if matter.department else None
        rows.append(
            TrainingRow(name, text, "pseudo", name, matter.level1, matter.level2, department, weight=WEIGHT)
        )
    for entry in load_catalogue().departments:
        name = f"pseudo:{entry.id}"
        text = "、".join((entry.name, *entry.words, *entry.duties))
        rows.append(TrainingRow(name, text, "pseudo", name, dept=entry.id, weight=WEIGHT))
    return rows
