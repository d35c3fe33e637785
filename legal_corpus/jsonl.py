"""Articles as JSONL (`.jsonl`, `.jsonl.xz`), one row an article; optionally `laws.jsonl(.xz)` beside it.

Needed keys: `law text` and `article_no` or `article_int`. Known besides: `id full_title level region
version_date effective_date current status doc_type chapter kind article_suffix source origin`. Rows of one
law stand together. `laws.jsonl` gives `doc notes status_reason maybe_truncated`; `doc` is the part of an
article's id before the dash.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import IO, Any

from foundation.progress import Progress
from legal_corpus.citation import format_label, parse_label
from legal_corpus.dates import read_date
from legal_corpus.drafts import ArticleDraft, Defect, DefectKind, Found, LawDraft, Skipped
from legal_corpus.errors import SourceError
from legal_corpus.titles import short_title
from legal_corpus.values import NATIONWIDE

ENDINGS = (".jsonl", ".jsonl.xz")
_PROGRESS_EVERY = 5000
_Numbered = tuple[int, dict[str, Any]]


def is_jsonl(path: Path) -> bool:
    """Whether the name is one of a JSONL file of articles."""
    return path.name.lower().endswith(ENDINGS)


def read_jsonl(path: Path, progress: Progress) -> Iterator[Found]:
    """The laws of a JSONL file; bad rows are skipped with their number; `SourceError` if it is broken."""
    companions = _companions(path)
    problems: list[Found] = []
    taken = 0
    for _, group in groupby(_rows(path, problems, progress), key=lambda row: _law_of(row[1])):
        rows = list(group)
        taken += len(rows)
        yield from problems
        problems.clear()
        yield from _draft(path.name, rows, companions)
    yield from problems
    if not taken:
        raise SourceError(
            f"{path} 中没有可用的法条",
            expected="每行一条，含 law、text、article_no",
            found=problems[0].why if problems and isinstance(problems[0], Skipped) else "空文件",
            remedy="检查文件内容",
        )


def _rows(path: Path, problems: list[Found], progress: Progress) -> Iterator[_Numbered]:
    for number, row in _objects(path, problems):
        if number % _PROGRESS_EVERY == 0:
            progress(number, None, "读取法条")
        text, law = row.get("text"), row.get("law")
        if not isinstance(text, str) or not text.strip() or not isinstance(law, str) or not law.strip():
            problems.append(Skipped(f"{path.name} 第 {number} 行", "缺少 law 或 text"))
        else:
            yield number, row


def _objects(path: Path, problems: list[Found]) -> Iterator[_Numbered]:
    """Every row that is a JSON object; streamed, so that a large file needs no large memory."""
    try:
        with _open(path) as stream:
            for number, line in enumerate(stream, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError):
                    problems.append(Skipped(f"{path.name} 第 {number} 行", "不是合法的 JSON"))
                    continue
                if isinstance(row, dict):
                    yield number, row
                else:
                    problems.append(Skipped(f"{path.name} 第 {number} 行", "不是 JSON 对象"))
    except (lzma.LZMAError, EOFError) as error:
        raise SourceError(
            f"{path} 无法解压", expected="完整的 xz 文件", found=str(error), remedy="重新下载"
        ) from error
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path} 不是 UTF-8 文本", expected="UTF-8", found="二进制内容或其他编码", remedy="另存为 UTF-8"
        ) from error
    except OSError as error:
        raise SourceError(
            f"无法读取 {path}", found=error.strerror or str(error), remedy="检查权限"
        ) from error


def _open(path: Path) -> IO[str]:
    if path.name.lower().endswith(".xz"):
        return lzma.open(path, "rt", encoding="utf-8-sig", newline="\n")
    return path.open("rt", encoding="utf-8-sig", newline="\n")


def _law_of(row: dict[str, Any]) -> tuple[str, ...]:
    """What rows of one version have in common; a document may name several source files."""
    document = str(row.get("id") or "").rpartition("-")[0]
    keys = ("law", "full_title", "region", "version_date") + (() if document else ("source",))
    return (document, *(str(row.get(key) or "") for key in keys))


def _companions(path: Path) -> dict[str, dict[str, Any]]:
    """Rows of a `laws.jsonl(.xz)` in the same folder, by document."""
    for name in ("laws.jsonl.xz", "laws.jsonl"):
        beside = path.with_name(name)
        if beside.is_file() and beside != path:
            return {str(row.get("doc")): row for _, row in _objects(beside, [])}
    return {}


def _draft(name: str, rows: list[_Numbered], companions: dict[str, dict[str, Any]]) -> Iterator[Found]:
    articles: list[ArticleDraft] = []
    for number, row in rows:
        article = _article(row)
        if article is None:
            yield Skipped(f"{name} 第 {number} 行", "条号读不懂，应为如“第九百四十二条”")
        else:
            articles.append(article)
    if not articles:
        return
    first_number, first = rows[0]
    companion = companions.get(_law_of(first)[0], {})
    where = f"{name} 第 {first_number} 行《{first['law']}》"
    version_date, start = read_date(first.get("version_date")), read_date(first.get("effective_date"))
    if start is not None and version_date is not None and start < version_date:
        what = f"施行日期 {start} 早于版本日期 {version_date}，视为未知"
        yield Defect(where, what, DefectKind.DATES)
        start = None
    if companion.get("maybe_truncated"):
        yield Defect(where, "来源文本可能不全", DefectKind.TRUNCATED)
    yield LawDraft(
        title=short_title(str(first["law"])),
        full_title=str(first.get("full_title") or first["law"]),
        level=str(first.get("level") or "其他"),
        region=str(first.get("region") or NATIONWIDE),
        version_date=version_date,
        valid_from=start,
        articles=tuple(articles),
        source=str(first.get("source") or name),
        origin=str(first.get("origin") or ""),
        notes=tuple(str(note) for note in companion.get("notes") or ()),
        amending=first.get("doc_type") == "amendment",
        maybe_truncated=bool(companion.get("maybe_truncated")),
        given_status=_given(first),
        given_reason=_reason(first, companion),
    )


def _given(row: dict[str, Any]) -> str:
    status, current = str(row.get("status") or ""), row.get("current")
    # `status: current` with `current: false` marks acts that only amend others.
    return "" if status == "current" and current is False else status


def _reason(row: dict[str, Any], companion: dict[str, Any]) -> str:
    reason = str(companion.get("status_reason") or "").strip()
    known = {"expired flag in db.sqlite3": "来源数据库标为失效"}
    if reason.startswith("newer version"):
        return "来源中有更新的版本：" + reason.removeprefix("newer version").split(" in ")[0].strip()
    if reason:
        return known.get(reason, reason)
    return {"current": "来源判为现行", "superseded": "来源判为已被取代", "repealed": "来源判为废止"}.get(
        _given(row), ""
    )


def _article(row: dict[str, Any]) -> ArticleDraft | None:
    kind = str(row.get("kind") or "article")
    label = str(row.get("article_no") or "").strip()
    id, chapter, text = str(row.get("id") or ""), str(row.get("chapter") or ""), str(row["text"])
    if kind != "article":
        return ArticleDraft(None, 0, label or ("序言" if kind == "preamble" else ""), chapter, kind, text, id)
    number, suffix = row.get("article_int"), row.get("article_suffix") or 0
    parsed = parse_label(label) if label else None
    if not isinstance(number, int) and parsed:
        number, suffix = parsed
    if not isinstance(number, int) or not isinstance(suffix, int):
        return None
    return ArticleDraft(number, suffix, label or format_label(number, suffix), chapter, kind, text, id)
