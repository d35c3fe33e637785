"""Where a figure comes from: data hash, code commit, command, date, seconds."""

from __future__ import annotations

import importlib.metadata
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from eval.errors import must_exist
from foundation.canonical import file_hash, files_hash

SOURCE = Path(__file__).resolve().parent.parent
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Provenance:
    """What anybody needs to measure the same again."""

    data_hash: str
    """Tagged hash of the data files."""
    model_hash: str
    """`Manifest.hash` of the router or of the index; `""` where nothing was loaded."""
    commit: str
    """Git commit of the code, with `-dirty` where tracked files were changed; or `unknown`."""
    version: str
    date: str
    """When the measurement ended, UTC."""
    seconds: float
    """Wall-clock time of the measurement, loading included."""
    command: str


class Stopwatch:
    """Started before a measurement; `record` closes it."""

    def __init__(self) -> None:
        self._started = time.perf_counter()

    def record(self, *, data: Iterable[Path], model_hash: str) -> Provenance:
        """The provenance of everything that was done since the start."""
        return Provenance(
            data_hash=data_hash(data),
            model_hash=model_hash,
            commit=git_commit(),
            version=program_version(),
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(time.perf_counter() - self._started, 2),
            command=command_line(),
        )


def data_hash(paths: Iterable[Path]) -> str:
    """One hash for the data: of the file itself, or over the names and bytes of several.

    Raises `DataMissing` where a file is not there.
    """
    files = list(paths)
    for path in files:
        must_exist(path)
    return file_hash(files[0]) if len(files) == 1 else files_hash(files)


def git_commit(root: Path = SOURCE) -> str:
    """The commit of the source tree at `root`, or `unknown` (installed from a wheel, no git)."""
    # An installed copy may lie in a virtual environment inside some other project's repository.
    top = _git(root, "rev-parse", "--show-toplevel")
    commit = _git(root, "rev-parse", "HEAD")
    if not top or not commit or Path(top).resolve() != root.resolve():
        return UNKNOWN
    changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    return f"{commit}-dirty" if changed else commit


def program_version() -> str:
    """The installed version of zhili, or `unknown` where it runs from a bare checkout."""
    try:
        return importlib.metadata.version("zhili")
    except importlib.metadata.PackageNotFoundError:
        return UNKNOWN


def command_line(arguments: list[str] | None = None) -> str:
    """The command as typed, with the program's name instead of its path."""
    typed = sys.argv if arguments is None else arguments
    return shlex.join([Path(typed[0]).name, *typed[1:]]) if typed else ""


def _git(root: Path, *arguments: str) -> str:
    try:
        answer = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
