"""Training the reranker on a folder of ours: folds, priors, what is kept between runs, bad data."""

import json
import lzma
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from dense_samples import LAWS, QUESTIONS, write_training_folder

from foundation.errors import ArtefactError, FileProblem
from retrieval.dense import embedded
from retrieval.reranker import FEATURES, Reranker
from retrieval.seen import learned
from retrieval.training.cases import ARTICLES, COMPLAINTS, judged_complaints, national_law
from retrieval.training.commands import learn_reranker, reranker
from retrieval.training.kept import fold_encoders, national_index
from retrieval.training.recipe import Recipe, train_retriever
from retrieval.training.reranking import Case
from retrieval.values import Expected

TITLES = [law for law, texts in LAWS.items() for _ in texts]
STORY = "我们小区的事情拖了很久。打过电话也没有人来看一看。"


def cases() -> list[Case]:
    """Sixteen stories that tell nothing of their matter; only what is expected of the law does."""
    named = [(f"c{number}", place) for number, place in enumerate([*range(8), *range(8)])]
    return [
        Case(id, STORY, {f"a{place}"}, prior=Expected({}, {(TITLES[place], f"第{place}条"): 0.9}))
        for id, place in named
    ]


@pytest.fixture()
def data(tmp_path: Path) -> Path:
    write_training_folder(tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture(scope="module")
def keep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keep")
    write_training_folder(folder / "data")
    small = {"vocabulary": 1_000, "dimensions": 16, "batch": 8, "refine_batch": 8}
    for fold in range(5):
        train_retriever(folder / "data", folder / f"fold-{fold}", Recipe(**small, fold=fold))
    return folder


def best(run: dict[str, dict[str, float]], id: str) -> str:
    return max(run[id], key=lambda one: run[id][one])


def test_a_named_article_comes_first_and_not_without_the_prior(data: Path, tmp_path: Path) -> None:
    trained = learn_reranker(data, tmp_path / "keep", cases(), list, complaints_only=True)
    runs = trained.complaints.runs
    assert set(runs) == {"reranked", "no_prior", "fusion", "static"}
    wanted = {case.id: next(iter(case.core)) for case in cases()}
    assert all(best(runs["reranked"], id) == article for id, article in wanted.items())
    assert sum(best(runs["no_prior"], id) == article for id, article in wanted.items()) <= 4
    weights = dict(zip(FEATURES, trained.reranker.complaint.weights, strict=True))
    assert weights["article_prior"] == max(weights.values()) > 0
    assert trained.questions is None


def test_every_question_is_scored_by_the_encoder_of_its_fold(data: Path, keep: Path) -> None:
    trained = learn_reranker(data, keep, cases(), list)
    assert trained.questions is not None
    run = trained.questions.runs["reranked"]
    assert set(run) == {str(number) for number in range(len(QUESTIONS))}
    assert all(set(scores) <= {f"a{number}" for number in range(8)} for scores in run.values())
    assert trained.reranker.encoder_hash == embedded().hash
    # No question knows an expected article: those features teach nothing, and have no weight.
    weights = dict(zip(FEATURES, trained.reranker.question.weights, strict=True))
    assert weights["prior"] == weights["article_prior"] == 0


def test_an_encoder_that_saw_its_fold_is_refused(data: Path, tmp_path: Path) -> None:
    small = Recipe(vocabulary=500, dimensions=8, batch=8, refine_batch=8, pretrain_epochs=1, refine_epochs=1)
    train_retriever(data, tmp_path / "keep" / "fold-0", small)
    with pytest.raises(ArtefactError, match=r"不是留出第 0 折训练的.*fold = 0.*fold = None.*--fold 0"):
        fold_encoders(data, tmp_path / "keep", list)


def test_the_artefact_keeps_what_was_not_learned_again(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "reranker"
    manifest = reranker(data, out, tmp_path / "keep", cases(), list, complaints_only=True)
    written, shipped = Reranker.load(out), Reranker.load()
    assert np.allclose(written.question.weights, shipped.question.weights)
    assert written.popularity == shipped.popularity
    assert not np.allclose(written.complaint.weights, shipped.complaint.weights)
    assert learned([STORY], out).all() and not learned([STORY]).any()
    assert manifest.details["seen"] > 30_000, "what the shipped one has seen is seen"
    assert shipped.hash in manifest.details["how"]
    assert "33 features" not in (out / "README.md").read_text("utf-8")


def test_the_index_of_the_law_is_used_again_until_the_data_change(data: Path, tmp_path: Path) -> None:
    def build() -> str:
        index = national_index(data, tmp_path / "keep", embedded())
        assert index.manifest is not None
        return f"{index.manifest.created_at}{(tmp_path / 'keep/national/manifest.json').stat().st_mtime_ns}"

    first = build()
    assert build() == first
    change(data / ARTICLES, lambda rows: rows[:-1])
    assert build() != first
    assert len(national_index(data, tmp_path / "keep", embedded()).documents) == 7


def change(path: Path, how: Callable[[list[dict[str, object]]], list[dict[str, object]]]) -> None:
    packed = path.suffix == ".xz"
    text = (lzma.decompress(path.read_bytes()) if packed else path.read_bytes()).decode()
    rows = how([json.loads(line) for line in text.splitlines()])
    data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    path.write_bytes(lzma.compress(data) if packed else data)


def test_only_national_articles_in_force_are_searched(data: Path) -> None:
    odd = [{"current": False}, {"region": "某市"}, {"kind": "annex"}, {}]
    change(
        data / ARTICLES,
        lambda rows: [{**row, **more} for row, more in zip(rows[:4], odd, strict=True)],
    )
    assert [document.id for document in national_law(data)] == ["a3"]


def test_judged_complaints_and_what_is_wrong_with_them(data: Path) -> None:
    row = {"uid": 7, "title": "电梯", "text": "电梯坏了", "core": [{"id": "a0"}], "also": [{"id": "a1"}]}
    change(data / COMPLAINTS, lambda _: [row])
    (found,) = judged_complaints(data)
    assert (found.id, found.core, found.also) == ("7", {"a0"}, {"a1"})
    change(data / COMPLAINTS, lambda _: [row, {"uid": 8, "text": "没有标注"}])
    with pytest.raises(FileProblem, match=r"第 2 行无法使用.*没有 also、core"):
        judged_complaints(data)
