"""The index as an artefact: built whole, mapped, compared on opening; its scores are those of the formula."""

import json
from collections import Counter
from math import log
from pathlib import Path

import numpy as np
import pytest
from index_samples import DOCUMENTS

import retrieval.index
from retrieval.errors import BadCorpus, IndexMismatch, IndexMissing
from retrieval.index import LexicalIndex, build_index, verify_index
from retrieval.lexical import K1, B, tokens_of
from retrieval.query import weighted_tokens
from retrieval.searcher import Searcher
from retrieval.values import Document


def by_hand(documents: list[Document], query: str) -> list[float]:
    """BM25 (Lucene's form) written out, without bm25s."""
    bags = [Counter(tokens_of(document)) for document in documents]
    average = sum(map(sum, (bag.values() for bag in bags))) / len(bags)
    scores = [0.0] * len(bags)
    for token, weight in weighted_tokens(query).items():
        holders = sum(token in bag for bag in bags)
        rarity = log(1 + (len(bags) - holders + 0.5) / (holders + 0.5))
        for number, bag in enumerate(bags):
            length = 1 - B + B * sum(bag.values()) / average
            scores[number] += weight * rarity * bag[token] / (bag[token] + K1 * length)
    return scores


@pytest.mark.parametrize("query", ["电梯维修", "夜里装修噪声噪声", "第八条", "物业收费谁来定", "xyz"])
def test_scores_are_those_of_the_formula(query: str) -> None:
    index = LexicalIndex.in_memory(DOCUMENTS)
    expected = by_hand(list(index.documents), query)
    assert index.lexical.scores(weighted_tokens(query)) == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_a_written_index_answers_like_one_in_memory(tmp_path: Path) -> None:
    steps: list[str] = []
    written = build_index(
        DOCUMENTS, tmp_path / "index", progress=lambda done, total, what: steps.append(what)
    )
    assert list(written.documents) == list(LexicalIndex.in_memory(reversed(DOCUMENTS)).documents)
    fresh, memory = (
        Searcher(LexicalIndex.open(tmp_path / "index")),
        Searcher(LexicalIndex.in_memory(DOCUMENTS)),
    )
    for query in ("物业收费", "电梯", "邻居夜里装修"):
        assert fresh.search(query) == memory.search(query)
    assert {"读取语料", "切分文本", "写入索引"} <= set(steps)
    assert isinstance(written.lexical.weights.base, np.memmap)


def test_the_manifest_counts_and_names_the_corpus_not_the_order(tmp_path: Path) -> None:
    one = build_index(DOCUMENTS, tmp_path / "one", source="a.jsonl")
    two = build_index(reversed(DOCUMENTS), tmp_path / "two", source="a.jsonl")
    assert one.manifest is not None and one.manifest.details["documents"] == len(DOCUMENTS)
    assert one.hash == two.hash != ""
    assert LexicalIndex.in_memory(DOCUMENTS).hash == ""


def test_documents_are_found_by_id(tmp_path: Path) -> None:
    index = build_index(DOCUMENTS, tmp_path / "index")
    assert [index.document(document.id) for document in DOCUMENTS] == DOCUMENTS
    assert index.document("zzz") is None and index.document("") is None


def test_no_pickle_is_written(tmp_path: Path) -> None:
    build_index(DOCUMENTS, tmp_path / "index")
    for path in (tmp_path / "index").rglob("*.npy"):
        np.load(path, allow_pickle=False)


def test_a_missing_index_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match=r"没有找到检索索引.*先运行 zhili index build"):
        LexicalIndex.open(tmp_path / "nowhere")
    (tmp_path / "half").mkdir()
    with pytest.raises(IndexMissing, match="目录中没有清单"):
        LexicalIndex.open(tmp_path / "half")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"kind": "router"}, "不是本程序能读的产物"),
        ({"format": 99}, "不是本程序能读的产物"),
    ],
)
def test_an_alien_manifest_is_refused(tmp_path: Path, change: dict[str, object], text: str) -> None:
    build_index(DOCUMENTS, tmp_path / "index")
    path = tmp_path / "index" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **change}), "utf-8")
    with pytest.raises(IndexMismatch, match=text):
        LexicalIndex.open(tmp_path / "index")


def test_another_analyzer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_index(DOCUMENTS, tmp_path / "index")
    monkeypatch.setattr(retrieval.index, "ANALYZER", "another")
    with pytest.raises(
        IndexMismatch, match=r"与本程序不符；应为：分词与权重方案 another.*实际：zh-char-pair"
    ):
        LexicalIndex.open(tmp_path / "index")


@pytest.mark.parametrize("name", ["bm25/data.csc.index.npy", "documents.jsonl", "places.json", "place.npy"])
@pytest.mark.parametrize("content", [None, b"", b"\x00\x01garbage"])
def test_a_damaged_index_is_refused(tmp_path: Path, name: str, content: bytes | None) -> None:
    build_index(DOCUMENTS, tmp_path / "index")
    path = tmp_path / "index" / name
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    with pytest.raises(IndexMismatch, match="重新建立索引"):
        LexicalIndex.open(tmp_path / "index")


def test_verify_finds_a_changed_byte(tmp_path: Path) -> None:
    build_index(DOCUMENTS, tmp_path / "index")
    verify_index(tmp_path / "index")
    path = tmp_path / "index" / "documents.jsonl"
    path.write_bytes(path.read_bytes().replace(b"lift-1", b"lift-2"))
    with pytest.raises(IndexMismatch, match="sha256:"):
        verify_index(tmp_path / "index")


def test_a_failed_build_leaves_the_old_index_whole(tmp_path: Path) -> None:
    build_index(DOCUMENTS, tmp_path / "index")
    with pytest.raises(BadCorpus, match=r"重复的 id.*实际：lift-1"):
        build_index([*DOCUMENTS, DOCUMENTS[0]], tmp_path / "index")
    with pytest.raises(BadCorpus, match="没有可以建立索引的内容"):
        build_index([], tmp_path / "index")
    assert len(LexicalIndex.open(tmp_path / "index").documents) == len(DOCUMENTS)
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_texts_without_a_single_token_can_be_indexed(tmp_path: Path) -> None:
    index = build_index([Document("a", "", "", "。。。"), Document("b", "", "", "！")], tmp_path / "index")
    assert Searcher(index).search("电梯") == []
