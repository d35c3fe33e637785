"""How a library reports progress without printing: a callback that the edge supplies."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called as work goes on; the CLI draws a bar, a test counts, a library never prints."""

    def __call__(self, done: int, total: int | None, what: str) -> None:
        """`done` of `total` units (`None`: unknown) of the step named `what` are finished."""


def silent(done: int, total: int | None, what: str) -> None:
    """Report nothing."""
