"""Search by words and meaning: filters before the cut, ties by id, the encoder must fit the index."""

import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from dense_samples import sample_encoder
from index_samples import DOCUMENTS

from foundation.errors import ArtefactError
from retrieval.dense import BagEncoder, Encoder, passage, unit
from retrieval.errors import IndexMismatch
from retrieval.index import LexicalIndex, build_index, verify_index
from retrieval.query import MOST_SENTENCES, aspects
from retrieval.searcher import Searcher
from retrieval.vectors import FILE, Vectors

ENCODER = sample_encoder()
QUERIES = ["夜里装修噪声", "物业收费电梯", "供暖", "旧物业"]
QUERIES += ["电梯坏了\n物业收费不公示。夜里装修噪声影响邻居！请处理"]


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    return Searcher(LexicalIndex.in_memory(DOCUMENTS, ENCODER), ENCODER)


def test_vectors_are_unit_and_alone_or_together_the_same() -> None:
    texts = [passage(document) for document in DOCUMENTS]
    together = ENCODER.encode_documents(texts)
    assert np.allclose(np.linalg.norm(together, axis=1), 1)
    assert together.dtype == np.float32
    for text, row in zip(texts, together, strict=True):
        assert np.array_equal(ENCODER.encode_queries([text])[0], row)


def test_a_text_without_known_tokens_is_zero_and_changes_nothing(searcher: Searcher) -> None:
    assert not ENCODER.encode_queries(["鼋鼍", ""]).any()
    assert ENCODER.encode_documents([]).shape == (0, 64)
    assert searcher.search("鼋鼍") == []


def test_hits_are_ordered_positive_and_explained(searcher: Searcher) -> None:
    hits = searcher.search("电梯的维修由使用单位负责，物业要排除故障")
    assert hits[0].id == "lift-1" and {"电梯", "维修", "物业"} <= set(hits[0].why)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(left.score >= right.score > 0 for left, right in pairwise(hits))


def test_the_score_stays_on_the_lexical_scale(searcher: Searcher) -> None:
    lexical = Searcher(LexicalIndex.in_memory(DOCUMENTS))
    for query in QUERIES:
        assert searcher.search(query)[0].score <= lexical.search(query)[0].score * (1 + 1e-6)


def test_filters_come_before_the_cut(searcher: Searcher) -> None:
    found = searcher.search("夜里装修噪声劝阻", 1, as_of=date(2026, 1, 1))
    assert [hit.id for hit in found] == ["noise-1"]
    allowed = {"lift-1", "noise-1", "sh-1", "plain"}
    for query in QUERIES:
        ids = {hit.id for hit in searcher.search(query, 100, as_of=date(2026, 1, 1), region="上海")}
        assert ids <= allowed
        assert len(ids) == len(allowed)


def test_nearest_looks_only_at_what_is_allowed() -> None:
    vectors = Vectors.build(DOCUMENTS, ENCODER)
    allowed = np.array([True, False] * 4)[: len(DOCUMENTS)]
    vector = ENCODER.encode_queries(["夜里装修噪声"])[0]
    assert set(vectors.nearest(vector[None, :], 100, allowed)) == set(np.flatnonzero(allowed))
    assert len(vectors.nearest(vector[None, :], 2, allowed)) == 2
    exact = ENCODER.encode_documents([passage(document) for document in DOCUMENTS]) @ vector
    assert np.allclose(vectors.cosines(vector[None, :], np.arange(len(DOCUMENTS)))[:, 0], exact, atol=2e-3)
    assert set(vectors.nearest(vector[None, :], 3)) == set(np.argsort(-exact)[:3])


def test_the_written_index_answers_like_the_one_in_memory(searcher: Searcher, tmp_path: Path) -> None:
    build_index(reversed(DOCUMENTS), tmp_path / "index", encoder=ENCODER)
    opened = Searcher(LexicalIndex.open(tmp_path / "index"), ENCODER)
    for query in QUERIES:
        assert opened.search(query) == searcher.search(query) == searcher.search(query)
    assert verify_index(tmp_path / "index").details["encoder"]["name"] == "sample"


def test_building_twice_gives_the_same_artefact(tmp_path: Path) -> None:
    one = build_index(DOCUMENTS, tmp_path / "one", encoder=ENCODER)
    two = build_index(reversed(DOCUMENTS), tmp_path / "two", encoder=ENCODER)
    assert one.hash == two.hash
    assert one.hash != build_index(DOCUMENTS, tmp_path / "three").hash


@pytest.mark.parametrize("other", [sample_encoder(1), sample_encoder(0, "another")])
def test_another_encoder_is_refused(tmp_path: Path, other: Encoder) -> None:
    build_index(DOCUMENTS, tmp_path / "index", encoder=ENCODER)
    with pytest.raises(IndexMismatch, match="索引中的向量不是由这个编码器计算的") as caught:
        Searcher(LexicalIndex.open(tmp_path / "index"), other)
    assert caught.value.expected.startswith("sample sha256:0") and "index build" in caught.value.remedy


def test_a_lexical_index_stays_lexical(tmp_path: Path) -> None:
    index = build_index(DOCUMENTS, tmp_path / "index")
    assert index.vectors is None and not (tmp_path / "index" / FILE).exists()
    assert Searcher(index).search("股票") == []


def test_an_index_from_before_there_were_vectors_opens(tmp_path: Path) -> None:
    build_index(DOCUMENTS, tmp_path / "index")
    manifest = json.loads((tmp_path / "index" / "manifest.json").read_text("utf-8"))
    del manifest["details"]["encoder"]
    (tmp_path / "index" / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert Searcher(LexicalIndex.open(tmp_path / "index")).search("供暖")[0].id == "plain"


@pytest.mark.parametrize("damage", ["missing", "cut", "alien"])
def test_damaged_vectors_are_refused(tmp_path: Path, damage: str) -> None:
    build_index(DOCUMENTS, tmp_path / "index", encoder=ENCODER)
    path = tmp_path / "index" / FILE
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:60])
    else:
        Vectors.build(DOCUMENTS[:3], ENCODER).save(tmp_path / "index")
    with pytest.raises(IndexMismatch, match="与本程序不符"):
        LexicalIndex.open(tmp_path / "index")


def test_a_missing_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="没有找到可用的 encoder 目录"):
        BagEncoder.load(tmp_path)


def test_unit_keeps_zero_rows() -> None:
    rows = unit(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32))
    assert np.allclose(rows, [[0.6, 0.8], [0, 0]])


def test_a_complaint_is_looked_at_whole_by_headline_and_by_sentence() -> None:
    assert aspects("电梯坏了怎么办？") == ["电梯坏了怎么办？"]
    complaint = "小区电梯坏了\n您好。电梯停了三天没人修！物业说没有钱；请处理一下吧"
    assert aspects(complaint) == [
        complaint,
        "小区电梯坏了",
        "小区电梯坏了",
        "电梯停了三天没人修",
        "物业说没有钱",
        "请处理一下吧",
    ]
    assert len(aspects("电梯停了三天。" * 1000)) == MOST_SENTENCES + 2
