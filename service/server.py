"""`zhili serve`: the page at `/`, the interface beside it, in one process bound to this machine."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from service.api.factory import create_app
from service.assistant import Assistant
from service.errors import ServiceError
from service.settings import Settings


def serve_forever(settings: Settings, *, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve until interrupted; `say` gets the address once requests are answered.

    Raises `ServiceError` where the address is taken or cannot be bound.
    """
    listener = _bind(host, port)
    with listener:
        say("正在载入模型与法律……")
        app = build_app(Assistant.open(settings), settings)
        bound = listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        config = uvicorn.Config(
            app,
            # No access log: an address may hold what a citizen asked.
            access_log=False,
            log_level=logging.WARNING,
            limit_concurrency=max(256, 4 * settings.queue),
            timeout_graceful_shutdown=3,
        )
        _Announcing(config, lambda: say(f"智理已就绪：http://{shown}:{bound}/　（Ctrl+C 停止）")).run(
            [listener]
        )


def build_app(assistant: Assistant, settings: Settings) -> FastAPI:
    """Interface and page together."""
    from service.ui.page import build_page, mount

    return mount(create_app(assistant, settings), build_page(assistant, settings), settings)


class _Announcing(uvicorn.Server):
    """Tells when it is ready, not before."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ServiceError(
            f"无法监听 {host}:{port}",
            expected="空闲的端口和本机的地址",
            found=error.strerror or type(error).__name__,
            remedy="换一个端口（zhili serve --port 0 任选空闲端口），或停掉占用它的程序",
        ) from error
    return listener
