"""The peers of the router: each reads the text, none sees a test row, the pairs are told rightly."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.baseline_networks import BUCKETS, LONGEST, PADDING, hashed_grams
from eval.baselines import LINEAR, PEERS, Columns, Held, Peer, evaluate_baselines, mcnemar
from eval.errors import ContaminatedData, DataMissing
from eval.result import save_result
from triage.classifier.router import Router
from triage.training.data import TrainingRow, load_rows
from triage.training.recipe import train_router
from triage.training.split import Split, folds, split_rows

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "triage"))

from router_samples import gold_rows, level1_rows, small_recipe, write_rows

COPIES = 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`level1.jsonl`, and in `router` a router that was trained on its training part."""
    made = tmp_path_factory.mktemp("baselines")
    files = [
        write_rows(made / "gold.jsonl", gold_rows(5)),
        write_rows(made / "level1.jsonl", level1_rows(COPIES)),
    ]
    train_router(files, made / "router", small_recipe())
    return made


@pytest.fixture(scope="module")
def split(folder: Path) -> Split:
    return split_rows(load_rows([folder / "level1.jsonl"]))


def numbers(rows: Sequence[TrainingRow]) -> Columns:
    classes = sorted({str(row["label"]) for row in level1_rows(1)})
    return np.array([classes.index(row.level1 or "") for row in rows], dtype=np.int64)


class Constant:
    """Ignores the text."""

    size = 1

    def predict(self, texts: Sequence[str]) -> Columns:
        return np.zeros(len(texts), dtype=np.int64)


@pytest.mark.parametrize("name", PEERS)
def test_every_peer_reads_the_text(split: Split, name: str) -> None:
    train, test = list(split.train), list(split.test)
    held = np.array(folds(train, 5)) == 0
    peer = PEERS[name]([row.text for row in train], numbers(train), held)
    found = peer.predict([row.text for row in test])
    assert np.mean(found == numbers(test)) > 0.8  # a guess has a quarter
    assert peer.size > 1000
    # The order of the texts is not a clue: the same answer alone and among others.
    alone = [int(peer.predict([row.text])[0]) for row in test[:5]]
    assert alone == found[:5].tolist()


@pytest.mark.parametrize("name", ["bag", "text_cnn"])
def test_networks_read_very_short_texts(split: Split, name: str) -> None:
    train = list(split.train)[:64]
    peer = PEERS[name]([row.text for row in train], numbers(train), np.arange(64) % 5 == 0)
    assert len(peer.predict(["", "水", "停水"])) == 3


def test_the_whole_comparison(folder: Path, split: Split, tmp_path: Path) -> None:
    given: list[str] = []

    def ignorant(texts: Sequence[str], target: Columns, held: Held) -> Peer:
        given.extend(texts)
        assert len(texts) == len(target) == len(held)
        assert 0 < held.sum() < len(held) / 2
        return Constant()

    peers = {"char_svm": PEERS["char_svm"], "ignorant": ignorant}
    result = evaluate_baselines(folder / "level1.jsonl", folder / "router", peers=peers)
    assert not {row.text for row in split.test} & set(given), "a peer was shown a test row"
    assert set(given) == {row.text for row in split.train}
    scores = result.scores
    assert result.details["test"] == len(split.test) == scores["router.accuracy"].n
    assert result.details["seen_in_training"] == 0
    assert result.details["best_linear"] == "char_svm"
    assert scores["router.accuracy"].value > 0.8 > 0.5 > scores["ignorant.accuracy"].value
    gain = scores["router_over.ignorant.macro_f1"]
    assert gain.low is not None and gain.low > 0
    assert gain.value == pytest.approx(
        scores["router.macro_f1"].value - scores["ignorant.macro_f1"].value, abs=2e-6
    )
    assert scores["router_over.ignorant.mcnemar_p"].value < 0.001
    for name in ("char_svm", "ignorant", "router"):
        for what in ("macro_f1", "ms_alone", "ms_batch", "megabytes"):
            assert scores[f"{name}.{what}"].value >= 0
    save_result(result, tmp_path / "result.json")
    assert json.loads((tmp_path / "result.json").read_text("utf-8"))["name"] == "baselines"


def test_a_peer_that_answers_as_the_router_does_gains_nothing(folder: Path) -> None:
    router = Router.load(folder / "router")

    class Twin(Constant):
        def predict(self, texts: Sequence[str]) -> Columns:
            classes = sorted({str(row["label"]) for row in level1_rows(1)})
            found = router.probabilities(texts, convention="contest")["level1"]
            return np.array([classes.index(router.labels.level1[i]) for i in found.argmax(axis=1)])

    def twin(texts: Sequence[str], target: Columns, held: Held) -> Peer:
        return Twin()

    scores = evaluate_baselines(folder / "level1.jsonl", folder / "router", peers={"twin": twin}).scores
    gain = scores["router_over.twin.macro_f1"]
    assert (gain.value, gain.low, gain.high) == (0, 0, 0)
    assert scores["router_over.twin.mcnemar_p"].value == 1


def test_rows_that_the_router_was_trained_on_are_not_in_the_test(split: Split, folder: Path) -> None:
    """A router that was trained on some of the test messages, under another name."""
    known = {row.id.removeprefix("c2:") for row in split.test[::2]}
    same = gold_rows(2 * COPIES)[COPIES * 16 :]
    chosen = [row for number, row in enumerate(same) if str(number) in known]
    file = write_rows(folder / "known.jsonl", [*gold_rows(3), *chosen])
    train_router([file], folder / "knowing", small_recipe())
    result = evaluate_baselines(folder / "level1.jsonl", folder / "knowing", peers={})
    assert result.details["seen_in_training"] == len(known) > 0
    assert result.scores["router.accuracy"].n == len(split.test) - len(known)

    only = [json.loads(line) for line in (folder / "level1.jsonl").read_text("utf-8").splitlines()]
    tested = {row.id.removeprefix("c2:") for row in split.test}
    some = [row for row in only if str(row["row"]) in known or str(row["row"]) not in tested]
    with pytest.raises(ContaminatedData, match="全部见过"):
        evaluate_baselines(write_rows(folder / "some.jsonl", some), folder / "knowing", peers={})


def test_a_file_without_a_test_part_is_refused(folder: Path) -> None:
    with pytest.raises(DataMissing, match="划分不出"):
        evaluate_baselines(folder / "gold.jsonl", folder / "router", peers={})


def test_mcnemar() -> None:
    first = np.array([True] * 9 + [False] * 1 + [True] * 50 + [False] * 7)
    second = np.array([False] * 9 + [True] * 1 + [True] * 50 + [False] * 7)
    assert mcnemar(first, second) == pytest.approx(2 * (1 + 10) / 2**10)
    assert mcnemar(first, second) == mcnemar(second, first)
    assert mcnemar(first, first) == 1.0


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=600))
def test_hashed_grams_are_rows_of_the_table(text: str) -> None:
    rows = hashed_grams(text)
    assert 1 <= len(rows) <= 2 * LONGEST
    assert rows.min() > PADDING and rows.max() < BUCKETS
    assert rows.tolist() == hashed_grams(text).tolist()


def test_bigrams_know_the_order_of_characters() -> None:
    one, other = hashed_grams("停水"), hashed_grams("水停")
    assert set(one[:2]) == set(other[:2])
    assert one[2] != other[2]
    assert set(LINEAR) < set(PEERS)
