"""Downloads from a local server that breaks in the middle, refuses ranges, or changes its mind."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from legal_corpus.errors import SourceError
from legal_corpus.fetch import DEFAULT_URL, fetch


def _archive() -> bytes:
    out = io.BytesIO()
    noise = b"".join(hashlib.sha256(bytes([a, b])).digest() for a in range(64) for b in range(128))
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.md", noise)
    return out.getvalue()


@dataclass
class Plan:
    """How the server behaves."""

    data: bytes = field(default_factory=_archive)
    breaks: int = 0
    """Answers that stop half-way."""
    ranges: bool = True
    length: bool = True
    status: int = 200
    etag: str = '"v1"'
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def plan() -> Plan:
    return Plan()


@pytest.fixture
def url(plan: Plan) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            plan.asked.append(wanted)
            if plan.status != 200:
                self.send_error(plan.status)
                return
            fresh = self.headers.get("If-Range", plan.etag) == plan.etag
            start = int(wanted[6:-1]) if wanted and plan.ranges and fresh else 0
            if start >= len(plan.data):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(plan.data)}")
                self.end_headers()
                return
            body = plan.data[start:]
            self.send_response(206 if start else 200)
            self.send_header("ETag", plan.etag)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(plan.data) - 1}/{len(plan.data)}")
            if plan.length:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if plan.breaks:
                plan.breaks -= 1
                body = body[: len(body) // 2]
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/laws.zip"
    server.shutdown()
    server.server_close()


def get(url: str, target: Path, attempts: int = 5) -> Path:
    return fetch(url, target, attempts=attempts, wait=lambda _: None)


def test_plain(url: str, plan: Plan, tmp_path: Path) -> None:
    assert get(url, tmp_path / "d" / "laws.zip").read_bytes() == plan.data
    assert [path.name for path in (tmp_path / "d").iterdir()] == ["laws.zip"]


def test_a_broken_transfer_is_resumed(url: str, plan: Plan, tmp_path: Path) -> None:
    plan.breaks = 3
    assert get(url, tmp_path / "laws.zip").read_bytes() == plan.data
    starts = [int(asked[6:-1]) for asked in plan.asked if asked]
    assert len(starts) == 3 and starts == sorted(starts) and starts[0] > 0


def test_a_second_call_goes_on(url: str, plan: Plan, tmp_path: Path) -> None:
    plan.breaks = 1
    with pytest.raises(SourceError, match=r"没有完成.*试了 1 次.*续传"):
        get(url, tmp_path / "laws.zip", attempts=1)
    assert (tmp_path / "laws.zip.part").stat().st_size == len(plan.data) // 2
    assert not (tmp_path / "laws.zip").exists()
    assert get(url, tmp_path / "laws.zip").read_bytes() == plan.data
    assert plan.asked[-1] == f"bytes={len(plan.data) // 2}-"


def test_a_server_that_cannot_resume(url: str, plan: Plan, tmp_path: Path) -> None:
    plan.breaks, plan.ranges = 1, False
    assert get(url, tmp_path / "laws.zip").read_bytes() == plan.data


def test_a_file_that_changed_is_read_afresh(url: str, plan: Plan, tmp_path: Path) -> None:
    plan.breaks = 1
    with pytest.raises(SourceError):
        get(url, tmp_path / "laws.zip", attempts=1)
    plan.data, plan.etag = _archive() + b"", '"v2"'
    assert get(url, tmp_path / "laws.zip").read_bytes() == plan.data


def test_the_part_was_already_whole(url: str, plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "laws.zip.part").write_bytes(plan.data)
    assert get(url, tmp_path / "laws.zip").read_bytes() == plan.data
    (tmp_path / "laws.zip.part").write_bytes(plan.data + b"more")
    assert get(url, tmp_path / "laws.zip").read_bytes() == plan.data


def test_no_length_and_cut_off(url: str, plan: Plan, tmp_path: Path) -> None:
    plan.breaks, plan.length = 1, False
    with pytest.raises(SourceError, match="不是完整的压缩包"):
        get(url, tmp_path / "laws.zip")
    assert get(url, tmp_path / "laws.zip").read_bytes() == plan.data


@pytest.mark.parametrize(
    ("status", "message", "requests"), [(404, "HTTP 404", 1), (503, "服务器回答 503", 3)]
)
def test_refusals(url: str, plan: Plan, tmp_path: Path, status: int, message: str, requests: int) -> None:
    plan.status = status
    with pytest.raises(SourceError, match=message):
        get(url, tmp_path / "laws.zip", attempts=3)
    assert len(plan.asked) == requests


def test_no_server_and_no_url(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="没有完成"):
        get("http://127.0.0.1:9/laws.zip", tmp_path / "laws.zip", attempts=2)
    with pytest.raises(SourceError, match="http:// 或 https://"):
        get("file:///etc/passwd", tmp_path / "x")
    assert DEFAULT_URL == "https://github.com/LawRefBook/Laws/archive/refs/heads/master.zip"


def test_full_disk(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("legal_corpus.fetch._attempt", full)
    with pytest.raises(SourceError, match=r"无法写入.*No space left"):
        get(url, tmp_path / "laws.zip")
