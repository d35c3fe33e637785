"""The one way a router is made, from labelled rows to an artefact: a list of named steps.

    zhili train router --data FILE… --out DIR [--encoder NAME_OR_DIR]

`zhili eval dispatch --cross-validate` runs `fit_members` on other rows, and so measures this very recipe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from foundation.artefact import Manifest
from foundation.canonical import files_hash
from foundation.progress import Progress, silent
from triage.classifier.beliefs import beliefs
from triage.classifier.calibration import Calibration, conventions_of, probabilities
from triage.classifier.member import HEADS, Labels, Logits, Member
from triage.classifier.thresholds import Thresholds
from triage.errors import TrainingDataError
from triage.training.arguments import Foundations, Stages
from triage.training.calibrate import calibrate, choose_threshold
from triage.training.checks import DataCheck, check_rows
from triage.training.cues import cued_rows
from triage.training.data import TrainingRow, load_rows
from triage.training.export import Export, export_router
from triage.training.figures import head_figures
from triage.training.joining import fit_joining
from triage.training.labels import current_labels, label_of
from triage.training.linear import LinearArguments, TermCache, train_linear
from triage.training.promises import convention_promises, promises_of
from triage.training.pseudo import pseudo_rows
from triage.training.split import Split, folds, split_rows, twin_groups, twins_of_complete
from triage.training.tickets import ColumnMap

PROBE = 400
"""Messages on which the exported encoder is compared with the trained one."""
ERROR_BOUND = 0.05
"""Promised upper bound of the share of wrong departments among automatic proposals."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a router is made of."""

    linear: LinearArguments = field(default_factory=LinearArguments)
    encoder: str | None = None
    """Name or folder of a Hugging Face encoder that joins the linear member; `None`: none."""
    stages: Stages = field(default_factory=Stages)
    """How the encoder is fine-tuned; ignored without one."""
    folds: int = 5
    """Divisions for the out-of-fold predictions."""


@dataclass
class Workshop:
    """What the fits of one session share: counted terms, and foundations of the encoder."""

    counted: TermCache = field(default_factory=TermCache)
    foundations: Foundations = field(default_factory=Foundations)

    def bar(self, rows: Sequence[TrainingRow], twins: Sequence[int]) -> None:
        """Keep every twin of a row that is predicted out of fold out of every foundation."""
        self.foundations = replace(self.foundations, barred=twins_of_complete(rows, twins))


@dataclass(frozen=True, slots=True)
class Options:
    """What a centre may ask of one training; none of it is part of the recipe."""

    columns: ColumnMap | None = None
    """What the columns of its own table hold."""
    test_from: str = ""
    """Rows of that day and later are the test part (`split.split_rows`)."""
    keep: Path | None = None
    """A folder where half-done work stays, to go on from."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training left behind: the artefact's manifest, what was found in the data, the test part."""

    manifest: Manifest
    check: DataCheck
    test: tuple[TrainingRow, ...]


PLAIN = Options()


def train_router(
    paths: Sequence[Path],
    out: Path,
    recipe: Recipe | None = None,
    progress: Progress = silent,
    options: Options = PLAIN,
) -> Trained:
    """Read, look over, split, predict out of fold, calibrate, fit, measure on the test part, export.

    Raises `TrainingDataError` where the rows teach nothing, `ArtefactError` where `out` cannot be written.
    """
    recipe = recipe or Recipe()
    labels = current_labels()
    rows = load_rows(paths, columns=options.columns)
    split = split_rows(rows, test_from=options.test_from)
    shop = Workshop(foundations=Foundations(folder=options.keep))
    _check_heads(split.train)
    outputs, known = out_of_fold(split.train, labels, recipe, progress, shop)
    calibration = calibrate(outputs, known, labels)
    data_hash = files_hash(paths)
    thresholds = auto_threshold(outputs, known, labels, calibration, data_hash)
    members = fit_members(split.train, labels, recipe, progress, shop)
    figures = {
        "out_of_fold": head_figures(probabilities(outputs, calibration, labels), known, labels),
        "test": _test_figures(members, split, labels, calibration),
    }
    export = Export(
        members=members,
        labels=labels,
        calibration=calibration,
        thresholds=thresholds,
        figures=figures,
        seen=tuple(row.text for row in split.train if row.source != "pool"),
        data_files=tuple(sorted(path.name for path in paths)),
        data_hash=data_hash,
        rows=_counts(split),
        recipe=recipe,
        joining=fit_joining(beliefs(outputs, calibration, labels), known),
        probe=tuple(row.text for row in split.train if row.by_hand)[-PROBE:],
    )
    check = check_rows(rows, twin_groups(rows))
    return Trained(export_router(out, export), check, split.test)


def fit_members(
    rows: Sequence[TrainingRow],
    labels: Labels,
    recipe: Recipe,
    progress: Progress = silent,
    shop: Workshop | None = None,
) -> dict[str, Member]:
    """Every member of the recipe, trained on all rows; `shop` is shared by the fits of one session."""
    shop = shop or Workshop()
    taught = [*rows, *pseudo_rows(), *cued_rows(rows)]
    linear = train_linear(taught, labels, recipe.linear, progress, shop.counted)
    members: dict[str, Member] = {"linear": linear}
    if recipe.encoder is not None:
        from triage.training.stages import fit_encoder

        members["encoder"] = fit_encoder(
            rows, labels, recipe.encoder, recipe.stages, shop.foundations, progress
        )
    return members


def out_of_fold(
    rows: Sequence[TrainingRow],
    labels: Labels,
    recipe: Recipe,
    progress: Progress = silent,
    shop: Workshop | None = None,
) -> tuple[dict[str, dict[str, Logits]], list[TrainingRow]]:
    """Logits by member and head, each row's from members that saw neither it nor a twin, and those rows."""
    shop = shop or Workshop()
    twins = twin_groups(rows)
    shop.bar(rows, twins)
    tests = _divisions(rows, twins, recipe)
    parts: list[dict[str, dict[str, Logits]]] = []
    for number, test in enumerate(tests):
        touched = {twins[p] for p in test}
        train = [row for row, twin in zip(rows, twins, strict=True) if twin not in touched]
        members = fit_members(train, labels, recipe, shop=shop)
        texts = [rows[p].text for p in test]
        parts.append({name: member.logits(texts) for name, member in members.items()})
        progress(number + 1, len(tests), "交叉验证")
    return _join(parts), [rows[p] for test in tests for p in test]


def _divisions(rows: Sequence[TrainingRow], twins: Sequence[int], recipe: Recipe) -> list[list[int]]:
    """The positions that are predicted together, one list a fit; every labelled row once.

    With an encoder a fit costs minutes: the rows with a department are divided among themselves, so that
    their folds share one foundation, and of the many others one fold alone is predicted.
    """
    labelled = [p for p, row in enumerate(rows) if row.by_hand]
    if len(labelled) < recipe.folds:
        raise TrainingDataError(
            "带标签的留言太少",
            expected=f"至少 {recipe.folds} 条",
            found=str(len(labelled)),
            remedy="补充数据",
        )
    if recipe.encoder is None:
        return _in_folds(rows, twins, labelled, recipe.folds)
    complete = [p for p in labelled if rows[p].dept is not None]
    others = [p for p in labelled if rows[p].dept is None]
    first = _in_folds(rows, twins, others, recipe.folds)[:1] if len(others) >= recipe.folds else []
    return [*_in_folds(rows, twins, complete, recipe.folds), *first]


def _in_folds(
    rows: Sequence[TrainingRow], twins: Sequence[int], positions: Sequence[int], count: int
) -> list[list[int]]:
    numbers = folds([rows[p] for p in positions], count, twins=[twins[p] for p in positions])
    return [[p for p, n in zip(positions, numbers, strict=True) if n == fold] for fold in range(count)]


def auto_threshold(
    outputs: Mapping[str, Mapping[str, Logits]],
    rows: Sequence[TrainingRow],
    labels: Labels,
    calibration: Calibration,
    data_hash: str,
) -> Thresholds:
    """The threshold of automatic proposal, from out-of-fold predictions of the rows with a department.

    With it go the promises of level 1 (by the gate and by either convention) and of the department, from
    which a centre may choose.
    """
    everything = probabilities(outputs, calibration, labels)
    promises = promises_of(everything, rows, labels, data_hash)
    for convention in conventions_of(calibration):
        asked = probabilities(outputs, calibration, labels, convention)
        promises += convention_promises(convention, asked, rows, labels, data_hash)
    gold = [position for position, row in enumerate(rows) if row.dept is not None]
    if not gold:
        return Thresholds(None, ERROR_BOUND, data_hash=data_hash, promises=promises)
    found = everything["department"][gold]
    first = [labels.departments[column] for column in found.argmax(axis=1)]
    right = [
        department in (rows[position].dept, *rows[position].dept_ok)
        for department, position in zip(first, gold, strict=True)
    ]
    chosen = choose_threshold(found.max(axis=1).tolist(), right, bound=ERROR_BOUND, data_hash=data_hash)
    return replace(chosen, promises=promises)


def _join(parts: Sequence[dict[str, dict[str, Logits]]]) -> dict[str, dict[str, Logits]]:
    """The folds' logits one after another; a head that one fold lacks is left out."""
    names = parts[0]
    return {
        name: {
            head: np.concatenate([part[name][head] for part in parts])
            for head in names[name]
            if all(head in part[name] for part in parts)
        }
        for name in names
    }


def _test_figures(
    members: Mapping[str, Member], split: Split, labels: Labels, calibration: Calibration
) -> dict[str, Any]:
    if not split.test:
        return {}
    texts = [row.text for row in split.test]
    outputs = {name: member.logits(texts) for name, member in members.items()}
    return head_figures(probabilities(outputs, calibration, labels), split.test, labels)


def _check_heads(rows: Sequence[TrainingRow]) -> None:
    """Raise `TrainingDataError` where a head has fewer than two labels."""
    for head in HEADS:
        found = {label_of(row, head) for row in rows} - {None}
        if len(found) < 2:
            raise TrainingDataError(
                f"训练数据不足以训练 {head}",
                expected="至少两种标签",
                found=f"{len(found)} 种",
                remedy="再加一个带这类标签的文件（如派单金标）",
            )


def _counts(split: Split) -> dict[str, dict[str, int]]:
    """Rows by part and source."""
    parts: dict[str, dict[str, int]] = {}
    for name, rows in (("train", split.train), ("test", split.test), ("left_out", split.left_out)):
        sources = sorted({row.source for row in rows})
        parts[name] = {source: sum(row.source == source for row in rows) for source in sources}
    return parts
