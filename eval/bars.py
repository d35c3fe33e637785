"""A progress bar on standard error for the commands of this room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from foundation.progress import Progress


@contextmanager
def bar() -> Iterator[Progress]:
    """A `Progress` that draws on standard error and vanishes when it is done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Display

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Display(*columns, console=Console(stderr=True), transient=True) as display:
        task = display.add_task("", total=None)

        def show(done: int, total: int | None, what: str) -> None:
            display.update(task, completed=done, total=total, description=what)

        yield show
