"""Artefact directories: whole or not there, and honest about what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from foundation.artefact import MANIFEST, read_manifest, verify_artefact, write_artefact
from foundation.errors import ArtefactError


def _write(target: Path, text: str = "inhalt") -> None:
    def fill(folder: Path) -> dict[str, Any]:
        (folder / "weights.txt").write_text(text, "utf-8")
        return {"labels": ["甲", "乙"]}

    write_artefact(target, kind="toy", format=1, libraries=("numpy",), fill=fill)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    _write(tmp_path / "toy")
    manifest = read_manifest(tmp_path / "toy", kind="toy", format=1)
    assert manifest.details == {"labels": ["甲", "乙"]}
    assert set(manifest.files) == {"weights.txt"}
    verify_artefact(tmp_path / "toy", manifest)


def test_the_hash_names_the_content_not_the_date(tmp_path: Path) -> None:
    _write(tmp_path / "one")
    _write(tmp_path / "two")
    _write(tmp_path / "other", "anders")
    hashes = [read_manifest(tmp_path / name, kind="toy", format=1).hash for name in ("one", "two", "other")]
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_failed_write_leaves_the_old_one(tmp_path: Path) -> None:
    _write(tmp_path / "toy")

    def broken(folder: Path) -> dict[str, Any]:
        (folder / "weights.txt").write_text("half", "utf-8")
        raise OSError(28, "No space left on device")

    with pytest.raises(ArtefactError, match="No space left"):
        write_artefact(tmp_path / "toy", kind="toy", format=1, libraries=(), fill=broken)
    assert (tmp_path / "toy" / "weights.txt").read_text("utf-8") == "inhalt"
    assert [path.name for path in tmp_path.iterdir()] == ["toy"]


def test_a_rewrite_replaces_the_old_one(tmp_path: Path) -> None:
    _write(tmp_path / "toy")
    _write(tmp_path / "toy", "neu")
    assert (tmp_path / "toy" / "weights.txt").read_text("utf-8") == "neu"


def test_a_folder_of_somebody_else_is_not_swept_away(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("mine", "utf-8")
    with pytest.raises(ArtefactError, match="拒绝覆盖"):
        _write(tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter.txt").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / MANIFEST).unlink(), "未写完"),
        (lambda folder: (folder / MANIFEST).write_text("{", "utf-8"), "无法读取"),
        (lambda folder: _edit(folder, kind="index"), "不是本程序能读的产物"),
        (lambda folder: _edit(folder, format=2), "不是本程序能读的产物"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, change: Any, message: str) -> None:
    _write(tmp_path / "toy")
    change(tmp_path / "toy")
    with pytest.raises(ArtefactError, match=message):
        read_manifest(tmp_path / "toy", kind="toy", format=1)


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    _write(tmp_path / "toy")
    manifest = read_manifest(tmp_path / "toy", kind="toy", format=1)
    (tmp_path / "toy" / "weights.txt").write_text("inhalt ", "utf-8")
    with pytest.raises(ArtefactError, match="已损坏"):
        verify_artefact(tmp_path / "toy", manifest)


def _edit(folder: Path, **changes: Any) -> None:
    path = folder / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")
