"""The embedded digest (摘要): what the articles that hotlines need most require, in our own words.

One file a law in `legal_corpus/digest/*.toml`; the same Protocol as the store. Never the official text: every
article carries `TextKind.DIGEST`. A file that breaks a rule raises `DigestError` naming file and entry.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from legal_corpus import clock
from legal_corpus.changes import overtaken
from legal_corpus.citation import format_label, parse_label
from legal_corpus.errors import DigestError
from legal_corpus.source import applies_in, newest_first
from legal_corpus.titles import title_key
from legal_corpus.values import Article, LawVersion, Status, TextKind

_LAW_KEYS = {"title", "full_title", "level", "region", "version_date", "valid_from"}
_ARTICLE_KEYS = {"article", "topics", "text"}


@dataclass(frozen=True, slots=True)
class Digest:
    """The loaded digest."""

    laws: tuple[LawVersion, ...]
    entries: tuple[Article, ...]

    def articles(self, as_of: date | None = None, region: str | None = None) -> Iterator[Article]:
        """Every entry; with `as_of` only those of laws in force on that day."""
        for entry in self.entries:
            if (as_of is None or entry.law.in_force_on(as_of)) and applies_in(entry.law, region):
                yield entry

    def article(self, id: str) -> Article | None:
        """The entry of that id, or `None`."""
        return next((entry for entry in self.entries if entry.id == id), None)

    def versions(self, title: str) -> tuple[LawVersion, ...]:
        """The versions of the law of that title, newest first (normally one)."""
        key = title_key(title)
        return newest_first(
            law for law in self.laws if key in (title_key(law.title), title_key(law.full_title))
        )

    def titles(self) -> list[str]:
        """Short titles of all laws, sorted."""
        return sorted({law.title for law in self.laws})

    def articles_of(self, version_id: str) -> tuple[Article, ...]:
        """The entries of one law."""
        return tuple(entry for entry in self.entries if entry.law.id == version_id)

    def maybe_truncated(self, version_id: str) -> bool:
        """A digest never holds all articles, and says so by its kind; nothing is truncated."""
        return False


def load_digest(folder: Traversable | None = None, *, today: date | None = None) -> Digest:
    """Read and check all `*.toml` of `folder` (default: the package's own digest).

    `today` decides between in force and not yet in force (default: this day). Raises `DigestError`.
    """
    folder = folder if folder is not None else files("legal_corpus") / "digest"
    today = today or clock.today()
    laws: dict[str, LawVersion] = {}
    entries: list[Article] = []
    paths = sorted(
        (path for path in folder.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name
    )
    for path in paths:
        law, articles = _read(path, today)
        if law.id in laws:
            raise _broken(path.name, law.title, "一部法律一个文件", "与另一个文件重复")
        laws[law.id] = law
        entries += articles
    return Digest(tuple(laws.values()), tuple(entries))


def _read(path: Traversable, today: date) -> tuple[LawVersion, list[Article]]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise _broken(path.name, "", "UTF-8 编码的 TOML", str(error)) from error
    law = _law(path.name, table.get("law"), today)
    rows = table.get("article")
    if not isinstance(rows, list) or not rows:
        raise _broken(path.name, law.title, "至少一个 [[article]]", "没有")
    articles: dict[str, Article] = {}
    for row in rows:
        article = _article(path.name, law, row)
        if article.id in articles:
            raise _broken(path.name, article.label, "每条只写一次", "重复")
        articles[article.id] = article
    return law, list(articles.values())


def _law(name: str, row: Any, today: date) -> LawVersion:
    if not isinstance(row, dict):
        raise _broken(name, "[law]", "一张 [law] 表", type(row).__name__)
    _check_keys(name, "[law]", row, _LAW_KEYS, required=_LAW_KEYS)
    texts = {key: _text(name, f"[law].{key}", row[key]) for key in ("title", "full_title", "level", "region")}
    version_date = _date(name, "version_date", row["version_date"])
    valid_from = _date(name, "valid_from", row["valid_from"])
    ahead = valid_from > today
    change = overtaken(texts["title"], version_date)
    if change is not None and change.since <= today:
        raise _broken(name, texts["title"], "现行文本的摘要", change.reason)
    return LawVersion(
        id=f"digest:{texts['title']}",
        **texts,
        version_date=version_date,
        valid_from=valid_from,
        valid_to=None,
        status=Status.NOT_YET if ahead else Status.IN_FORCE,
        reason=f"自 {valid_from} 起施行" if ahead else "编写摘要时核对为现行版本",
        source="内置摘要",
    )


def _article(name: str, law: LawVersion, row: Any) -> Article:
    where = str(row.get("article", "[[article]]")) if isinstance(row, dict) else "[[article]]"
    if not isinstance(row, dict):
        raise _broken(name, where, "一张表", type(row).__name__)
    _check_keys(name, where, row, _ARTICLE_KEYS, required=_ARTICLE_KEYS)
    numbers = parse_label(_text(name, where, row["article"]))
    if numbers is None:
        raise _broken(name, where, "条号，如“第九百四十二条”", str(row["article"]))
    topics = row["topics"]
    if (
        not isinstance(topics, list)
        or not topics
        or not all(isinstance(t, str) and t.strip() for t in topics)
    ):
        raise _broken(name, f"{where} topics", "非空的词语列表", str(topics))
    label = format_label(*numbers)
    return Article(
        id=f"digest:{law.title}:{label}",
        law=law,
        number=numbers[0],
        suffix=numbers[1],
        label=label,
        chapter="",
        text=_text(name, where, row["text"]),
        text_kind=TextKind.DIGEST,
        topics=tuple(topic.strip() for topic in topics),
    )


def _check_keys(name: str, where: str, row: dict[str, Any], known: set[str], *, required: set[str]) -> None:
    missing, strange = sorted(required - row.keys()), sorted(row.keys() - known)
    if missing:
        raise _broken(name, where, f"键 {'、'.join(missing)}", "缺少")
    if strange:
        raise _broken(name, where, f"只有键 {'、'.join(sorted(known))}", f"多出 {'、'.join(strange)}")


def _text(name: str, where: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _broken(name, where, "非空文字", repr(value)[:40])
    return value.strip()


def _date(name: str, where: str, value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _broken(name, where, "日期，如 2021-01-01（不加引号）", repr(value)[:40])
    return value


def _broken(name: str, where: str, expected: str, found: str) -> DigestError:
    place = f"{name}（{where}）" if where else name
    return DigestError(f"内置摘要 {place} 有误", expected=expected, found=found, remedy="改正该文件")
