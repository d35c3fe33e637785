"""Joins the commands of the other rooms: law, search, corpus, index, train."""

from __future__ import annotations

import importlib
import importlib.util

import typer

_GROUPS = ("corpus", "index", "train")
_COMMANDS = ("law", "search")


def register(app: typer.Typer) -> None:
    """Add every group and command to the command line."""
    # Interim, until every room has landed: a module that is not there yet is left out.
    for name in _COMMANDS:
        if importlib.util.find_spec(f"service.cli.{name}"):
            app.command(name)(getattr(importlib.import_module(f"service.cli.{name}"), name))
    for name in _GROUPS:
        if importlib.util.find_spec(f"service.cli.{name}"):
            app.add_typer(importlib.import_module(f"service.cli.{name}").commands, name=name)
