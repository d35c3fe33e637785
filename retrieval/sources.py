"""Where documents come from: an evaluator's corpus file, or the articles of `legal_corpus`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from foundation.tables import BadRow, Row, read_table
from legal_corpus.values import Article, Status
from retrieval.errors import BadCorpus
from retrieval.values import Document

Report = Callable[[BadRow], None]

_ALIVE = {"", "current", "in_force", "not_yet", "有效", "现行有效", "尚未生效"}


def read_corpus(path: Path, *, report: Report | None = None) -> Iterator[Document]:
    """The documents of a corpus file, with the ids that stand in it.

    Keys: `id`, `law`, `text` and, optional, `article_no`, `region`, `effective_date`, `version_date`,
    `valid_to`, `current`, `status`, `topics`. A row that cannot be used goes to `report` and the reading goes
    on; without `report` it raises `BadCorpus`, so nothing is lost in silence. An id that comes twice raises.
    """
    seen: set[str] = set()
    for row in read_table(path):
        found = row if isinstance(row, BadRow) else document_of(row)
        if isinstance(found, BadRow):
            _tell(path, found, report)
            continue
        if found.id in seen:
            raise BadCorpus(
                f"{path} 第 {row.number} 行的 id 与前面的行重复",
                expected="每行的 id 互不相同",
                found=found.id,
                remedy="去掉重复的行，或给每行不同的 id",
            )
        seen.add(found.id)
        yield found


def from_article(article: Article) -> Document:
    """An article of the store or of the digest as a document, with the validity of its version.

    Keeps to `LawVersion.in_force_on`: what is unknown, or ended on an unknown day, is never in force.
    """
    law = article.law
    start = law.valid_from
    if law.status is Status.IN_FORCE:
        alive, start = True, start or law.version_date
    elif law.status is Status.NOT_YET:
        alive = start is not None
    else:
        known_span = start is not None and law.valid_to is not None
        alive = known_span and law.status is not Status.UNKNOWN
    return Document(
        id=article.id,
        law=law.title,
        article=article.label,
        text=article.text,
        topics=article.topics,
        region=law.region,
        valid_from=start,
        valid_to=law.valid_to,
        in_force=alive,
    )


def _tell(path: Path, row: BadRow, report: Report | None) -> None:
    if report is None:
        raise BadCorpus(
            f"{path} 第 {row.number} 行无法使用",
            expected="含 id、law、text 的一行",
            found=row.problem,
            remedy="改正这一行",
        )
    report(row)


def document_of(row: Row) -> Document | BadRow:
    """The document of a corpus row, or what is wrong with the row."""
    values = row.values
    try:
        start = _day(values, "effective_date") or _day(values, "version_date")
        end = _day(values, "valid_to")
        return Document(
            id=_id(values),
            law=_text(values, "law") or _text(values, "full_title"),
            article=_text(values, "article_no"),
            text=_required(values, "text"),
            topics=_topics(values.get("topics")),
            region=_text(values, "region"),
            valid_from=start,
            valid_to=end,
            in_force=_alive(values) or (start is not None and end is not None),
        )
    except ValueError as error:
        return BadRow(row.number, str(error))


def _alive(values: dict[str, Any]) -> bool:
    """Whether the row lets it be law: a superseded text without a last day answers for no day at all."""
    current = values.get("current")
    return current in (None, "", True, 1, "true", "True", "1") and _text(values, "status") in _ALIVE


def _id(values: dict[str, Any]) -> str:
    found = _required(values, "id")
    if found.split() != [found]:
        raise ValueError("id 中有空白，无法写进检索结果文件")
    return found


def _required(values: dict[str, Any], key: str) -> str:
    text = _text(values, key)
    if not text:
        raise ValueError(f"缺少 {key}，或为空")
    return text


def _text(values: dict[str, Any], key: str) -> str:
    value = values.get(key)
    if value is None:
        return ""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value).strip()
    raise ValueError(f"{key} 应为文字，实际是 {type(value).__name__}")


def _day(values: dict[str, Any], key: str) -> date | None:
    text = _text(values, key)[:10]
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{key} 应为 年-月-日，实际是 {text}") from None


def _topics(value: Any) -> tuple[str, ...]:
    if value in (None, ""):
        return ()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ValueError("topics 应为文字的列表")
