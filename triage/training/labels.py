"""The label sets of a new router: what the taxonomy and the catalogue hold today."""

from __future__ import annotations

from triage.catalogue.book import load_catalogue
from triage.classifier.member import Head, Labels
from triage.taxonomy.tree import load_taxonomy
from triage.training.data import KINDS, URGENCIES, TrainingRow


def current_labels() -> Labels:
    """Every matter of the taxonomy, every department of the catalogue, every kind and urgency."""
    taxonomy = load_taxonomy()
    return Labels(
        level1=tuple(taxonomy.level1),
        pairs=tuple((one, two) for one in taxonomy.level1 for two in taxonomy.children(one)),
        departments=tuple(department.id for department in load_catalogue().departments),
        kinds=KINDS,
        urgencies=URGENCIES,
    )


def label_of(row: TrainingRow, head: Head) -> str | tuple[str, str] | None:
    """The row's label of one head, as `Labels` writes it; `None` where it is not known."""
    if head == "level2":
        return (row.level1, row.level2) if row.level1 and row.level2 else None
    if head == "level1":
        return row.level1
    return {"department": row.dept, "kind": row.kind, "urgency": row.urgency}[head]
