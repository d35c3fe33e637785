from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from legal_corpus.errors import StoreError
from legal_corpus.schema import MIGRATIONS, SCHEMA
from legal_corpus.source import applies_in, region_name
from legal_corpus.store import LawStore

TODAY = date(2026, 11, 22)


def test_as_of_and_region(store: LawStore) -> None:
    then = {one.text for one in store.articles(as_of=date(2018, 1, 1)) if one.law.title == "样例管理法"}
    now = {one.text for one in store.articles(as_of=TODAY) if one.law.title == "样例管理法"}
    assert "旧的第一条。" in then and "新的第一条。" not in then
    assert "新的第一条。" in now and "旧的第一条。" not in now
    regions = {one.law.region for one in store.articles(as_of=TODAY, region="甲省某市")}
    assert regions == {"全国", "甲省"}
    assert len(list(store.articles())) == store.status().articles
    assert all(one.law.in_force_on(TODAY) for one in store.articles(as_of=TODAY))


def test_article_by_id(store: LawStore) -> None:
    for one in store.articles():
        assert store.article(one.id) == one
    assert store.article("nothing") is None


def test_every_spelling_of_a_title(store: LawStore) -> None:
    for title in ("样例管理法", "中华人民共和国样例管理法", "《样例管理法》", "样例 管理法"):
        assert len(store.versions(title)) == 2
    assert store.versions("别的法") == ()
    assert store.titles() == sorted(store.titles())


def test_threads_share_a_store(store: LawStore) -> None:
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: len(list(store.articles())), range(8)))
    assert set(counts) == {store.status().articles}


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"没有法律库.*zhili corpus ingest"):
        LawStore.open(tmp_path / "nothing.sqlite3")


@pytest.mark.parametrize("data", [b"", b"binary" * 1000])
def test_damaged(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "c.sqlite3").write_bytes(data)
    with pytest.raises(StoreError, match="不是法律库"):
        LawStore.open(tmp_path / "c.sqlite3")


def test_damaged_inside(store: LawStore) -> None:
    store.close()
    data = bytearray(store.path.read_bytes())
    data[4096 * 2 :] = b"\xff" * (len(data) - 4096 * 2)
    store.path.write_bytes(data)
    with pytest.raises(StoreError, match="损坏"):
        list(LawStore.open(store.path).articles())


def test_locked(store: LawStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.close()
    other = sqlite3.connect(store.path)
    other.execute("BEGIN EXCLUSIVE")
    connect = sqlite3.connect
    monkeypatch.setattr("legal_corpus.store.sqlite3.connect", lambda *a, **k: connect(*a, **k, timeout=0.1))
    with pytest.raises(StoreError, match="被另一个程序占用"):
        LawStore.open(store.path)
    other.close()


def test_newer_schema(store: LawStore) -> None:
    store.close()
    with sqlite3.connect(store.path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    with pytest.raises(StoreError, match="更新的程序"):
        LawStore.open(store.path)


def test_a_store_of_the_first_schema_still_opens(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.executescript(MIGRATIONS[0] + "PRAGMA user_version = 1;")
        connection.execute(
            "INSERT INTO versions VALUES ('v', '某法', '全国', '某法', '某法', '法律', '2020-01-01', NULL,"
            " 0, 0, 0, '', '', '[]', '', '', '', NULL, NULL, 'in_force', '')"
        )
        connection.execute("INSERT INTO articles VALUES ('a', 'v', 0, 1, 0, '第一条', '', 'article', '内容')")
    with LawStore.open(path) as store:
        assert store.versions("某法")[0].id == "v"
        assert store.status().schema == SCHEMA
        assert not store.status().complete, "it must be ingested again"


@pytest.mark.parametrize(
    ("region", "name"), [("北京市", "北京"), ("广西壮族自治区", "广西"), ("山东省", "山东"), ("沙市", "沙市")]
)
def test_region_names(region: str, name: str) -> None:
    assert region_name(region) == name


def test_regions(store: LawStore) -> None:
    (local,) = store.versions("甲省样例绿化条例")
    assert applies_in(local, None) and applies_in(local, "甲省") and applies_in(local, "甲省乙市")
    assert not applies_in(local, "丙省")
