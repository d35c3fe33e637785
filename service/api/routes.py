"""The routes: translate in, call one verb of the assistant, translate out."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from foundation.canonical import to_plain
from legal_corpus.values import Resolved, Unresolved
from service.api.errors import NotFoundError
from service.api.schemas import (
    AnswerBody,
    AskRequest,
    Health,
    LawBody,
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
_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "引用无法确认"}}
AsOf = Annotated[str, Query(description="按哪一天的法律，如 2026-11-22；空为今天")]
Region = Annotated[str, Query(description="省或市；空为默认地区")]


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

    async def look_up(citation: str, as_of: str, region: str) -> JSONResponse:
        asked = read_text(citation, "citation", 200)
        day = read_day(as_of, "as_of")
        place = read_text(region, "region", MAX_REGION) or None
        return await work(lambda: _law(assistant.article(asked, day, place)))

    responses = {200: {"model": LawBody}, 422: _FAULTS[422], **_NOT_FOUND}

    @router.get("/v1/law", summary="查一条法条", responses=responses)
    async def law(
        citation: Annotated[str, Query(description="如 民法典第二百七十八条")],
        as_of: AsOf = "",
        region: Region = "",
    ) -> JSONResponse:
        """条文、版本、是否有效；无法确认的引用返回 404 并说明原因。"""
        return await look_up(citation, as_of, region)

    @router.get("/v1/law/{citation}", summary="查一条法条（写在地址里）", responses=responses)
    async def law_at(
        citation: Annotated[str, Path(description="如 民法典第二百七十八条")],
        as_of: AsOf = "",
        region: Region = "",
    ) -> JSONResponse:
        """同上。"""
        return await look_up(citation, as_of, region)

    @router.get("/healthz", summary="服务状态", responses={200: {"model": Health}})
    async def healthz() -> JSONResponse:
        """能回答即为正常。"""
        return JSONResponse({"status": "ok", "version": version("zhili"), "model": assistant.model})

    return router


def _law(found: Resolved | Unresolved) -> dict[str, Any]:
    if isinstance(found, Unresolved):
        near = "、".join(found.suggestions)
        raise NotFoundError(found.reason, remedy=f"相近的有：{near}" if near else "写明法律名称和条号")
    article = found.article
    return {
        "citation": article.cited,
        "law": article.law.title,
        "article": article.label,
        "version_date": article.law.version_date,
        "text_kind": article.text_kind,
        "quote": found.quote,
        "text": article.text,
        "in_force": found.in_force,
        "note": found.note,
    }
