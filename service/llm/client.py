"""One question to a server that speaks the OpenAI-compatible chat protocol, and one answer back.

The server is not trusted: the whole exchange has one deadline, the answer one greatest size, and only a plain
JSON answer with one text in it is taken. No redirect is followed, so the key goes to no other host; no proxy
of the environment is used; nothing is logged.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from service.llm.errors import ModelError

MAX_BYTES = 1_000_000
MAX_CHARACTERS = 8_000
"""Longest answer that is read; a reply to a citizen has some hundred characters."""
PATH = "/chat/completions"
_REMEDY = "检查 ZHILI_LLM_URL、ZHILI_LLM_MODEL 与模型服务；不设 ZHILI_LLM_URL 即不使用模型"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat: `system` or `user`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class ChatClient:
    """A model at an address."""

    url: str
    """`http://127.0.0.1:8000/v1`, or the full address of the chat endpoint."""
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 20.0
    """Seconds for the whole exchange."""

    def complete(self, messages: Sequence[Message]) -> str:
        """The text that the model answers with; raises `ModelError` with the reason, whatever happens."""
        return asyncio.run(self._within_time(messages))

    async def _within_time(self, messages: Sequence[Message]) -> str:
        try:
            async with asyncio.timeout(self.timeout):
                return _text(await self._post(messages))
        except (TimeoutError, httpx.TimeoutException):
            raise _failed(f"{self.timeout:g} 秒内没有答完") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError):
            # The error's own text may repeat the address or what the server sent.
            raise _failed("无法连接，或连接中断") from None

    async def _post(self, messages: Sequence[Message]) -> bytes:
        address = self.url.rstrip("/")
        body = {
            "model": self.model,
            "messages": [{"role": one.role, "content": one.content} for one in messages],
            "temperature": 0,
            "stream": False,
        }
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        client = httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=self.timeout)
        endpoint = address if address.endswith(PATH) else address + PATH
        async with client, client.stream("POST", endpoint, json=body, headers=headers) as answer:
            _check_head(answer)
            return await _read(answer)


def _check_head(answer: httpx.Response) -> None:
    if answer.status_code != 200:
        raise _failed(f"返回状态 {answer.status_code}")
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise _failed("返回的不是 JSON")
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise _failed("返回了压缩的内容")


async def _read(answer: httpx.Response) -> bytes:
    """The body, cut off at the greatest size."""
    body = bytearray()
    async for part in answer.aiter_raw():
        body += part
        if len(body) > MAX_BYTES:
            raise _failed("返回的内容太大")
    return bytes(body)


def _text(body: bytes) -> str:
    """The one text of a chat answer."""
    try:
        found: Any = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise _failed("返回的 JSON 不合协议") from None
    if not isinstance(found, str) or not found.strip():
        raise _failed("返回的内容是空的")
    if len(found) > MAX_CHARACTERS:
        raise _failed("返回的内容太长")
    # A lone surrogate can be written in JSON but not in UTF-8.
    return found.encode("utf-8", "replace").decode("utf-8")


def _failed(reason: str) -> ModelError:
    return ModelError(f"语言模型没有给出可用的回答：{reason}", remedy=_REMEDY)
