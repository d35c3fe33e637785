"""The public Markdown collection (LawRefBook/Laws): files beside SQLite databases that say what each file is.

A row of a database belongs to the file `category.folder / name(publish).md` (or without the date). Level,
dates and `expired` come from there; a file without a row is read with the level of its folder.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from foundation.progress import Progress
from legal_corpus.dates import first_day, latest_change, read_date
from legal_corpus.drafts import Defect, DefectKind, Found, LawDraft, Skipped
from legal_corpus.errors import SourceError
from legal_corpus.markdown import defects_of, read_markdown
from legal_corpus.titles import short_title
from legal_corpus.values import NATIONWIDE

_NO_LAW = {"案例": "案例，不是法律文本", "其他": "参考资料，不是法律文本"}
_LEVELS = {
    "宪法": "宪法",
    "行政法规": "行政法规",
    "司法解释": "司法解释",
    "部门规章": "部门规章",
    "DLC": "地方性法规",
}
_AMENDING = re.compile(r"修正案|关于(?:修改|废止).+的决定|关于废止")
_DATED_NAME = re.compile(r"(.*?)\((\d{4}-\d{2}-\d{2})\)$")
_CLOSING = 3


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row of an index database."""

    level: str
    publish: date | None
    valid_from: date | None
    expired: bool


def read_collection(folder: Path, progress: Progress) -> Iterator[Found]:
    """The laws of the collection, and what was skipped or odd; `SourceError` if there is nothing."""
    paths = sorted(folder.rglob("*.md"))
    if not paths:
        raise SourceError(
            f"{folder} 中没有法律文本",
            expected="LawRefBook/Laws 的 Markdown 文件",
            found="没有 .md 文件",
            remedy="检查路径",
        )
    root = _root(folder)
    entries, problems = _read_databases(root)
    yield from problems
    parts: dict[tuple[str, date | None], list[LawDraft]] = {}
    for number, path in enumerate(paths, 1):
        progress(number, len(paths), "读取法律文本")
        for found in _read_file(path, path.relative_to(root) if path.is_relative_to(root) else path, entries):
            if isinstance(found, LawDraft) and found.part:
                parts.setdefault((found.title, found.version_date), []).append(found)
            else:
                yield found
    for drafts in parts.values():
        yield _joined(drafts)


def _root(folder: Path) -> Path:
    """The collection's own top: GitHub's archives put everything into one folder."""
    databases = sorted(folder.rglob("db.sqlite3"), key=lambda path: len(path.parts))
    if databases:
        return databases[0].parent
    inner = [path for path in folder.iterdir() if path.is_dir()]
    return inner[0] if len(inner) == 1 and not list(folder.glob("*.md")) else folder


def _read_databases(root: Path) -> tuple[dict[Path, _Entry], list[Found]]:
    entries: dict[Path, _Entry] = {}
    problems: list[Found] = []
    databases = sorted(root.rglob("*.sqlite3"))
    if not databases:
        problems.append(Defect(root.name, "没有索引数据库 db.sqlite3，无从知道哪些已失效"))
    for path in databases:
        try:
            entries |= _read_database(path)
        except sqlite3.Error as error:
            problems.append(Skipped(str(path.relative_to(root)), f"索引数据库无法读取：{error}"))
    return entries, problems


def _read_database(path: Path) -> dict[Path, _Entry]:
    sql = (
        "SELECT l.name, l.filename, l.publish, l.valid_from, l.level, l.expired, c.folder"
        " FROM law l JOIN category c ON c.id = l.category_id"
    )
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    entries = {}
    try:
        for name, filename, publish, valid_from, level, expired, folder in connection.execute(sql):
            entry = _Entry(str(level), read_date(publish), read_date(valid_from), bool(expired))
            dated = f"{name}({entry.publish})" if entry.publish else name
            for stem in (filename, dated, name):
                place = path.parent / str(folder) / f"{stem}.md"
                if stem and place.is_file():
                    entries[place] = entry
                    break
    finally:
        connection.close()
    return entries


def _read_file(path: Path, shown: Path, entries: dict[Path, _Entry]) -> Iterator[Found]:
    where = str(shown)
    entry = entries.get(path)
    reason = _no_law(shown, entry)
    if reason:
        yield Skipped(where, reason)
        return
    try:
        text = path.read_text("utf-8-sig")
    except (UnicodeDecodeError, OSError) as error:
        problem = (
            "不是 UTF-8 文本" if isinstance(error, UnicodeDecodeError) else f"无法读取：{error.strerror}"
        )
        yield Skipped(where, problem)
        return
    law = read_markdown(text)
    if not law.title or not law.articles:
        yield Skipped(where, "没有标题" if not law.title else "没有正文")
        return
    yield from defects_of(law, where)
    dated = _DATED_NAME.match(path.stem)
    version_date = (entry.publish if entry else None) or (read_date(dated.group(2)) if dated else None)
    changed = latest_change(law.notes)
    if changed is not None and (version_date is None or changed > version_date):
        if version_date is not None:
            what = f"版本日期 {version_date} 早于文中所记最后一次修改 {changed}"
            yield Defect(where, what, DefectKind.DATES)
        # The flag judges the version that the database dates; a newer date would make it judge another one.
        version_date = version_date if entry and entry.expired and version_date else changed
    if version_date is None:
        yield Defect(where, "没有版本日期", DefectKind.DATES)
    if entry is None:
        yield Defect(where, "索引数据库中没有这一条：失效与否不明，级别按文件夹")
    closing = [article.text for article in law.articles[-_CLOSING:]]
    stated = entry.valid_from if entry else None
    if stated is not None and version_date is not None and stated < version_date:
        what = f"施行日期 {stated} 早于版本日期 {version_date}，视为未知"
        yield Defect(where, what, DefectKind.DATES)
        stated = None
    yield LawDraft(
        title=short_title(law.title),
        full_title=law.title,
        level=entry.level if entry else _LEVELS.get(shown.parts[0], "法律"),
        region=_region(shown),
        version_date=version_date,
        valid_from=stated or first_day(law.notes, closing, version_date),
        articles=law.articles,
        source=where,
        origin="LawRefBook/Laws",
        part=law.part,
        notes=law.notes,
        expired=entry.expired if entry else False,
        amending=bool(_AMENDING.search(law.title)),
    )


def _no_law(shown: Path, entry: _Entry | None) -> str:
    if shown.name in ("_index.md", "README.md", "法律法规模版.md", "CONTRIBUTING.md"):
        return "目录或说明文件"
    if entry is not None and entry.level in _NO_LAW:
        return _NO_LAW[entry.level]
    return _NO_LAW.get(shown.parts[0], "")


def _region(shown: Path) -> str:
    found = (
        re.match(r"(.+?)地方法规$", shown.parts[1])
        if shown.parts[0] == "DLC" and len(shown.parts) > 1
        else None
    )
    return found.group(1) if found else NATIONWIDE


def _joined(drafts: list[LawDraft]) -> LawDraft:
    """One law from its parts, in the order of their articles."""
    drafts = sorted(drafts, key=lambda draft: min((a.number for a in draft.articles if a.number), default=0))
    articles = tuple(
        replace(article, chapter=" / ".join(filter(None, (draft.part, article.chapter))))
        for draft in drafts
        for article in draft.articles
    )
    starts = [draft.valid_from for draft in drafts if draft.valid_from]
    return replace(
        drafts[0],
        part="",
        articles=articles,
        valid_from=max(starts, default=None),
        source=str(Path(drafts[0].source).parent),
        expired=all(draft.expired for draft in drafts),
    )
