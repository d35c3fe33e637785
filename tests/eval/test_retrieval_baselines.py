"""`zhili eval retrieval-baselines`: peers over one index, by hand where a hand can follow."""

from math import log1p
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from eval.commands import commands
from eval.errors import DataMissing
from eval.retrieval import evaluate_run
from eval.retrieval_baselines import measure_baselines
from eval.search_peers import K1, B, Bm25, Dense, Lsa, pairs, segmented
from retrieval.dense import embedded
from retrieval.index import build_index
from retrieval.values import Document

TEXTS = ["电梯坏了由物业维修", "暖气不热要退费", "路灯由市政维修", "夜里施工要停工"]


def test_tokens_of_either_kind() -> None:
    assert pairs("电梯坏了 abc 第35条") == ["电梯", "梯坏", "坏了", "abc", "第三十五条"]
    assert "电梯" in segmented("电梯坏了") and "梯坏" not in segmented("电梯坏了")


def test_bm25_is_the_formula() -> None:
    scores = Bm25(TEXTS, pairs).scores("维修维修")
    assert [bool(score) for score in scores] == [True, False, True, False]
    length = np.array([len(pairs(text)) for text in TEXTS])
    rarity = log1p((4 - 2 + 0.5) / (2 + 0.5))
    # 维修 stands twice in the question (修维 in no text), once in each of the two documents.
    expected = 2 * rarity / (1 + K1 * (1 - B + B * length[2] / length.mean()))
    assert scores[2] == pytest.approx(expected, rel=1e-5)
    assert scores[2] > scores[0], "the shorter text weighs more"


def test_every_peer_puts_the_text_itself_first() -> None:
    for peer in (Bm25(TEXTS, segmented), Bm25(TEXTS, pairs), Lsa(TEXTS * 3, 8), Dense(TEXTS, embedded())):
        assert [int(peer.scores(text).argmax()) for text in TEXTS] == [0, 1, 2, 3]


@pytest.fixture()
def files(tmp_path: Path) -> dict[str, Path]:
    documents = [Document(f"d{at}", f"样本{at}规定", "第一条", text) for at, text in enumerate(TEXTS)]
    build_index(documents, tmp_path / "index", encoder=embedded())
    (tmp_path / "q.tsv").write_text("1\t电梯维修找物业\n2\t暖气退费\n3\t？？\n", "utf-8")
    (tmp_path / "qrels").write_text("1 0 d0 1\n2 0 d1 1\n3 0 d2 1\n", "utf-8")
    return {"queries": tmp_path / "q.tsv", "qrels": tmp_path / "qrels"}


def test_all_orders_in_one_run(files: dict[str, Path], tmp_path: Path) -> None:
    result = measure_baselines(**files, index_path=tmp_path / "index", runs=tmp_path / "runs")
    names = ["bm25_words", "bm25_pairs", "lsa", "lexical", "static", "fused", "reranked"]
    assert list(dict.fromkeys(name.split(".")[0] for name in result.scores)) == names
    assert all(score.n == 3 for score in result.scores.values()), "what cannot be searched counts as 0"
    assert result.scores["bm25_pairs.R@1"].value == pytest.approx(2 / 3, abs=1e-6)
    best = result.details["best"]
    assert set(result.details["best_against"]) == {*names} - {best}
    again = evaluate_run(**files, scored=tmp_path / "runs" / "bm25_words.trec")
    assert again.scores["MRR@10"] == result.scores["bm25_words.MRR@10"]


def test_models_that_learned_from_the_questions_are_left_out(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.retrieval_baselines.learned", lambda texts: np.ones(len(texts), np.bool_))
    options = [part for name, path in files.items() for part in (f"--{name}", str(path))]
    done = CliRunner().invoke(commands, ["retrieval-baselines", *options, "--index", str(tmp_path / "index")])
    assert done.exit_code == 0, done.output
    assert "未列入（模型学过其中的问题）：static、fused、reranked" in done.output
    assert "lexical.R@10" in done.output and "fused.R@10" not in done.output
    index = tmp_path / "index"
    some = measure_baselines(**files, index_path=index, only=["lexical", "fused"])
    assert some.details["left_out"] == ["fused"] and some.details["best"] == "lexical"
    with pytest.raises(DataMissing, match=r"要测的模型都学过其中的问题.*fused、static"):
        measure_baselines(**files, index_path=index, only=["fused", "static"])


def test_a_few_peers_can_be_asked_for_and_a_strange_one_is_named(
    files: dict[str, Path], tmp_path: Path
) -> None:
    result = measure_baselines(**files, index_path=tmp_path / "index", only=["lsa", "static"])
    assert {name.split(".")[0] for name in result.scores} == {"lsa", "static"}
    with pytest.raises(DataMissing, match=r"没有名为 transformer 的检索模型.*--transformer"):
        measure_baselines(**files, index_path=tmp_path / "index", only=["transformer"])
