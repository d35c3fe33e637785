"""The command line: joins the groups and turns expected faults into one line and an exit code.

`zhili` alone serves the page. Exit codes: 0 done · 1 `doctor` found a fault · 2 a fault with its remedy on
stderr · 3 a batch finished with rows that could not be answered · 130 interrupted. Heavy libraries are
imported inside the commands that need them, so `--help` is instant.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from importlib.metadata import version as installed_version

import typer

from foundation.errors import ZhiliError

_ABOUT = (
    "智理：12345 热线诉求的研判助手。诉求进来，主管部门、依据的法条和依法的办法出去。\n\n"
    "不带命令即启动页面。设置见 docs/settings.md；自检用 zhili doctor。"
)


def build(extra: Mapping[str, typer.Typer]) -> typer.Typer:
    """The whole command line; `extra` adds groups of rooms that `service` may not import (`eval`)."""
    from service.cli import edges, groups

    app = typer.Typer(
        name="zhili",
        help=_ABOUT,
        invoke_without_command=True,
        no_args_is_help=False,
        pretty_exceptions_enable=False,
        add_completion=False,
        rich_markup_mode=None,
    )
    app.callback()(_default)
    edges.register(app)
    groups.register(app)
    app.command("version")(_version)
    for name, group in extra.items():
        app.add_typer(group, name=name)
    return app


def run(app: typer.Typer) -> None:
    """Run the command line and leave the process with its exit code; an expected fault shows no traceback."""
    _speak_utf8()
    try:
        app(standalone_mode=True)
    except ZhiliError as error:
        print(f"错误：{error}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except KeyboardInterrupt:
        print("已中断。", file=sys.stderr)  # noqa: T201
        sys.exit(130)
    except BrokenPipeError:
        # The reader (`| head`) is gone; keep the interpreter from complaining again when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


def _default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        from service.cli.edges import serve

        serve()


def _version() -> None:
    """显示版本。"""
    typer.echo(f"zhili {installed_version('zhili')}")


def _speak_utf8() -> None:
    """Write UTF-8 also where the locale is C or a Windows code page: the program speaks Chinese."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
