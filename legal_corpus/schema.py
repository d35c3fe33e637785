"""The SQLite schema of the store: numbered migrations, applied in order, never edited afterwards.

`PRAGMA user_version` holds the number of the last migration applied. The journal is not WAL: a store is
built aside and renamed into place, never written to while it is read, and a `-wal` file left beside a renamed
database could be replayed into the wrong one.
"""

from __future__ import annotations

import sqlite3

MIGRATIONS: tuple[str, ...] = (
    # 1: laws, their versions, articles, and what the status is judged from.
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE versions (
        id TEXT PRIMARY KEY,
        law_key TEXT NOT NULL, region TEXT NOT NULL,
        title TEXT NOT NULL, full_title TEXT NOT NULL, level TEXT NOT NULL,
        version_date TEXT, given_from TEXT, expired INTEGER NOT NULL, amending INTEGER NOT NULL,
        maybe_truncated INTEGER NOT NULL, given_status TEXT NOT NULL, given_reason TEXT NOT NULL,
        notes TEXT NOT NULL, source TEXT NOT NULL, origin TEXT NOT NULL, content_hash TEXT NOT NULL,
        valid_from TEXT, valid_to TEXT, status TEXT NOT NULL DEFAULT 'unknown',
        reason TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX versions_law ON versions (law_key, region);
    CREATE TABLE articles (
        id TEXT PRIMARY KEY,
        version_id TEXT NOT NULL REFERENCES versions (id),
        position INTEGER NOT NULL, number INTEGER, suffix INTEGER NOT NULL,
        label TEXT NOT NULL, chapter TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL
    );
    CREATE INDEX articles_version ON articles (version_id, position);
    CREATE TABLE repeals (
        version_id TEXT NOT NULL REFERENCES versions (id),
        target TEXT NOT NULL, day TEXT, clause TEXT NOT NULL
    );
    CREATE INDEX repeals_version ON repeals (version_id);
    """,
    # 2: full titles are looked up too: their key differs where the source's short title is an abridgement.
    """
    ALTER TABLE versions ADD COLUMN full_key TEXT NOT NULL DEFAULT '';
    UPDATE versions SET full_key = law_key;
    CREATE INDEX versions_full_key ON versions (full_key);
    """,
    # 3: who refers to whom, what is wrong with the sources, the words of a source not preferred.
    # They are filled by an ingest; `meta.refs` tells that it was done (else: ingest again).
    """
    ALTER TABLE versions ADD COLUMN official INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE refs (
        article_id TEXT NOT NULL, version_id TEXT NOT NULL, own INTEGER NOT NULL, target TEXT NOT NULL,
        number INTEGER NOT NULL, suffix INTEGER NOT NULL, paragraph INTEGER, item INTEGER
    );
    CREATE INDEX refs_target ON refs (target, number, suffix);
    CREATE INDEX refs_version ON refs (version_id);
    CREATE TABLE defects (origin TEXT NOT NULL, place TEXT NOT NULL, kind TEXT NOT NULL, what TEXT NOT NULL);
    CREATE TABLE variants (
        version_id TEXT NOT NULL, label TEXT NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL
    );
    CREATE INDEX variants_version ON variants (version_id);
    """,
)
SCHEMA = len(MIGRATIONS)


def schema_of(connection: sqlite3.Connection) -> int:
    """The number of the last migration applied; 0 for an empty database."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the migrations that are missing, each in its own transaction."""
    for number in range(schema_of(connection) + 1, SCHEMA + 1):
        script = MIGRATIONS[number - 1]
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")
