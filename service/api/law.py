"""`/v1/law`: citations looked up over HTTP, with what stands around the article."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from foundation.canonical import to_plain
from legal_corpus.library import Library
from legal_corpus.values import Resolved, Unresolved
from legal_corpus.view import Around, look
from service.api.errors import NotFoundError
from service.api.schemas import LawBody, Problem
from service.assistant import Assistant
from service.inputs import MAX_REGION, read_day, read_text
from service.settings import Settings

AsOf = Annotated[str, Query(description="按哪一天的法律，如 2026-11-22；空为今天")]
Region = Annotated[str, Query(description="省或市；空为默认地区")]
Context = Annotated[str, Query(description="“本法”“本条例”指哪部法律")]


class LawAroundBody(LawBody):
    """一条法条和它的周围：只有直接查库时才有后面的各项。"""

    level: str = Field("", description="宪法、法律、行政法规、地方性法规……")
    region: str = ""
    chapter: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    status: str = ""
    reason: str = Field("", description="为什么判为这个效力")
    source: str = ""
    previous: dict[str, Any] | None = Field(None, description="前一条")
    next: dict[str, Any] | None = Field(None, description="后一条")
    versions: list[dict[str, Any]] = Field([], description="同一部法律的各个版本，新的在前")
    history: list[str] = Field([], description="通过和历次修改")
    references: list[dict[str, Any]] = Field([], description="本条引用了什么：起止位置、写法、规范引用")
    referred_to_by: list[dict[str, Any]] = Field([], description="谁引用了本条")
    referrers_known: bool = Field(False, description="false：法律库由旧版程序导入，要重新导入才知道")
    changes: list[dict[str, Any]] = Field([], description="从所问的那一天到今天的变化")
    variants: list[dict[str, Any]] = Field([], description="另一来源的不同文字")


_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"model": LawAroundBody},
    404: {"model": Problem, "description": "引用无法确认"},
    422: {"model": Problem, "description": "内容不合要求"},
}


def create_law_router(assistant: Assistant, settings: Settings, limiter: CapacityLimiter) -> APIRouter:
    """The routes that look up law."""
    router = APIRouter()

    async def look_up(citation: str, as_of: str, region: str, context: str) -> JSONResponse:
        asked = read_text(citation, "citation", 200)
        day = read_day(as_of, "as_of")
        place = read_text(region, "region", MAX_REGION) or None
        own = read_text(context, "context", 200)
        verb = partial(_look_up, assistant, asked, day, place, own)
        return JSONResponse(to_plain(await to_thread.run_sync(verb, limiter=limiter)))

    @router.get("/v1/law", summary="查一条法条", responses=_RESPONSES)
    async def law(
        citation: Annotated[str, Query(description="如 民法典第二百七十八条")],
        as_of: AsOf = "",
        region: Region = "",
        context: Context = "",
    ) -> JSONResponse:
        """条文、章节、前后条、版本、引用与被引用、后来的变化；无法确认的引用返回 404 并说明原因。"""
        return await look_up(citation, as_of, region, context)

    @router.get("/v1/law/{citation}", summary="查一条法条（写在地址里）", responses=_RESPONSES)
    async def law_at(
        citation: Annotated[str, Path(description="如 民法典第二百七十八条")],
        as_of: AsOf = "",
        region: Region = "",
        context: Context = "",
    ) -> JSONResponse:
        """同上。"""
        return await look_up(citation, as_of, region, context)

    return router


def _look_up(
    assistant: Assistant, citation: str, day: date | None, region: str | None, context: str
) -> dict[str, Any]:
    """The article and what stands around it; `NotFoundError` with the reason where there is none."""
    shelf = assistant.references.shelf
    if context and isinstance(shelf, Library):
        place = assistant.region if region is None else region
        found = shelf.resolve(citation, day or assistant.today(), place or None, context)
    else:
        found = assistant.article(citation, day, region)
    if isinstance(found, Unresolved):
        near = "、".join(found.suggestions)
        remedy = f"相近的有：{near}" if near else "写明法律名称和条号"
        raise NotFoundError(found.reason, remedy=remedy)
    today = assistant.today()
    return law_body(found, look(shelf, found, day or today, today) if isinstance(shelf, Library) else None)


def law_body(found: Resolved, around: Around | None = None) -> dict[str, Any]:
    """A resolved citation as JSON; with what stands around it where it was asked for."""
    article = found.article
    body: dict[str, Any] = {
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
    return body if around is None else body | _around(around)


def _around(around: Around) -> dict[str, Any]:
    article = around.found.article
    return {
        "level": article.law.level,
        "region": article.law.region,
        "chapter": article.chapter,
        "valid_from": article.law.valid_from,
        "valid_to": article.law.valid_to,
        "status": article.law.status,
        "reason": article.law.reason,
        "source": article.law.source,
        "previous": around.previous,
        "next": around.following,
        "versions": [
            {
                "version_date": one.version_date,
                "valid_from": one.valid_from,
                "valid_to": one.valid_to,
                "status": one.status,
                "reason": one.reason,
            }
            for one in around.versions
        ],
        "history": around.history,
        "references": around.links,
        "referred_to_by": [
            {"citation": one.article.cited, "id": one.article.id, "older": one.older}
            for one in around.referrers
        ],
        "referrers_known": around.referrers_known,
        "changes": [
            {
                "kind": one.kind,
                "day": one.day,
                "by": one.by,
                "text": one.text,
                "citation": one.article.cited if one.article else "",
                "inferred": one.inferred,
            }
            for one in around.changes
        ],
        "variants": around.variants,
    }
