"""Measurement of classification: metrics against scikit-learn, honest rows only."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, top_k_accuracy_score

from eval.dispatch import cross_validate_dispatch, evaluate_dispatch
from eval.errors import ContaminatedData, DataMissing
from eval.result import save_result
from eval.router import evaluate_router
from triage.training.measure import accuracy, calibration_error, f1_by_class, hits_at, macro_f1
from triage.training.recipe import train_router

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "triage"))

from router_samples import THEMES, gold_rows, level1_rows, small_recipe, write_rows


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40))
def test_metrics_agree_with_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    target, predicted = (np.array(column) for column in zip(*pairs, strict=True))
    present = sorted(set(target.tolist()))
    assert accuracy(target, predicted) == pytest.approx(accuracy_score(target, predicted))
    expected = f1_score(target, predicted, labels=present, average="macro", zero_division=0)
    assert macro_f1(target, predicted) == pytest.approx(expected)
    every = sorted(set(target.tolist()) | set(predicted.tolist()))
    single = f1_score(target, predicted, labels=every, average=None, zero_division=0)
    assert [f1_by_class(target, predicted)[label] for label in every] == pytest.approx(single.tolist())


def test_top_k_agrees_with_scikit_learn() -> None:
    random = np.random.default_rng(2)
    p = random.dirichlet(np.ones(6), 200)
    target = random.integers(0, 6, 200)
    expected = top_k_accuracy_score(target, p, k=3, labels=range(6))
    assert hits_at(target, p, 3).mean() == pytest.approx(expected)


def test_calibration_error() -> None:
    assert calibration_error(np.full(300, 0.7), np.arange(300) % 10 < 7) == pytest.approx(0, abs=1e-9)
    assert calibration_error(np.ones(30), np.zeros(30)) == pytest.approx(1)
    random = np.random.default_rng(4)
    confidence = random.uniform(size=30_000)
    assert calibration_error(confidence, random.uniform(size=30_000) < confidence) < 0.02


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("measured")
    files = [
        write_rows(folder / "gold.jsonl", gold_rows(5)),
        write_rows(folder / "level1.jsonl", level1_rows(5)),
    ]
    train_router(files, folder / "out", small_recipe())
    return folder


def test_router_scores_unseen_rows_only(trained: Path, tmp_path: Path) -> None:
    result = evaluate_router(trained / "level1.jsonl", trained / "out")
    assert 0 < result.details["seen_in_training"] < result.details["rows"]
    n = result.scores["level1.accuracy"].n
    assert n == result.details["rows"] - result.details["seen_in_training"]
    assert {"level1.macro_f1", "level1.top3", "level1.ece", "level1_restricted.accuracy"} <= set(
        result.scores
    )
    assert result.provenance.model_hash.startswith("sha256:")
    save_result(result, tmp_path / "result.json")
    assert json.loads((tmp_path / "result.json").read_text("utf-8"))["name"] == "router"


def test_contaminated_data_is_refused(trained: Path) -> None:
    with pytest.raises(ContaminatedData, match="--cross-validate"):
        evaluate_dispatch(trained / "gold.jsonl", trained / "out")


def test_dispatch_on_fresh_rows(trained: Path, tmp_path: Path) -> None:
    rows = [dict(row, uid=f"new-{n}", text=f"{row['text']}补充") for n, row in enumerate(gold_rows(6)[-16:])]
    result = evaluate_dispatch(write_rows(tmp_path / "fresh.jsonl", rows), trained / "out")
    assert result.scores["department.accuracy"].value > 0.7
    assert result.scores["department.acceptable"].value >= result.scores["department.accuracy"].value
    assert set(result.details["f1_by_class"]["department"]) >= {theme[0][2] for theme in THEMES[:2]}


def test_cross_validation_scores_every_row(trained: Path) -> None:
    result = cross_validate_dispatch(trained / "gold.jsonl", 2, model=trained / "out", recipe=small_recipe())
    assert result.details["rows"] == len(gold_rows(5))
    assert result.details["training_files"] == ["level1.jsonl"]
    for name in (
        "department.top3",
        "level1.accuracy",
        "level2.accuracy",
        "kind.macro_f1",
        "urgency.accuracy",
    ):
        assert 0 <= result.scores[name].value <= 1


def test_missing_file_and_missing_labels(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="找不到评测数据"):
        evaluate_router(tmp_path / "none.jsonl", trained / "out")
    only_text = write_rows(tmp_path / "text.jsonl", [{"title": "停水", "text": "停水三天"}])
    with pytest.raises(DataMissing, match="没有单位标签"):
        evaluate_dispatch(only_text, trained / "out")
