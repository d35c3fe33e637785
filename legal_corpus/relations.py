"""What the store knows around an article: who refers to it, who ended its law, its history, other wordings.

Read from the tables that an ingest fills; a store written before they existed says so (`has_references`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from legal_corpus.dates import read_date
from legal_corpus.store import LawStore
from legal_corpus.titles import title_key
from legal_corpus.values import Article, Citation, LawVersion


@dataclass(frozen=True, slots=True)
class Referrer:
    """An article that refers to another."""

    article: Article
    target: Citation
    """What it says, down to paragraph and item."""
    older: bool
    """It was written before the version it is shown for: the number may mean an older text."""


@dataclass(frozen=True, slots=True)
class Repealer:
    """A law whose clause ended another."""

    law: LawVersion
    day: date | None
    clause: str


@dataclass(frozen=True, slots=True)
class Variant:
    """The words of a source that was not preferred."""

    label: str
    source: str
    text: str


def has_references(store: LawStore) -> bool:
    """Whether the store was written by a program that reads references; else it must be ingested again."""
    return bool(store.query("SELECT 1 FROM meta WHERE key = 'refs'"))


def referrers(store: LawStore, article: Article, day: date) -> tuple[Referrer, ...]:
    """The articles in force on `day` that refer to this one; those of its own version first."""
    if article.number is None:
        return ()
    sql = (
        "SELECT article_id, paragraph, item FROM refs WHERE number = ? AND suffix = ? AND article_id != ?"
        " AND ((own = 1 AND version_id = ?) OR (own = 0 AND target IN (?, ?)))"
    )
    law = article.law
    keys = title_key(law.title), title_key(law.full_title)
    found: list[Referrer] = []
    for id, paragraph, item in store.query(sql, article.number, article.suffix, article.id, law.id, *keys):
        other = store.article(id)
        if other is None or not (other.law.id == law.id or other.law.in_force_on(day)):
            continue
        older = other.law.id != law.id and (other.law.version_date or date.min) < (
            law.version_date or date.min
        )
        target = Citation(law.title, article.number, article.suffix, paragraph, item)
        found.append(Referrer(other, target, older))
    found.sort(key=lambda one: (one.article.law.id != law.id, one.article.law.title, one.article.number or 0))
    return tuple(found)


def repealers(store: LawStore, title: str) -> tuple[Repealer, ...]:
    """The laws whose clause ends the law of that title, newest first."""
    rows = store.query("SELECT version_id, day, clause FROM repeals WHERE target = ?", title_key(title))
    found = [Repealer(store.version(id), read_date(day), clause) for id, day, clause in rows]
    return tuple(sorted(found, key=lambda one: one.law.version_date or date.min, reverse=True))


def history_lines(store: LawStore, version_id: str) -> tuple[str, ...]:
    """The history that a version prints (题注): adoption and every amendment, oldest first."""
    rows = store.query("SELECT notes FROM versions WHERE id = ?", version_id)
    return tuple(str(line) for line in json.loads(rows[0][0])) if rows else ()


def variants(store: LawStore, article: Article) -> tuple[Variant, ...]:
    """Other wordings of an article in sources that were not preferred."""
    sql = "SELECT label, source, text FROM variants WHERE version_id = ? AND label = ? ORDER BY source"
    return tuple(Variant(*row) for row in store.query(sql, article.law.id, article.label))
