"""Errors over HTTP: `application/problem+json` with code, message, expected, found, remedy.

Never a traceback, never a word of the request.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from foundation.errors import ZhiliError
from retrieval.errors import BadQuery
from service.api.schemas import Problem
from service.errors import BadRequest, ServiceError
from triage.errors import BadComplaint


class UnsupportedError(ServiceError):
    """A body of another media type than JSON."""

    code = "unsupported_media_type"


class TooLargeError(ServiceError):
    """A body larger than the settings allow."""

    code = "body_too_large"


class NotFoundError(ServiceError):
    """No such page, or a citation that resolves to nothing."""

    code = "not_found"


class MalformedError(ServiceError):
    """A body that is no JSON."""

    code = "malformed_json"


STATUS: tuple[tuple[type[ZhiliError], int], ...] = (
    (MalformedError, 400),
    (NotFoundError, 404),
    (TooLargeError, 413),
    (UnsupportedError, 415),
    (BadRequest, 422),
    (BadComplaint, 422),
    (BadQuery, 422),
)
"""What the caller can mend; every other `ZhiliError` is the server's own state: 503."""


def problem(error: ZhiliError, status: int | None = None) -> JSONResponse:
    """The answer for an error."""
    code = status or next((number for kind, number in STATUS if isinstance(error, kind)), 503)
    body = Problem(title=HTTPStatus(code).phrase, status=code, **error.to_dict())
    return JSONResponse(body.model_dump(), code, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Give every error of the application this form."""
    app.add_exception_handler(ZhiliError, _expected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _expected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ZhiliError)
    return problem(error)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return problem(_malformed())
    return problem(
        BadRequest(
            "请求不符合接口说明",
            expected="见 /openapi.json",
            found=_describe(faults),
            remedy="改正所列的字段",
        )
    )


def _malformed() -> MalformedError:
    return MalformedError("请求体不是合法的 JSON", expected="UTF-8 编码的 JSON 对象", remedy="检查请求体")


def _describe(faults: Sequence[Any]) -> str:
    """Where and what, without the value that was sent; a key that we do not know is not repeated either."""
    places = []
    for fault in faults[:5]:
        known = fault["type"] != "extra_forbidden"
        place = ".".join(str(part) for part in fault["loc"]) if known else "body"
        places.append(f"{place}：{_REASONS.get(fault['type'], fault['type'])}")
    return "；".join(places)


_REASONS = {
    "missing": "缺少",
    "string_type": "应为字符串",
    "extra_forbidden": "有未知字段",
    "model_attributes_type": "应为 JSON 对象",
}


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = error.status_code
    if status == HTTPStatus.BAD_REQUEST:
        # So FastAPI calls a body that breaks its JSON reader: another encoding, too deep, a huge number.
        return problem(_malformed())
    message = {404: "没有这个地址", 405: "这个地址不支持此方法"}.get(status, HTTPStatus(status).phrase)
    fault = NotFoundError(message, remedy="见 /openapi.json") if status == 404 else ServiceError(message)
    return problem(fault, status)
