"""`zhili doctor` finds what is missing or broken and says how to mend it; it writes nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from legal_corpus.ingest import ingest
from legal_corpus.store import LawStore
from retrieval.errors import IndexMismatch
from retrieval.index import LexicalIndex, build_index
from retrieval.searcher import Searcher
from retrieval.sources import from_article
from service.doctor import Finding, Level, examine
from service.rooms import ALIEN_INDEX, NO_INDEX, OLD_INDEX, open_references
from service.settings import Settings


def settings(tmp_path: Path, **values: object) -> Settings:
    return Settings(home=tmp_path / "home", **values)  # type: ignore[arg-type]


def find(findings: list[Finding], name: str) -> Finding:
    return next(finding for finding in findings if finding.name == name)


def corpus(settings: Settings, title: str = "示例条例") -> None:
    """A law of our own making in the store."""
    source = settings.home.parent / f"{title}.jsonl"
    row = {
        "id": f"{title}-1",
        "law": title,
        "full_title": title,
        "level": "行政法规",
        "category": "行政法规",
        "region": "全国",
        "version_date": "2020-01-01",
        "effective_date": "2020-01-01",
        "current": True,
        "status": "current",
        "doc_type": "law",
        "chapter": "",
        "kind": "article",
        "article_no": "第一条",
        "article_int": 1,
        "article_suffix": 0,
        "text": "摆摊的人收摊后自己扫地。",
    }
    source.write_text(json.dumps(row, ensure_ascii=False) + "\n", "utf-8")
    ingest(source, settings.corpus_path, today=date(2026, 11, 22))


def index(settings: Settings) -> None:
    store = LawStore.open(settings.corpus_path)
    source = f"{settings.corpus_path.name} {store.status().content_hash}"
    build_index((from_article(article) for article in store.articles()), settings.index_path, source=source)


def test_a_fresh_home_has_warnings_but_no_law_or_index_at_fault(tmp_path: Path) -> None:
    found = examine(settings(tmp_path))
    assert find(found, "内置摘要").level is Level.OK
    assert find(found, "部门与事项目录").level is Level.OK
    assert find(found, "全文库").level is Level.WARN
    assert "zhili corpus" in find(found, "全文库").remedy
    assert find(found, "检索索引").level is Level.OK
    assert not (tmp_path / "home").exists()


def test_a_missing_router_is_a_fault_with_its_remedy(tmp_path: Path) -> None:
    found = find(examine(settings(tmp_path, router=tmp_path / "none")), "路由模型")
    assert found.level is Level.FAIL
    assert found.remedy


def test_a_home_that_cannot_be_written_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file in the way", "utf-8")
    assert find(examine(settings(tmp_path)), "数据目录").level is Level.WARN


def test_a_damaged_store_is_a_fault(tmp_path: Path) -> None:
    broken = settings(tmp_path)
    broken.home.mkdir()
    broken.corpus_path.write_bytes(b"no database at all" * 100)
    found = find(examine(broken), "全文库")
    assert found.level is Level.FAIL
    assert found.remedy


def test_store_and_index_are_compared(tmp_path: Path) -> None:
    mine = settings(tmp_path)
    corpus(mine)
    assert find(examine(mine), "检索索引").level is Level.WARN
    assert open_references(mine)[1] == (NO_INDEX,)
    index(mine)
    assert find(examine(mine), "检索索引").level is Level.OK
    references, notes = open_references(mine)
    assert notes == ()
    shown = references.governing("收摊后没人扫地", as_of=date(2026, 11, 22), region="")
    assert ("示例条例", "official") in [(cited.law, cited.text_kind) for cited in shown]
    corpus(mine, "又一条例")
    assert find(examine(mine), "检索索引").level is Level.FAIL
    assert open_references(mine)[1] == (ALIEN_INDEX,)


def test_an_index_of_another_encoder_is_a_fault_but_triage_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # After an upgrade doctor once said that all was well, and nothing else started.
    mine = settings(tmp_path)
    corpus(mine)
    index(mine)
    fresh = Searcher.__init__

    def refuse(self: Searcher, found: LexicalIndex, encoder: Any = None) -> None:
        if found.manifest is not None:
            raise IndexMismatch("向量由另一个编码器计算", remedy="用 zhili index build 重新建立索引")
        fresh(self, found, encoder)

    monkeypatch.setattr(Searcher, "__init__", refuse)
    finding = find(examine(mine), "检索索引")
    assert (finding.level, finding.remedy) == (Level.FAIL, "用 zhili index build 重新建立索引")
    references, notes = open_references(mine)
    assert notes == (OLD_INDEX,)
    assert references.governing("拖欠工资", as_of=date(2026, 11, 22), region="")


def test_a_damaged_index_is_a_fault(tmp_path: Path) -> None:
    mine = settings(tmp_path)
    corpus(mine)
    index(mine)
    documents = mine.index_path / "documents.jsonl"
    documents.write_bytes(documents.read_bytes().replace("摊".encode(), "店".encode()))
    assert find(examine(mine), "检索索引").level is Level.FAIL
