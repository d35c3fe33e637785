"""A trained router takes the place of the one in use only where it is not surely worse.

    zhili train router --data tickets.xlsx --out DIR

The candidate is written beside `DIR`. Both are asked about the test part; on messages that neither has seen
the difference is measured (`compare`). A surely worse candidate stays beside and the one in use stays in use.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from foundation.artefact import MANIFEST, Manifest
from foundation.progress import Progress, silent
from triage.classifier.router import Router
from triage.training.checks import DataCheck
from triage.training.compare import Comparison, compare_routers
from triage.training.recipe import PLAIN, Options, Recipe, train_router


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a training."""

    manifest: Manifest
    check: DataCheck
    folder: Path
    """Where the new router lies."""
    replaced: bool
    """Whether it is the one in use now; otherwise it lies beside."""
    comparisons: tuple[Comparison, ...]
    """Against the router that was there; empty: there was none, or too few messages that neither had seen."""


def train_and_replace(
    paths: Sequence[Path],
    out: Path,
    recipe: Recipe | None = None,
    progress: Progress = silent,
    options: Options = PLAIN,
    *,
    force: bool = False,
) -> Outcome:
    """Train as `train_router` does; replace the router in `out` unless the new one is surely worse.

    `force` replaces it in any case.
    """
    current = Router.load(out) if (out / MANIFEST).is_file() else None
    if current is None:
        trained = train_router(paths, out, recipe, progress, options)
        return Outcome(trained.manifest, trained.check, out, True, ())
    beside = out.with_name(f"{out.name}.candidate")
    trained = train_router(paths, beside, recipe, progress, options)
    found = tuple(compare_routers(current, Router.load(beside), trained.test))
    if any(comparison.worse for comparison in found) and not force:
        return Outcome(trained.manifest, trained.check, beside, False, found)
    put_in_place(beside, out)
    return Outcome(trained.manifest, trained.check, out, True, found)


def put_in_place(candidate: Path, out: Path) -> None:
    """Move `candidate` to `out`; the router that was there is kept as `….previous` to go back to."""
    previous = out.with_name(f"{out.name}.previous")
    shutil.rmtree(previous, ignore_errors=True)
    out.rename(previous)
    try:
        candidate.rename(out)
    except OSError:
        previous.rename(out)
        raise
