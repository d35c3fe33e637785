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
from triage.classifier.encoder import HEADS_FILE, EncoderMember
from triage.classifier.member import Labels
from triage.training.arguments import Foundations, Stages
from triage.training.data import TrainingRow
from triage.training.finetune import finetune
from triage.training.pseudo import entry_rows, pseudo_rows
from triage.training.split import twin_groups, twins_of_complete


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
    barred = (
        foundations.barred if foundations.barred is not None else twins_of_complete(rows, twin_groups(rows))
    )
    basis = foundation_rows(rows, stages, barred)
    if not basis:
        return finetune([*complete, *own_words()], labels, encoder, stages.foundation, progress)
    foundation = _foundation([*basis, *own_words()], labels, encoder, stages, foundations, progress)
    if not complete:
        return foundation
    again = [*complete, *_remembered(basis, stages), *own_words()]
    return finetune(again, labels, foundation, stages.finish, progress)


def _foundation(
    rows: Sequence[TrainingRow],
    labels: Labels,
    encoder: str,
    stages: Stages,
    foundations: Foundations,
    progress: Progress,
) -> EncoderMember:
    """The foundation on these rows: from memory, from the folder, or fine-tuned now."""
    key = tagged_hash([encoder, stages.foundation, sorted((row.id, row.text, row.weight) for row in rows)])
    if key in foundations.made:
        return foundations.made[key]
    kept = foundations.folder / key.removeprefix("sha256:")[:16] if foundations.folder else None
    if kept is not None and (kept / HEADS_FILE).is_file():
        member = EncoderMember.load(kept, labels)
    else:
        member = finetune(rows, labels, encoder, stages.foundation, progress)
        if kept is not None:
            kept.mkdir(parents=True, exist_ok=True)
            member.save(kept)
    foundations.made[key] = member
    return member


def own_words() -> list[TrainingRow]:
    """Everything that our catalogues and tables say, as rows."""
    return [*pseudo_rows(), *entry_rows()]


def foundation_rows(rows: Sequence[TrainingRow], stages: Stages, barred: frozenset[str]) -> list[TrainingRow]:
    """The rows that a foundation is made of: none that is `barred`, no pool row (it teaches nothing here)."""
    kept = [row for row in rows if row.id not in barred and row.source != "pool"]
    return [replace(row, weight=stages.weak_weight) if row.source == "weak" else row for row in kept]


def _remembered(basis: Sequence[TrainingRow], stages: Stages) -> list[TrainingRow]:
    by_hand = [row for row in basis if row.by_hand]
    order = np.random.default_rng(stages.seed).permutation(len(by_hand))[: stages.remembered]
    return [by_hand[position] for position in order]
