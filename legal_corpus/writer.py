"""Writing laws into a draft of the store, and judging their status there."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import date

from foundation.canonical import tagged_hash
from legal_corpus.conflict import Text, differences, preferred
from legal_corpus.dates import read_date
from legal_corpus.drafts import ArticleDraft, Defect, DefectKind, LawDraft
from legal_corpus.judge import Evidence, RepealEvidence, judge
from legal_corpus.links import read_references, target_key
from legal_corpus.repeal import repeals
from legal_corpus.soundness import defects_in
from legal_corpus.titles import all_replaced, title_key
from legal_corpus.values import NATIONWIDE

_ID_LENGTH = 12


class StoreWriter:
    """Puts drafts of laws into an open, migrated database; the caller commits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._written: set[str] = set()
        self.taken = 0
        self.replaced = 0

    def add(self, law: LawDraft) -> list[Defect]:
        """Write one version with its articles; returns what was odd about it.

        Where the store holds another text of the same version, the preferred one is kept (`conflict`) and the
        words of the other are kept beside it as variants.
        """
        id = version_id(law)
        new = Text.of(law)
        old = self._held(id)
        defects = list(defects_in(law))
        if old is None or (old.source == new.source and id not in self._written):
            self._count(id, self._remove(id))
            return defects + self._write(id, law)
        keep, why = preferred(old, new, twice=id in self._written)
        differing = differences(old, new)
        other = new if keep is old else old
        if keep is new:
            removed = self._remove(id, variants=False)
            self._count(id, removed)
            defects += self._write(id, law)
        else:
            defects = []
            self._count(id, 1)
        self._keep_variants(id, other, [label for label, _ in differing])
        return [*defects, *_conflict(law, keep, other, differing, why)]

    def _count(self, id: str, replaced: int) -> None:
        if id not in self._written:
            self.taken += 1
            self.replaced += replaced
        self._written.add(id)

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

    def keep_defects(self, origin: str, defects: list[Defect]) -> None:
        """Store what is wrong with a source; a later ingest of the same source replaces it."""
        self._connection.execute("DELETE FROM defects WHERE origin = ?", (origin,))
        self._connection.executemany(
            "INSERT INTO defects VALUES (?, ?, ?, ?)",
            [(origin, one.where, one.kind.value, one.what) for one in defects],
        )

    def content_hash(self) -> str:
        """One tagged hash over every version, its text, dates and status."""
        sql = "SELECT id, content_hash, status, valid_from, valid_to FROM versions ORDER BY id"
        return tagged_hash([list(row) for row in self._connection.execute(sql)])

    def _write(self, id: str, law: LawDraft) -> list[Defect]:
        self._connection.execute(
            "INSERT INTO versions (id, law_key, full_key, region, title, full_title, level, version_date,"
            " given_from, expired, amending, maybe_truncated, given_status, given_reason, notes,"
            " source, origin, official, content_hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                id, title_key(law.title), title_key(law.full_title), law.region, law.title, law.full_title,
                law.level, _iso(law.version_date), _iso(law.valid_from), law.expired, law.amending,
                law.maybe_truncated, law.given_status, law.given_reason,
                json.dumps(law.notes, ensure_ascii=False), law.source, law.origin,
                law.official, _content_hash(law),
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
                what = f"{article.label}重复，后一处不再作为法条"
                defects.append(Defect(law.source, what, DefectKind.DUPLICATE))
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
            written = self._insert_article(article.id or _article_id(id, article, position, number), row)
            self._write_references(written, id, law, article, number)
        return defects

    def _write_references(
        self, article_id: str, id: str, law: LawDraft, article: ArticleDraft, number: int | None
    ) -> None:
        rows = {
            (
                article_id, id, one.own_law, "" if one.own_law else target_key(one.citation),
                one.citation.article, one.citation.suffix, one.citation.paragraph, one.citation.item,
            )
            for one in read_references(article.text, law.title, number, article.suffix)
        }  # fmt: skip
        self._connection.executemany("INSERT INTO refs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def _insert_article(self, article_id: str, row: tuple[object, ...]) -> str:
        sql = "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        try:
            self._connection.execute(sql, (article_id, *row))
        except sqlite3.IntegrityError:
            # Another source uses the same id for another text: make ours distinct.
            article_id = f"{row[0]}-{article_id}-{row[1]}"
            self._connection.execute(sql, (article_id, *row))
        return article_id

    def _held(self, id: str) -> Text | None:
        """The text of that version that the store holds."""
        row = self._connection.execute(
            "SELECT source, official, maybe_truncated FROM versions WHERE id = ?", (id,)
        ).fetchone()
        if row is None:
            return None
        sql = "SELECT label, text FROM articles WHERE version_id = ? ORDER BY position"
        articles = tuple(self._connection.execute(sql, (id,)))
        return Text(row[0], bool(row[1]), bool(row[2]), articles)

    def _keep_variants(self, id: str, text: Text, labels: list[str]) -> None:
        self._connection.execute(
            "DELETE FROM variants WHERE version_id = ? AND source = ?", (id, text.source)
        )
        words = dict(text.articles)
        self._connection.executemany(
            "INSERT INTO variants VALUES (?, ?, ?, ?)",
            [(id, label, text.source, words[label]) for label in labels if label in words],
        )

    def _remove(self, id: str, *, variants: bool = True) -> int:
        for table in ("articles", "repeals", "refs", *(("variants",) if variants else ())):
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


def _conflict(
    law: LawDraft, keep: Text, other: Text, differing: list[tuple[str, str]], why: str
) -> Iterator[Defect]:
    """Name both sources, where they differ, which one is shown and by which rule."""
    named = f"《{law.title}》（{law.version_date or '日期不明'}）"
    if not differing:
        if len(keep.articles) != len(other.articles) or keep.source != other.source:
            yield Defect(law.source, f"{named}另有 {other.source}，文字相同", DefectKind.DUPLICATE)
        return
    shown = "、".join(f"{label}{what}" for label, what in differing[:5]) + ("等" if differing[5:] else "")
    yield Defect(
        law.source,
        f"{named}有两份来源，{len(differing)} 条不同：{shown}；采用 {keep.source}（{why}），"
        f"{other.source} 的文字另存备查",
        DefectKind.CONFLICT,
    )


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
