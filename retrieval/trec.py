"""The files of retrieval experiments: queries, judgements (qrels) and runs in the TREC formats."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from foundation.errors import FileProblem
from foundation.tables import BadRow, Row, decode, read_table, table_format
from retrieval.values import Hit

Qrels = dict[str, dict[str, int]]
Run = dict[str, dict[str, float]]

_ID_KEYS = ("id", "query_id", "qid", "uid", "_id")
_TEXT_KEYS = ("query", "question", "text")


@dataclass(frozen=True, slots=True)
class Query:
    """One question of a file, with the id that its judgements use."""

    id: str
    text: str


def read_queries(path: Path) -> Iterator[Query | BadRow]:
    """The questions of a file, bad lines kept as `BadRow`.

    `.tsv`: id TAB text, no header. `.jsonl` (`.xz`): id under `id`, `query_id`, `qid`, `uid` or `_id`, text
    under `query`, `question` or `text`, with a `title` before it where there is one. Raises `FileProblem`.
    """
    seen: set[str] = set()
    is_json = path.name.lower().endswith((".jsonl", ".jsonl.xz"))
    for item in _json_queries(path) if is_json else _tsv_queries(path):
        if isinstance(item, BadRow):
            yield item
            continue
        number, query = item
        if query.id in seen:
            yield BadRow(number, f"问题编号 {query.id} 重复")
        elif query.id.split() != [query.id]:
            yield BadRow(number, "问题编号为空或含空白")
        elif not query.text.strip():
            yield BadRow(number, f"问题 {query.id} 没有文字")
        else:
            seen.add(query.id)
            yield query


def read_qrels(path: Path) -> Qrels:
    """Judgements: `qid 0 docid grade` or `qid docid grade`, split by white space; a header line is skipped.

    Grades below 1 are kept (judged, not relevant). Raises `FileProblem` naming the first line that is wrong.
    """
    found: Qrels = {}
    for number, line in _lines(path):
        parts = line.split()
        if len(parts) not in (3, 4) or not _is_whole(parts[-1]):
            if number == 1 and len(parts) in (3, 4):
                continue
            raise _bad_line(path, number, "问题编号 0 条文编号 相关度", line)
        found.setdefault(parts[0], {})[parts[-2]] = int(parts[-1])
    if not found:
        raise FileProblem(f"{path} 中没有标注", expected="至少一行", found="0 行", remedy="检查文件")
    return found


def read_run(path: Path) -> Run:
    """A run: `qid Q0 docid rank score tag`. Raises `FileProblem` naming the first line that is wrong."""
    found: Run = {}
    for number, line in _lines(path):
        parts = line.split()
        try:
            qid, _, document, _, score, _ = parts
            found.setdefault(qid, {})[document] = float(score)
        except ValueError:
            raise _bad_line(path, number, "问题编号 Q0 条文编号 名次 得分 标签", line) from None
    return found


def write_run(path: Path, results: Iterable[tuple[str, Sequence[Hit]]], *, tag: str = "zhili") -> int:
    """Write a run as it is produced, whole or not at all; give the number of lines.

    Scores are written with nine digits, enough to tell any two single-precision numbers apart.
    """
    lines = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                for qid, hits in results:
                    for hit in hits:
                        stream.write(f"{qid} Q0 {hit.id} {hit.rank} {hit.score:.9g} {tag}\n")
                        lines += 1
            Path(name).chmod(0o644)
            Path(name).replace(path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
    except OSError as error:
        raise FileProblem(
            f"无法写入 {path}", found=error.strerror or type(error).__name__, remedy="检查权限与磁盘空间"
        ) from error
    return lines


def _tsv_queries(path: Path) -> Iterator[tuple[int, Query] | BadRow]:
    for number, line in _lines(path):
        id, tab, text = line.partition("\t")
        yield (
            (number, Query(id.strip(), text)) if tab else BadRow(number, "应为 编号<TAB>问题，没有找到制表符")
        )


def _json_queries(path: Path) -> Iterator[tuple[int, Query] | BadRow]:
    table_format(path)
    for row in read_table(path):
        if isinstance(row, BadRow):
            yield row
            continue
        text = "\n".join(part for part in (_first(row, ("title",)), _first(row, _TEXT_KEYS)) if part)
        yield row.number, Query(_first(row, _ID_KEYS), text)


def _first(row: Row, keys: Sequence[str]) -> str:
    values: Mapping[str, object] = row.values
    return next((str(values[key]).strip() for key in keys if isinstance(values.get(key), str | int)), "")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines that are not blank."""
    try:
        text = decode(path.read_bytes(), str(path))
    except OSError as error:
        raise FileProblem(
            f"无法读取 {path}",
            expected="可读的文件",
            found=error.strerror or str(error),
            remedy="检查路径与权限",
        ) from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.rstrip("\r")


def _is_whole(text: str) -> bool:
    return text.lstrip("+-").isdigit() and text.isascii()


def _bad_line(path: Path, number: int, expected: str, line: str) -> FileProblem:
    return FileProblem(
        f"{path} 第 {number} 行无法读取",
        expected=expected,
        found=f"{len(line.split())} 列",
        remedy="改正这一行",
    )
