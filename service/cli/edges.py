"""The commands of the front of house: serve, triage, ask, doctor."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("serve")(serve)


def serve(
    host: Annotated[str, typer.Option(help="监听地址；默认只限本机")] = "",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="端口；0 表示任选一个空闲端口")] = -1,
) -> None:
    """启动页面与接口（默认 http://127.0.0.1:7860）。"""
    raise NotImplementedError
