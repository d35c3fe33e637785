"""A saved thing is a directory with a `manifest.json` that is written last.

`write_artefact` fills a temporary sibling, hashes every file, writes the manifest and swaps the directory in;
a killed process leaves the old artefact whole. `read_manifest` refuses what is missing, half written, of
another kind or of a newer format. `verify_artefact` re-derives every hash.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from foundation.canonical import file_hash, tagged_hash, to_json
from foundation.errors import ArtefactError

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an artefact is, what made it, and what it holds."""

    kind: str
    """`router`, `index`, …: a reader refuses another kind."""
    format: int
    """Version of the layout; a reader refuses a newer one."""
    created_at: str
    libraries: Mapping[str, str]
    """Versions of the libraries that wrote it."""
    files: Mapping[str, str]
    """Tagged hash of every file, by its name inside the directory."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """Everything else: data revision, label sets, parameters, figures."""

    @property
    def hash(self) -> str:
        """The artefact's identity: a tagged hash over its files and details, not over its date."""
        return tagged_hash([self.kind, self.format, dict(self.files), dict(self.details)])


def write_artefact(
    target: Path,
    *,
    kind: str,
    format: int,
    libraries: tuple[str, ...],
    fill: Callable[[Path], Mapping[str, Any]],
) -> Manifest:
    """Write an artefact directory atomically.

    `fill(folder)` writes the files and returns the manifest's details. Raises `ArtefactError` where the
    place cannot be written (rights, full disk); the previous artefact then stays as it was.
    """
    target = target.absolute()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        details = fill(draft)
        manifest = Manifest(
            kind=kind,
            format=format,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            libraries={name: importlib.metadata.version(name) for name in libraries},
            files={name: file_hash(draft / name) for name in _file_names(draft)},
            details=details,
        )
        for name in manifest.files:
            # Some libraries write for the owner's eyes only; an installed package is read by others.
            (draft / name).chmod(0o644)
        (draft / MANIFEST).write_text(to_json(manifest, indent=1) + "\n", "utf-8")
        draft.chmod(0o755)
        _swap(draft, target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def read_manifest(folder: Path, *, kind: str, format: int) -> Manifest:
    """The manifest of an artefact, or `ArtefactError` saying what is wrong with the directory."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ArtefactError(
            f"没有找到可用的 {kind} 目录 {folder}",
            expected=f"目录中有 {MANIFEST}",
            found="目录不存在" if not folder.is_dir() else f"目录中没有 {MANIFEST}（可能是未写完的产物）",
            remedy="检查路径，或重新生成该目录",
        )
    try:
        manifest = Manifest(**json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError, OSError) as error:
        raise ArtefactError(
            f"{path} 无法读取",
            expected="完整的 JSON 清单",
            found=type(error).__name__,
            remedy="重新生成该目录",
        ) from error
    if manifest.kind != kind or manifest.format > format:
        raise ArtefactError(
            f"{folder} 不是本程序能读的产物",
            expected=f"{kind}，格式不高于 {format}",
            found=f"{manifest.kind}，格式 {manifest.format}",
            remedy="换用正确的目录，或升级程序",
        )
    return manifest


def verify_artefact(folder: Path, manifest: Manifest) -> None:
    """Compare every file with its hash in the manifest; raise `ArtefactError` on the first difference."""
    for name, expected in manifest.files.items():
        path = folder / name
        found = file_hash(path) if path.is_file() else "文件缺失"
        if found != expected:
            raise ArtefactError(
                f"{path} 已损坏", expected=expected, found=found, remedy="重新生成或重新下载该目录"
            )


def _file_names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _swap(draft: Path, target: Path) -> None:
    """Put `draft` in the place of `target`; only the instant between two renames shows neither."""
    if not target.exists():
        draft.rename(target)
        return
    if target.is_dir() and any(target.iterdir()) and not (target / MANIFEST).is_file():
        # Never sweep away a folder that we did not make, such as a mistyped --out.
        raise ArtefactError(
            f"{target} 不是产物目录，拒绝覆盖",
            expected="空目录或已有产物",
            found="其他文件",
            remedy="换一个输出目录",
        )
    old = target.with_name(f".{target.name}-old-{os.getpid()}")
    target.rename(old)
    try:
        draft.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _unwritable(target: Path, error: OSError) -> ArtefactError:
    return ArtefactError(
        f"无法写入 {target}",
        expected="可写且有空间的目录",
        found=error.strerror or type(error).__name__,
        remedy="检查权限与磁盘空间，或用 ZHILI_HOME 换一个位置",
    )
