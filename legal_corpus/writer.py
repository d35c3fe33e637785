"""Writing laws into a draft of the store, and judging their status there."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import date

from foundation.canonical import tagged_hash
from legal_corpus.dates import read_date
from legal_corpus.drafts import ArticleDraft, Defect, LawDraft
from legal_corpus.judge import Evidence, RepealEvidence, judge
from legal_corpus.repeal import repeals
from legal_corpus.titles import all_replaced, title_key
from legal_corpus.values import NATIONWIDE

_ID_LENGTH = 12


class StoreWriter:
    """Puts drafts of laws into an open, migrated database; the caller commits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._written: dict[str, int] = {}
        self.taken = 0
        self.replaced = 0

    def add(self, law: LawDraft) -> list[Defect]:
        """Write one version with its articles; returns what was odd about it.

        Two texts of one version in a source: the one with more articles stays.
        """
        id = version_id(law)
        if id in self._written:
            kept = max(self._written[id], len(law.articles))
            defect = Defect(
                law.source, f"与另一份《{law.title}》（{law.version_date}）重复，留下条数多的（{kept}）"
            )
            if len(law.articles) <= self._written[id]:
                return [defect]
            self._remove(id)
            return [defect, *self._write(id, law)]
        self.replaced += self._remove(id)
        self.taken += 1
        return self._write(id, law)

    def judge(self, today: date) -> None:
        """Judge every version of the store afresh."""
        evidence = {one.id: one for one in self._evidence()}
        verdicts = judge(evidence.values(), [*self._repeals(evidence), *_known_successions()], today)
        self._connection.executemany(
            "UPDATE versions SET status = ?, reason = ?, valid_from = ?, valid_to = ? WHERE id = ?",
            [
                (verdict.status.value, verdict.reason, _iso(verdict.valid_from), _iso(verdict.valid_to), id)
                for id, verdict in verdicts.items()
            ],
        )

    def content_hash(self) -> str:
        """One tagged hash over every version, its text, dates and status."""
        sql = "SELECT id, content_hash, status, valid_from, valid_to FROM versions ORDER BY id"
        return tagged_hash([list(row) for row in self._connection.execute(sql)])

    def _write(self, id: str, law: LawDraft) -> list[Defect]:
        self._written[id] = len(law.articles)
        self._connection.execute(
            "INSERT INTO versions (id, law_key, full_key, region, title, full_title, level, version_date,"
            " given_from, expired, amending, maybe_truncated, given_status, given_reason, notes,"
            " source, origin, content_hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                id, title_key(law.title), title_key(law.full_title), law.region, law.title, law.full_title,
                law.level, _iso(law.version_date), _iso(law.valid_from), law.expired, law.amending,
                law.maybe_truncated, law.given_status, law.given_reason,
                json.dumps(law.notes, ensure_ascii=False), law.source, law.origin, _content_hash(law),
            ),
        )  # fmt: skip
        self._connection.executemany(
            "INSERT INTO repeals VALUES (?, ?, ?, ?)",
            [
                (id, repeal.target, _iso(repeal.day), repeal.clause)
                for repeal in repeals(law.title, law.version_date, law.articles)
            ],
        )
        return self._write_articles(id, law)

    def _write_articles(self, id: str, law: LawDraft) -> list[Defect]:
        defects: list[Defect] = []
        numbers: set[tuple[int, int]] = set()
        for position, article in enumerate(law.articles):
            number: int | None = article.number
            if number is not None and (number, article.suffix) in numbers:
                defects.append(Defect(law.source, f"{article.label}重复，后一处不再作为法条"))
                number = None
            if number is not None:
                numbers.add((number, article.suffix))
            row = (
                id,
                position,
                number,
                article.suffix,
                article.label,
                article.chapter,
                article.kind,
                article.text,
            )
            self._insert_article(article.id or _article_id(id, article, position, number), row)
        return defects

    def _insert_article(self, article_id: str, row: tuple[object, ...]) -> None:
        sql = "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        try:
            self._connection.execute(sql, (article_id, *row))
        except sqlite3.IntegrityError:
            # Another source uses the same id for another text: make ours distinct.
            self._connection.execute(sql, (f"{row[0]}-{article_id}-{row[1]}", *row))

    def _remove(self, id: str) -> int:
        for table in ("articles", "repeals"):
            self._connection.execute(f"DELETE FROM {table} WHERE version_id = ?", (id,))
        return self._connection.execute("DELETE FROM versions WHERE id = ?", (id,)).rowcount

    def _evidence(self) -> Iterator[Evidence]:
        sql = (
            "SELECT id, law_key, region, version_date, given_from, expired, amending, given_status,"
            " given_reason FROM versions"
        )
        for (
            id,
            key,
            region,
            version_date,
            start,
            expired,
            amending,
            status,
            reason,
        ) in self._connection.execute(sql):
            yield Evidence(
                id,
                key,
                region,
                read_date(version_date),
                read_date(start),
                bool(expired),
                bool(amending),
                status,
                reason,
            )

    def _repeals(self, evidence: dict[str, Evidence]) -> list[RepealEvidence]:
        rows = self._connection.execute("SELECT version_id, target, day, clause FROM repeals").fetchall()
        return [
            RepealEvidence(evidence[id], target, read_date(day), clause) for id, target, day, clause in rows
        ]


def _known_successions() -> Iterator[RepealEvidence]:
    """Successions that the sources themselves may be too old to tell (`aliases.toml`)."""
    for row in all_replaced():
        by = Evidence(f"aliases.toml:{row.title}", title_key(row.by), NATIONWIDE, None, row.since)
        yield RepealEvidence(
            by, title_key(row.title), row.since, f"自 {row.since} 起被《{row.by}》取代，由其"
        )


def version_id(law: LawDraft) -> str:
    """The identity of a version: its title, region and date, hashed; the same in every source."""
    name = "|".join((title_key(law.title), law.region, _iso(law.version_date) or ""))
    return hashlib.sha256(name.encode()).hexdigest()[:_ID_LENGTH]


def _article_id(version: str, article: ArticleDraft, position: int, number: int | None) -> str:
    if number is None:
        return f"{version}-u{position:04d}"
    return f"{version}-{number:04d}" + (f".{article.suffix}" if article.suffix else "")


def _content_hash(law: LawDraft) -> str:
    return tagged_hash([law.full_title, law.level, [[one.label, one.text] for one in law.articles]])


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
