"""The gate before every route: bodies are bounded, must be JSON below `/v1/`, and no file is taken in."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.errors import NotFoundError, TooLargeError, UnsupportedError, problem


class Gate:
    """ASGI middleware; `max_bytes` bounds a body, whatever its Content-Length says."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer 404, 413, 415."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        refusal = self._refuse(scope)
        if refusal is None:
            body = await self._read(receive)
            if body is not None:
                await self.app(scope, _replay(body, receive), send)
                return
            refusal = self._too_large()
        await problem(refusal)(scope, receive, send)

    def _refuse(self, scope: Scope) -> NotFoundError | TooLargeError | UnsupportedError | None:
        headers = Headers(scope=scope)
        path = str(scope["path"])
        if path.startswith("/gradio_api/upload"):
            # The page takes no files; a complaint must not end in a temporary folder.
            return NotFoundError("不接收文件", expected="文字", remedy="把内容粘贴到输入框")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self.max_bytes:
            return self._too_large()
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        if path.startswith("/v1/") and scope["method"] == "POST" and kind != "application/json":
            return UnsupportedError(
                "不支持的内容类型", expected="application/json", remedy="设置 Content-Type"
            )
        return None

    def _too_large(self) -> TooLargeError:
        return TooLargeError(
            "请求体太大", expected=f"不超过 {self.max_bytes} 字节", remedy="缩短内容或分条提交"
        )

    async def _read(self, receive: Receive) -> bytes | None:
        """The whole body, or `None` as soon as it is too large."""
        body = bytearray()
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message["type"] == "http.request" and message.get("more_body", False)
            if len(body) > self.max_bytes:
                return None
        return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
