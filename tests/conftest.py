"""What every test gets: a home of its own, no network beyond this machine; and the real data where it is."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`ZHILI_HOME` in a temp folder and no other `ZHILI_…` variable: no person's file is touched."""
    for name in [name for name in os.environ if name.startswith("ZHILI_") and name != "ZHILI_DATA"]:
        monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home") / "zhili"
    monkeypatch.setenv("ZHILI_HOME", str(home))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return home


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections leave for this machine only; anything else fails the test that tried."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> object:
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in ("127.0.0.1", "::1", "localhost", "0.0.0.0"):
            raise AssertionError(f"a test tried to reach {host}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    yield


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data (`ZHILI_DATA`, default `../shared/data`), or a skip with the reason."""
    folder = Path(os.environ.get("ZHILI_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "law" / "articles.jsonl.xz").is_file():
        pytest.skip(f"no real data in {folder}: set ZHILI_DATA to the folder that holds law/ and petition/")
    return folder
