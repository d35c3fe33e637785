"""The routes: translate in, call one verb of the assistant, translate out."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter
from fastapi.responses import JSONResponse

from foundation.canonical import to_plain
from service.api.law import create_law_router
from service.api.schemas import (
    AnswerBody,
    AskRequest,
    Health,
    LegalAnswerBody,
    Problem,
    TriageRequest,
)
from service.assistant import Assistant
from service.inputs import MAX_REGION, read_complaint, read_day, read_question, read_text
from service.settings import Settings

_FAULTS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": text}
    for status, text in (
        (400, "不是 JSON"),
        (413, "内容太大"),
        (415, "不是 application/json"),
        (422, "内容不合要求"),
    )
}


def create_router(assistant: Assistant, settings: Settings) -> APIRouter:
    """All routes of the interface."""
    router = APIRouter()
    limiter = CapacityLimiter(settings.concurrency)

    async def work(verb: Callable[[], Any]) -> JSONResponse:
        """Run a verb beside the event loop, as many at once as the settings allow."""
        return JSONResponse(to_plain(await to_thread.run_sync(verb, limiter=limiter)))

    @router.post("/v1/triage", summary="研判一条诉求", responses={200: {"model": AnswerBody}, **_FAULTS})
    async def triage(body: TriageRequest) -> JSONResponse:
        """派给谁、依据什么、怎样办；结果供参考，由人决定。"""
        complaint = read_complaint(
            body.model_dump(), number=1, region=settings.region, longest=settings.max_characters
        )
        return await work(lambda: assistant.handle(complaint))

    @router.post("/v1/ask", summary="居民问法", responses={200: {"model": LegalAnswerBody}, **_FAULTS})
    async def ask(body: AskRequest) -> JSONResponse:
        """哪些条文管这件事、大白话怎么说、该找谁；不是法律意见。"""
        question = read_question(body.question, settings.max_characters)
        day = read_day(body.as_of, "as_of")
        region = read_text(body.region, "region", MAX_REGION) or None
        return await work(lambda: assistant.ask(question, day, region))

    router.include_router(create_law_router(assistant, settings, limiter))

    @router.get("/healthz", summary="服务状态", responses={200: {"model": Health}})
    async def healthz() -> JSONResponse:
        """能回答即为正常。"""
        return JSONResponse({"status": "ok", "version": version("zhili"), "model": assistant.model})

    return router
