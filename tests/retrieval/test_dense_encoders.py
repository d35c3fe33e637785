"""The encoder that ships, and a sentence-transformers model in its place."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from index_samples import DOCUMENTS

from foundation.artefact import read_manifest, verify_artefact
from foundation.errors import ArtefactError
from retrieval.dense import EMBEDDED, FORMAT, KIND, SentenceTransformerEncoder, embedded, encoder_named
from retrieval.errors import IndexMismatch
from retrieval.index import LexicalIndex, build_index
from retrieval.searcher import Searcher


def test_the_shipped_encoder_is_whole_and_small() -> None:
    manifest = read_manifest(EMBEDDED, kind=KIND, format=FORMAT)
    verify_artefact(EMBEDDED, manifest)
    assert sum(path.stat().st_size for path in EMBEDDED.rglob("*")) <= 24_000_000
    assert embedded().hash == manifest.hash and embedded().dimensions == manifest.details["dimensions"]


def test_lay_words_lie_near_legal_ones_without_sharing_any() -> None:
    passages = [
        "劳动报酬应当及时足额支付，克扣的由人力资源行政部门责令改正。",
        "特种设备使用单位应当进行经常性维护保养。",
        "机动车停放不得妨碍其他车辆和行人通行。",
    ]
    near = embedded().encode_queries(["老板欠薪不给钱"])[0] @ embedded().encode_documents(passages).T
    assert near.argmax() == 0


def test_a_search_by_meaning_needs_no_torch() -> None:
    code = (
        "import sys; from retrieval.dense import embedded; embedded().encode_queries(['停电']);"
        "sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers model of random vectors over single characters."""
    sentence_transformers = pytest.importorskip("sentence_transformers")
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    characters = sorted({character for document in DOCUMENTS for character in document.text})
    vocabulary = {"?": 0} | {character: number for number, character in enumerate(characters, start=1)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    weights = np.random.default_rng(0).standard_normal((len(vocabulary), 16)).astype(np.float32)
    out = tmp_path_factory.mktemp("model") / "static"
    model = StaticEmbedding(tokenizer, embedding_weights=weights)
    sentence_transformers.SentenceTransformer(modules=[model], device="cpu").save(str(out))
    return out


@pytest.mark.slow
def test_a_sentence_transformers_model_takes_its_place(folder: Path, tmp_path: Path) -> None:
    encoder = SentenceTransformerEncoder(str(folder), offline=True)
    assert encoder.dimensions == 16 and encoder.hash.startswith("sha256:")
    vectors = encoder.encode_queries(["电梯"])
    assert vectors.dtype == np.float32 and np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    build_index(DOCUMENTS, tmp_path / "index", encoder=encoder)
    # The index names its encoder, so a search finds it without being told.
    hits = Searcher(LexicalIndex.open(tmp_path / "index")).search("电梯的维修由使用单位负责")
    assert hits[0].id == "lift-1"
    with pytest.raises(IndexMismatch):
        Searcher(LexicalIndex.open(tmp_path / "index"), embedded())


@pytest.mark.slow
def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers")
    with pytest.raises(ArtefactError, match="无法载入句向量模型"):
        encoder_named(str(tmp_path / "nowhere"))
