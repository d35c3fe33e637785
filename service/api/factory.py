"""Builds the HTTP application.

FastAPI's own /docs pages load scripts from outside, so they are off; /openapi.json stays.
"""

from __future__ import annotations

from importlib.metadata import version

from fastapi import FastAPI

from service.api.errors import install
from service.api.gate import Gate
from service.api.routes import create_router
from service.assistant import Assistant
from service.settings import Settings

_ABOUT = "12345 热线诉求研判：主管部门、依据的法条、处理建议。个人信息先脱敏；结果供参考，由人决定。"


def create_app(assistant: Assistant, settings: Settings) -> FastAPI:
    """The interface without the page; `service.server` mounts the page beside it."""
    app = FastAPI(
        title="智理 Zhili", version=version("zhili"), description=_ABOUT, docs_url=None, redoc_url=None
    )
    install(app)
    app.add_middleware(Gate, max_bytes=settings.max_body_bytes)
    app.include_router(create_router(assistant, settings))
    return app
