"""What the reranker is judged on besides STARD: complaints with their articles, and the law in force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foundation.errors import FileProblem
from foundation.tables import BadRow, Row, read_table
from retrieval.sources import document_of
from retrieval.values import Document

COMPLAINTS = "petition/law_gold_dev.jsonl"
ARTICLES = "law/articles.jsonl.xz"


@dataclass(frozen=True)
class Judged:
    """A complaint with the ids of the articles that must be cited (`core`) and that may be (`also`)."""

    id: str
    title: str
    text: str
    core: frozenset[str]
    also: frozenset[str]


def judged_complaints(data: Path) -> list[Judged]:
    """The complaints of the data folder. Raises `FileProblem` where they are not there or not judged."""
    found = []
    for row in _rows(data / COMPLAINTS):
        if lost := {"uid", "text", "core", "also"} - set(row.values):
            raise _useless(data / COMPLAINTS, row.number, f"没有 {'、'.join(sorted(lost))}")
        core, also = ([one["id"] for one in row.values[key]] for key in ("core", "also"))
        title = row.values.get("title") or ""
        found.append(
            Judged(str(row.values["uid"]), title, row.values["text"], frozenset(core), frozenset(also))
        )
    return found


def national_law(data: Path) -> list[Document]:
    """The national articles in force, in the order of their ids; raises `FileProblem`."""
    documents = []
    for row in _rows(data / ARTICLES):
        values = row.values
        if not (values.get("current") and values.get("region") == "全国" and values.get("kind") == "article"):
            continue
        found = document_of(row)
        if isinstance(found, BadRow):
            raise _useless(data / ARTICLES, found.number, found.problem)
        documents.append(found)
    return sorted(documents, key=lambda document: document.id)


def _rows(path: Path) -> Iterator[Row]:
    for row in read_table(path):
        if isinstance(row, BadRow):
            raise _useless(path, row.number, row.problem)
        yield row


def _useless(path: Path, number: int, found: str) -> FileProblem:
    return FileProblem(
        f"{path} 第 {number} 行无法使用", expected="见数据目录的 README", found=found, remedy="改正这一行"
    )
