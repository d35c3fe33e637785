"""Unpacking an archive of law safely: no path outside the target, no links, bounded size, clear errors."""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, Literal

from foundation.progress import Progress
from legal_corpus.errors import SourceError

ENDINGS = (".tar.xz", ".tar.gz", ".tgz", ".zip")
_WANTED = (".md", ".sqlite3", ".db", ".sqlite")
_MAX_FILES = 100_000
_MAX_BYTES = 2 * 1024**3


def is_archive(path: Path) -> bool:
    """Whether the name is one of an archive that can be unpacked."""
    return path.name.lower().endswith(ENDINGS)


@contextmanager
def unpacked(path: Path, progress: Progress) -> Iterator[Path]:
    """A temporary folder with an archive's Markdown files and databases; `SourceError` if it is broken."""
    with TemporaryDirectory(prefix="zhili-corpus-") as folder:
        target = Path(folder)
        try:
            members = _zip_members(path) if path.name.lower().endswith(".zip") else _tar_members(path)
            _unpack(members, target, progress)
        except (
            tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, EOFError, NotImplementedError
        ) as error:  # fmt: skip
            raise SourceError(
                f"压缩包 {path} 无法读取",
                expected="完整的 " + "、".join(ENDINGS),
                found=str(error).splitlines()[0] if str(error) else type(error).__name__,
                remedy="重新下载（zhili corpus fetch 可以续传）",
            ) from error
        except OSError as error:
            raise SourceError(
                f"压缩包 {path} 无法解开", found=error.strerror or str(error), remedy="检查文件与磁盘空间"
            ) from error
        yield target


def _unpack(members: Iterator[tuple[str, IO[bytes]]], target: Path, progress: Progress) -> None:
    total = 0
    for number, (name, stream) in enumerate(members, 1):
        place = target / _safe(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        with stream, place.open("wb") as out:
            while block := stream.read(1 << 20):
                total += len(block)
                if total > _MAX_BYTES or number > _MAX_FILES:
                    raise SourceError(
                        "压缩包太大",
                        expected=f"不超过 {_MAX_FILES} 个文件、{_MAX_BYTES >> 20} MiB",
                        found="超出",
                        remedy="只打包需要的文件",
                    )
                out.write(block)
        if number % 500 == 0:
            progress(number, None, "解压")


def _safe(name: str) -> PurePosixPath:
    """The member's path, or `SourceError` where it would leave the target folder."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or any(":" in part for part in path.parts[:1]):
        raise SourceError(
            "压缩包中有不安全的路径，拒绝解压",
            expected="包内的相对路径",
            found=name[:80],
            remedy="换用可信的压缩包",
        )
    return path


def _tar_members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    mode: Literal["r:xz", "r:gz"] = "r:xz" if path.name.lower().endswith(".xz") else "r:gz"
    with tarfile.open(path, mode) as archive:
        for member in archive:
            _safe(member.name)
            if member.isfile() and member.name.lower().endswith(_WANTED):
                stream = archive.extractfile(member)
                if stream is not None:
                    yield member.name, stream


def _zip_members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            _safe(member.filename)
            if member.flag_bits & 1:
                raise SourceError(f"压缩包 {path} 有密码", expected="不加密的压缩包", remedy="解密后再导入")
            if not member.is_dir() and member.filename.lower().endswith(_WANTED):
                yield member.filename, archive.open(member)
