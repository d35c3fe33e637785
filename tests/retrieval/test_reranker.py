"""The reranker over small indexes of our own: order, priors, traits, artefact."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from dense_samples import LAWS, sample_encoder

from foundation.errors import ArtefactError
from retrieval.dense import embedded as embedded_encoder
from retrieval.index import LexicalIndex, build_index
from retrieval.reranker import EMBEDDED, FEATURES, MODEL, Linear, Popularity, Reranker, embedded, law_key
from retrieval.reranker import LAWS as LAWS_FILE
from retrieval.searcher import Searcher, raised
from retrieval.traits import COLUMNS, Traits, name_number
from retrieval.values import Document, Expected

DOCUMENTS = [
    Document(f"d{number}", law, f"第{'一二'[place]}条", text)
    for number, (law, place, text) in enumerate(
        (law, place, text) for law, texts in LAWS.items() for place, text in enumerate(texts)
    )
]


def _reranker(popularity: Popularity | None = None, **weights: float) -> Reranker:
    ones = np.ones(len(FEATURES))
    chosen = np.array([weights.get(name, 0.0) for name in FEATURES])
    model = Linear(np.zeros(len(FEATURES)), ones, chosen)
    return Reranker(model, model, popularity or Popularity({}, {}), sample_encoder().hash)


def _searcher(tmp_path: Path, reranker: Reranker) -> Searcher:
    index = build_index(DOCUMENTS, tmp_path / "index", encoder=sample_encoder())
    return Searcher(index, sample_encoder(), reranker=reranker)


def test_the_weights_decide_the_order_and_scores_fall(tmp_path: Path) -> None:
    found = _searcher(tmp_path, _reranker(length=1.0)).search("电梯坏了没人修", 8)
    lengths = [next(len(d.text) for d in DOCUMENTS if d.id == hit.id) for hit in found]
    assert len(found) == len(DOCUMENTS) and lengths == sorted(lengths, reverse=True)
    assert all(hit.score > 0 for hit in found)
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


def test_a_prior_lifts_the_law_that_is_expected_and_is_no_filter(tmp_path: Path) -> None:
    searcher = _searcher(tmp_path, _reranker(gap=1.0, prior=10.0))
    plain = searcher.search("电梯坏了没人修", 8)
    hoped = searcher.search("电梯坏了没人修", 8, prior=Expected({"供暖办法": 1.0}))
    laws = {document.id: document.law for document in DOCUMENTS}
    assert laws[plain[0].id] == "电梯安全规定"
    assert [laws[hit.id] for hit in hoped[:2]] == ["供暖办法", "供暖办法"]
    assert {hit.id for hit in hoped} == {hit.id for hit in plain}


def test_a_prior_on_one_article_lifts_it_above_its_law(tmp_path: Path) -> None:
    searcher = _searcher(tmp_path, _reranker(gap=1.0, prior=1.0, article_prior=10.0))
    prior = Expected({"供暖办法": 1.0}, {("供暖办法", "第二条"): 1.0, ("没有的法", "第一条"): 5.0})
    found = searcher.search("电梯坏了没人修", 8, prior=prior)
    named = next(d.id for d in DOCUMENTS if (d.law, d.article) == ("供暖办法", "第二条"))
    assert found[0].id == named and len(found) == len(DOCUMENTS)
    plain = searcher.search("电梯坏了没人修", 8, prior=prior.laws_only())
    assert plain[0].id != named and prior and not Expected()


def test_what_people_ask_about_counts(tmp_path: Path) -> None:
    known = Popularity({law_key("工资条例"): (50, 0)}, {name_number("工资条例", "第二条"): 9})
    found = _searcher(tmp_path, _reranker(known, law_asked=1.0, article_asked=1.0)).search("电梯", 8)
    assert [hit.id for hit in found[:2]] == ["d7", "d6"]


def test_without_reranking_the_first_order_stays(tmp_path: Path) -> None:
    index = build_index(DOCUMENTS, tmp_path / "index", encoder=sample_encoder())
    plain = Searcher(index, sample_encoder(), rerank=False)
    assert plain.ranking is None
    # The shipped reranker knows another encoder: it keeps out of this index.
    assert Searcher(index, sample_encoder()).ranking is None
    assert plain.search("电梯", 5) == Searcher(index, sample_encoder()).search("电梯", 5)


def test_a_complaint_of_several_sentences_has_its_own_weights(tmp_path: Path) -> None:
    one = _reranker(length=1.0)
    both = replace(one, complaint=replace(one.complaint, weights=-one.complaint.weights))
    searcher = _searcher(tmp_path, both)
    question, story = (
        searcher.search("电梯坏了没人修", 8),
        searcher.search("电梯坏了没人修。晚上还很吵闹啊。", 8),
    )
    lengths = {document.id: len(document.text) for document in DOCUMENTS}
    assert lengths[question[0].id] == max(lengths.values())
    assert lengths[story[0].id] == min(lengths.values())


def test_raised_scores_stand_above_the_rest_even_where_all_tie() -> None:
    scores = raised(np.full(4, 2.0, np.float32), np.array([3, 1]), np.array([0.5, 0.1]))
    assert list(np.argsort(-scores, kind="stable")[:2]) == [3, 1]
    assert scores[1] > scores[0] == scores[2] == 2.0


def test_traits_tell_duty_from_purpose() -> None:
    traits = Traits.of(
        [
            Document("a", "电梯法", "第一条", "为了电梯安全，制定本法。"),
            Document("b", "电梯法", "第十一条", "不得带病运行，违者罚款。"),
            Document("c", "某办法", "", "没有编号。"),
        ]
    )
    table = {name: traits.values[:, number] for number, name in enumerate(COLUMNS)}
    assert table["purpose"].tolist() == [1, 0, 0] and table["fine"].tolist() == [0, 1, 0]
    assert table["relative_place"].tolist() == [0, 1, 0]
    assert table["is_statute"].tolist() == [1, 1, 0] and table["is_rule"].tolist() == [0, 0, 1]
    assert len(set(traits.names.tolist())) == 3


def test_the_shipped_reranker_fits_the_shipped_encoder() -> None:
    shipped = embedded()
    assert shipped.encoder_hash == embedded_encoder().hash
    weights = dict(zip(FEATURES, shipped.complaint.weights, strict=True))
    assert weights["prior"] > 0 and weights["article_prior"] > 0 and weights["rank"] < 0
    size = sum(path.stat().st_size for path in EMBEDDED.parent.rglob("*") if path.is_file())
    assert size < 30e6


@pytest.mark.parametrize("name", [MODEL, LAWS_FILE])
def test_a_damaged_reranker_says_so(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "reranker"
    folder.mkdir()
    for path in EMBEDDED.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / name).write_text("{", "utf-8")
    with pytest.raises(ArtefactError, match=r"已损坏.*重新安装"):
        Reranker.load(folder)


def test_a_reranker_of_other_features_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "reranker"
    folder.mkdir()
    for path in EMBEDDED.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["details"]["features"] = ["meaning"]
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
    with pytest.raises(ArtefactError, match="特征不符"):
        Reranker.load(folder)


def test_only_new_texts_are_encoded_again(tmp_path: Path) -> None:
    class Counting:
        def __init__(self) -> None:
            self.own = sample_encoder()
            self.name, self.hash, self.dimensions = self.own.name, self.own.hash, self.own.dimensions
            self.encoded: list[str] = []

        def encode_queries(self, texts: list[str]) -> np.ndarray:
            return self.own.encode_queries(texts)

        def encode_documents(self, texts: list[str]) -> np.ndarray:
            self.encoded += texts
            return self.own.encode_documents(texts)

    encoder = Counting()
    build_index(DOCUMENTS, tmp_path / "index", encoder=encoder)
    assert len(encoder.encoded) == len(DOCUMENTS)
    encoder.encoded.clear()
    changed = [replace(DOCUMENTS[0], text="电梯由物业公司维修。"), *DOCUMENTS[1:]]
    index = build_index(changed, tmp_path / "index", encoder=encoder)
    assert encoder.encoded == ["电梯安全规定\n电梯由物业公司维修。"]
    fresh = build_index(changed, tmp_path / "fresh", encoder=encoder)
    assert index.vectors is not None and fresh.vectors is not None
    assert np.array_equal(index.vectors._halves, fresh.vectors._halves)
    # Another encoder's vectors are of no use.
    other = sample_encoder(seed=1)
    again = build_index(changed, tmp_path / "index", encoder=other)
    assert again.vectors is not None and again.vectors.encoder_hash == other.hash


def test_an_index_without_traits_is_searched_without_reranking(tmp_path: Path) -> None:
    index = build_index(DOCUMENTS, tmp_path / "index", encoder=sample_encoder())
    old = LexicalIndex(index.documents, index.lexical, index.facets, index.manifest, index.vectors)
    assert Searcher(old, sample_encoder(), reranker=_reranker(length=1.0)).ranking is None
