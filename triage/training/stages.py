"""The encoder member in two stages: the many rows first, then the few that carry every label.

A foundation is fine-tuned on the rows whose department nobody labelled (level 1 alone, weak departments, our
own words); it goes on from there on the rows that carry every label. The folds of a cross-validation over
those few rows share one foundation, because none of them, and no twin of theirs, is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from foundation.canonical import tagged_hash
from foundation.progress import Progress, silent
from triage.classifier.encoder import EncoderMember
from triage.classifier.member import Labels
from triage.training.arguments import Foundations, Stages
from triage.training.data import TrainingRow
from triage.training.finetune import finetune
from triage.training.pseudo import pseudo_rows
from triage.training.split import twin_groups


def fit_encoder(
    rows: Sequence[TrainingRow],
    labels: Labels,
    encoder: str,
    stages: Stages,
    foundations: Foundations,
    progress: Progress = silent,
) -> EncoderMember:
    """The encoder member trained on `rows`; `foundations` is shared by the fits of one session."""
    complete = [row for row in rows if row.by_hand and row.dept is not None]
    basis = foundation_rows(rows, stages)
    if not basis:
        return finetune([*complete, *pseudo_rows()], labels, encoder, stages.foundation, progress)
    key = tagged_hash(sorted(row.id for row in basis))
    if key not in foundations.made:
        foundations.made[key] = finetune(
            [*basis, *pseudo_rows()], labels, encoder, stages.foundation, progress
        )
    if not complete:
        return foundations.made[key]
    again = [*complete, *_remembered(basis, stages), *pseudo_rows()]
    return finetune(again, labels, foundations.made[key], stages.finish, progress)


def foundation_rows(rows: Sequence[TrainingRow], stages: Stages) -> list[TrainingRow]:
    """Rows without a department by hand that are no twin of a row with one; pool rows teach nothing here."""
    twins = twin_groups(rows)
    touched = {twin for row, twin in zip(rows, twins, strict=True) if row.by_hand and row.dept is not None}
    kept = [
        row for row, twin in zip(rows, twins, strict=True) if twin not in touched and row.source != "pool"
    ]
    return [replace(row, weight=stages.weak_weight) if row.source == "weak" else row for row in kept]


def _remembered(basis: Sequence[TrainingRow], stages: Stages) -> list[TrainingRow]:
    by_hand = [row for row in basis if row.by_hand]
    order = np.random.default_rng(stages.seed).permutation(len(by_hand))[: stages.remembered]
    return [by_hand[position] for position in order]
