"""The record of a running batch: JSON lines, forced to disk chunk by chunk, read again to resume.

A line torn by a crash is cut off; every complete line must belong to the input at hand, or the batch stops
before it mixes two inputs or two models in one file.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from foundation.canonical import to_json
from foundation.errors import FileProblem
from service.errors import BatchError

_OPENING = re.compile(rb'\{"id": "(?:[^"\\]|\\.)*')
_SECOND_KEYS = (b'", "matter": ', b'", "error": ')
_STAMP = {"row", "check"}


class Journal:
    """An open journal; one process at a time holds it."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        self.path = path
        self.errors = 0
        """Error lines in it, those of an earlier run included."""
        self._stream = stream

    @classmethod
    def open(cls, path: Path) -> Journal:
        """Open or begin a journal; raises `FileProblem` (rights) or `BatchError` (another run holds it)."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            stream = path.open("a+b")
        except OSError as error:
            raise _unwritable(path, error) from error
        _lock(path, stream)
        return cls(path, stream)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def resume(self, stamps: Sequence[tuple[int, str]], model: str) -> int:
        """How many rows are done already; each must belong to this input and come from this model.

        `stamps` are number and check digits of every row of the input.
        """
        self._cut_torn_line()
        done = 0
        for done, line in enumerate(self.lines(), start=1):
            expected = stamps[done - 1] if done <= len(stamps) else None
            if (line.get("row"), line.get("check")) != expected:
                raise self._alien(f"第 {done} 行不是这份输入的结果")
            if "error" in line:
                self.errors += 1
            elif line.get("model") != model:
                raise self._alien(f"第 {done} 行由另一个模型给出")
        return done

    def append(self, lines: Sequence[dict[str, Any]]) -> None:
        """Add lines and force them to disk; raises `FileProblem` (full disk)."""
        data = "".join(to_json(line) + "\n" for line in lines).encode()
        try:
            self._stream.write(data)
            self._stream.flush()
            os.fsync(self._stream.fileno())
        except OSError as error:
            raise _unwritable(self.path, error) from error
        self.errors += sum("error" in line for line in lines)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Every complete line, from the first."""
        self._stream.seek(0)
        for number, line in enumerate(self._stream, start=1):
            value = _value(line)
            if value is None:
                raise self._alien(f"第 {number} 行不是完整的 JSON")
            yield value

    def _cut_torn_line(self) -> None:
        """Drop what a crash left after the last complete line: half a line, or unwritten blocks.

        Nothing is cut from a file that we did not write, such as a mistyped --out.
        """
        self._stream.seek(0)
        data = self._stream.read()
        *whole, torn = data.split(b"\n")
        keep = len(data) - len(torn)
        if whole and _value(whole[-1]) is None:
            keep -= len(whole[-1]) + 1
            torn = whole.pop() or torn
        if keep < len(data):
            if not all(_is_ours(line) for line in (*whole[:1], torn)):
                raise self._alien("内容不是批量研判的结果")
            self._stream.truncate(keep)
        self._stream.seek(0, os.SEEK_END)

    def _alien(self, found: str) -> BatchError:
        return BatchError(
            f"{self.path} 里已有别的内容",
            expected="空文件，或同一份输入、同一个模型未做完的结果",
            found=found,
            remedy="换一个 --out，或移走这个文件",
        )


def _value(line: bytes) -> dict[str, Any] | None:
    with suppress(ValueError):
        value = json.loads(line)
        if isinstance(value, dict):
            return value
    return None


def _is_ours(line: bytes) -> bool:
    """Whether a line, or what is left of it, can come from a batch: `id`, then `matter` or `error`."""
    value = _value(line)
    if value is not None:
        return value.keys() >= _STAMP
    left = line.strip(b"\0")
    opening = _OPENING.match(left)
    if opening is None:
        return b'{"id": "'.startswith(left)
    rest = left[opening.end() :]
    return any(rest.startswith(key) or key.startswith(rest) for key in _SECOND_KEYS)


def _lock(path: Path, stream: BinaryIO) -> None:
    """Keep a second run off the same file; where the system has no such lock, nothing is locked."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        stream.close()
        raise BatchError(
            f"{path} 正被另一个批量任务写入",
            expected="没有其他任务",
            found="已加锁",
            remedy="等它结束或换一个 --out",
        ) from error


def _unwritable(path: Path, error: OSError) -> FileProblem:
    return FileProblem(
        f"无法写入 {path}",
        expected="可写且有空间的位置",
        found=error.strerror or type(error).__name__,
        remedy="检查权限与磁盘空间，或换一个 --out",
    )
