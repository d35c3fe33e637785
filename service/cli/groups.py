"""Joins the commands over the other rooms: law, search, corpus, index, train, privacy, clock, catalogue."""

from __future__ import annotations

import typer

from service.cli import catalogue, clock, corpus, index, privacy, train
from service.cli.law import law
from service.cli.quality import quality
from service.cli.search import search


def register(app: typer.Typer) -> None:
    """Add every group and command to the command line."""
    for command in (law, search, quality):
        app.command(command.__name__)(command)
    groups = (
        ("corpus", corpus),
        ("index", index),
        ("train", train),
        ("privacy", privacy),
        ("clock", clock),
        ("catalogue", catalogue),
    )
    for name, group in groups:
        app.add_typer(group.commands, name=name)
