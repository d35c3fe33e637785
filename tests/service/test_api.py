"""The HTTP interface: answers as described, every error typed, nothing of the request repeated."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from service_fakes import MODEL, fake_assistant

from retrieval.errors import IndexMismatch
from service.api.factory import create_app
from service.api.law import LawAroundBody
from service.api.schemas import AnswerBody, Health, LegalAnswerBody, Problem
from service.settings import Settings

MOBILE = "13912345678"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = create_app(fake_assistant(), Settings(max_characters=1000))
    with TestClient(app, raise_server_exceptions=False) as found:
        yield found


def problem(answer: httpx.Response, status: int, code: str) -> Problem:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = Problem.model_validate(answer.json())
    assert (found.status, found.code) == (status, code)
    assert "Traceback" not in answer.text
    assert MOBILE not in answer.text
    return found


def test_triage_answers_as_described(client: TestClient) -> None:
    body = {"text": f"楼下油烟太大，电话{MOBILE}", "title": "油烟", "id": "a", "received_at": "2026-11-01"}
    answer = client.post("/v1/triage", json=body)
    assert answer.status_code == 200
    found = AnswerBody.model_validate(answer.json())
    assert (found.id, found.model, str(found.as_of)) == ("a", MODEL, "2026-11-01")
    assert found.department[0].id == "chengguan"
    assert "〔手机号〕" in found.masked_text
    assert MOBILE not in answer.text
    assert found.citations
    assert {cited.role for cited in found.citations} <= {"governing", "basis"}


def test_ask_answers_as_described(client: TestClient) -> None:
    answer = client.post("/v1/ask", json={"question": "物业费没交，物业能停水停电吗"})
    found = LegalAnswerBody.model_validate(answer.json())
    assert found.sufficient
    assert found.articles
    assert found.doors[0].duties


@pytest.mark.parametrize("path", ["/v1/law?citation=民法典第二百七十八条", "/v1/law/民法典第二百七十八条"])
def test_law_finds_an_article(client: TestClient, path: str) -> None:
    found = LawAroundBody.model_validate(client.get(path).json())
    assert found.citation == "《民法典》第二百七十八条"
    assert found.in_force
    assert found.text_kind == "digest"


def test_health_and_description(client: TestClient) -> None:
    assert Health.model_validate(client.get("/healthz").json()).status == "ok"
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/v1/triage", "/v1/ask", "/v1/law", "/v1/law/{citation}", "/healthz"} <= paths.keys()
    assert paths["/v1/triage"]["post"]["summary"] == "研判一条诉求"


def test_pages_that_would_load_scripts_from_outside_are_off(client: TestClient) -> None:
    for path in ("/docs", "/redoc"):
        problem(client.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "bad_request"),
        ({"text": ""}, 422, "bad_request"),
        ({"text": "字" * 1001}, 422, "bad_request"),
        ({"text": 13912345678}, 422, "bad_request"),
        ({"text": "好", "received_at": MOBILE}, 422, "bad_request"),
        ({"text": "好", MOBILE: 1}, 422, "bad_request"),
        ({"text": "坏诉求"}, 422, "bad_complaint"),
        ({"text": "PK\0\0"}, 422, "bad_request"),
        ([], 422, "bad_request"),
        ({"text": "字" * 100_000}, 413, "body_too_large"),
    ],
)
def test_bad_bodies(client: TestClient, body: Any, status: int, code: str) -> None:
    problem(client.post("/v1/triage", json=body), status, code)


def test_bad_wire_formats(client: TestClient) -> None:
    json = {"content-type": "application/json"}
    problem(client.post("/v1/triage", content=b"{", headers=json), 400, "malformed_json")
    problem(client.post("/v1/triage", content=b"\xff\xfe{}", headers=json), 400, "malformed_json")
    for body in (
        '{"text": "油烟"}'.encode("gb18030"),
        b"[" * 20_000,
        b'{"text": "a", "id": %s}' % (b"9" * 5000),
    ):
        answer = client.post("/v1/triage", content=body, headers=json)
        assert problem(answer, 400, "malformed_json").remedy
    problem(client.delete("/v1/triage"), 405, "service_error")
    problem(client.post("/v1/triage", content=b"text=a"), 415, "unsupported_media_type")
    problem(client.post("/v1/triage", data={"text": "a"}), 415, "unsupported_media_type")
    problem(client.get("/v1/triage"), 405, "service_error")
    problem(client.get("/v1/nothing"), 404, "not_found")
    problem(client.post("/gradio_api/upload", content=b"x"), 404, "not_found")


def test_a_body_that_hides_its_length_is_bounded_too(client: TestClient) -> None:
    chunks = iter([b'{"text": "'] + [b"a" * 10_000] * 20 + [b'"}'])
    answer = client.post("/v1/triage", content=chunks, headers={"content-type": "application/json"})
    problem(answer, 413, "body_too_large")


@pytest.mark.parametrize("citation", ["不存在法第一条", "民法典第九千九百条", "乱写的东西"])
def test_a_citation_that_does_not_resolve_is_no_law(client: TestClient, citation: str) -> None:
    assert problem(client.get("/v1/law", params={"citation": citation}), 404, "not_found").message


def test_bad_parameters_of_law(client: TestClient) -> None:
    problem(client.get("/v1/law"), 422, "bad_request")
    problem(client.get("/v1/law", params={"citation": "民法典第一条", "as_of": "昨天"}), 422, "bad_request")
    problem(client.get("/v1/law", params={"citation": "民" * 300}), 422, "bad_request")


def test_the_servers_own_fault_is_a_503_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    from service.assistant import Assistant

    def broken(*_: object) -> None:
        raise IndexMismatch("索引与本程序不符", remedy="用 zhili index build 重新建立索引")

    monkeypatch.setattr(Assistant, "handle", broken)
    with TestClient(create_app(fake_assistant(), Settings())) as client:
        found = problem(client.post("/v1/triage", json={"text": "好"}), 503, "index_mismatch")
    assert "zhili index build" in found.remedy


def test_no_word_of_a_request_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="uvicorn")
    caplog.set_level(logging.INFO, logger="fastapi")
    client.post("/v1/triage", json={"text": f"油烟{MOBILE}"})
    client.post("/v1/triage", json={"text": f"坏诉求{MOBILE}"})
    assert MOBILE not in caplog.text
