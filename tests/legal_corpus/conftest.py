"""A small invented collection of law in the format of the public Markdown collection."""

from __future__ import annotations

import json
import lzma
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from legal_corpus.digest import load_digest
from legal_corpus.ingest import ingest
from legal_corpus.store import LawStore
from legal_corpus.titles import title_key

TODAY = date(2026, 11, 22)

OLD = """# 中华人民共和国样例管理法

2015年3月1日 样例会议通过

<!-- INFO END -->

目 录

第一章 总则

第二章 附则

## 第一章 总则

第一条 旧的第一条。

第二条 旧的第二条。

## 第二章 附则

第三条 本法自2015年6月1日起施行。
"""
NEW = """# 中华人民共和国样例管理法

2015年3月1日 样例会议通过

2021年4月2日 样例会议修订

<!-- INFO END -->

## 第一章 总则

第一条 新的第一条。

第二条 有下列情形之一的，责令改正：

（一）甲事；

（二）乙事。

情节严重的，处罚款。

第二条之一 插入的一条。

## 第二章 附则

第三条 本法自2021年9月1日起施行。《旧样例办法》同时废止。
"""
REPEALED = "# 旧样例办法\n\n2001年1月1日 发布\n\n<!-- INFO END -->\n\n第一条 旧办法的内容。\n"
EXPIRED = "# 失效样例条例\n\n2003年1月1日 发布\n\n<!-- INFO END -->\n\n第一条 失效的内容。\n"
FUTURE = "# 将来样例条例\n\n2026年10月1日 发布\n\n<!-- INFO END -->\n\n"
FUTURE += "第一条 内容。\n\n第二条 本条例自2027年1月1日起施行。\n"
UNDATED = "# 无日期样例规定\n\n<!-- INFO END -->\n\n第一条 没有日期的内容。\n"
LOCAL = "# {place}样例绿化条例\n\n2019年1月1日 通过\n\n<!-- INFO END -->\n\n第一条 {place}的绿化。\n"
PART = "# 中华人民共和国样例法典\n\n# {part}\n\n2020年5月28日 通过\n\n2021年1月1日 施行\n\n"
PART += "<!-- INFO END -->\n\n第{number}条 {part}的内容。\n"


def _database(path: Path, category: str, rows: list[tuple[str, str, str | None, str | None, int]]) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE category (id TEXT, name TEXT, folder TEXT);"
        "CREATE TABLE law (id TEXT, level TEXT, name TEXT, filename TEXT, publish DATE, expired INTEGER,"
        " valid_from DATE, category_id TEXT);"
    )
    connection.execute("INSERT INTO category VALUES ('c', 'c', ?)", (category,))
    connection.executemany(
        "INSERT INTO law VALUES (?, ?, ?, NULL, ?, ?, ?, 'c')",
        [
            (name + str(publish), level, name, publish, expired, start)
            for name, level, publish, start, expired in rows
        ],
    )
    connection.commit()
    connection.close()


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    """The folder as it would be unpacked."""
    root = tmp_path / "Laws-master"
    files = {
        "行政法/样例管理法(2015-03-01).md": OLD,
        "行政法/样例管理法(2021-04-02).md": NEW,
        "行政法/旧样例办法(2001-01-01).md": REPEALED,
        "行政法/失效样例条例(2003-01-01).md": EXPIRED,
        "行政法/将来样例条例(2026-10-01).md": FUTURE,
        "行政法/无日期样例规定.md": UNDATED,
        "民法典/总则.md": PART.format(part="总则", number="一"),
        "民法典/物权编.md": PART.format(part="物权编", number="二"),
        "DLC/甲省地方法规/地方性法规/甲省/甲省样例绿化条例(2019-01-01).md": LOCAL.format(place="甲省"),
        "DLC/乙省地方法规/地方性法规/乙省/乙省样例绿化条例(2019-01-01).md": LOCAL.format(place="乙省"),
        "案例/某案.md": "# 某案\n\n<!-- INFO END -->\n\n案情。\n",
        "行政法/_index.md": "---\nx: y\n---\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    (root / "行政法/乱码法(2000-01-01).md").write_bytes("# 乱码".encode("gb18030"))
    rows = [
        ("样例管理法", "法律", "2015-03-01", "2015-06-01", 0),
        ("样例管理法", "法律", "2021-04-02", "2021-09-01", 0),
        ("旧样例办法", "行政法规", "2001-01-01", None, 0),
        ("失效样例条例", "行政法规", "2003-01-01", "2003-02-01", 1),
        ("将来样例条例", "行政法规", "2026-10-01", None, 0),
    ]
    _database(root / "db.sqlite3", "行政法", rows)
    return root


@pytest.fixture
def store(collection: Path, tmp_path: Path) -> LawStore:
    """The collection ingested."""
    path = tmp_path / "corpus.sqlite3"
    ingest(collection.parent / "Laws-master", path, today=TODAY)
    return LawStore.open(path)


EVERY = 12
"""Of the laws outside the digest every twelfth is ingested, to keep the test quick."""


def _wanted(row: dict[str, Any], digest_keys: set[str]) -> bool:
    return title_key(row["law"]) in digest_keys or int(str(row["id"])[:8], 16) % EVERY == 0


def _rows(source: Path) -> Iterator[str]:
    keys = {title_key(law.title) for law in load_digest().laws}
    with lzma.open(source, "rt", encoding="utf-8") as stream:
        for line in stream:
            if _wanted(json.loads(line), keys):
                yield line


@pytest.fixture(scope="session")
def real_store(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> LawStore:
    folder = tmp_path_factory.mktemp("real")
    with (folder / "part.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(_rows(data_dir / "law" / "articles.jsonl.xz"))
    (folder / "laws.jsonl.xz").symlink_to((data_dir / "law" / "laws.jsonl.xz").resolve())
    ingest(folder / "part.jsonl", folder / "corpus.sqlite3", today=TODAY)
    return LawStore.open(folder / "corpus.sqlite3")
