"""The `zhili` command: `zhili` alone serves the page; `zhili --help` lists the verbs. No logic lives here."""

from __future__ import annotations

from eval.commands import commands as eval_commands
from service.cli.main import build, run


def main() -> None:
    """Run the command line; the measuring room is joined here because no other room may import it."""
    run(build(extra={"eval": eval_commands}))


if __name__ == "__main__":
    main()
