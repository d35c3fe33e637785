"""Refusal measured and fitted: the sets, the shares, a fit that can be repeated, what is written and read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from eval.errors import DataMissing
from eval.provenance import Stopwatch
from eval.refusal import Seen, look, report, shares
from eval.refusal_fit import Fitted, fit_refusal, save_fitted
from eval.refusal_sets import (
    EVERYDAY,
    OLDER,
    OWN,
    QUESTIONS,
    Sample,
    everyday,
    files_of,
    is_ours,
    own_texts,
    real_texts,
)
from service.assistant import Assistant
from service.scope import DIGEST, FULL, SPOKEN, ScopeModel, load_scopes, shipped
from service.scope_signals import load_ear
from service.settings import Settings

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return Assistant.open(Settings(home=tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def seen(assistant: Assistant) -> list[Seen]:
    """Every twentieth text of ours, some called real, and a full law that sees what the digest sees."""
    samples = own_texts()[::20]
    stard = [replace(one, kind="stard") for one in samples if one.kind == "in_question"][:20]
    found = look(assistant, [*samples, *stard], as_of=DAY)
    return [
        replace(one, observed={**one.observed, FULL: replace(one.observed[DIGEST], full=True)})
        for one in found
    ]


@pytest.fixture(scope="module")
def fitted(seen: list[Seen]) -> Fitted:
    return fit_refusal(seen)


def test_no_text_stands_twice_and_no_topic_on_both_sides() -> None:
    samples = own_texts()
    assert len({one.text for one in samples}) == len(samples) > 2000
    sides: dict[tuple[str, str], set[bool]] = {}
    for one in samples:
        sides.setdefault((one.kind, one.topic), set()).add(one.held)
    assert all(len(side) == 1 for side in sides.values())
    held = sum(one.held for one in samples if not one.kind.startswith("older_"))
    assert 0.25 < held / len(samples) < 0.45
    assert all(one.held for one in samples if one.kind.startswith("older_"))
    assert {one.text for one in samples} >= set(everyday())


def test_the_shares_tell_both_errors(seen: list[Seen]) -> None:
    scores, details = shares(seen, shipped())
    assert scores["digest all out of scope"].value > 0.8 > 0.2 > scores["digest all in scope"].value
    assert {law.split()[0] for law in scores} == {DIGEST, FULL}
    assert isinstance(details["wrong"], int)
    always = {name: replace(scope, threshold=1e9) for name, scope in load_scopes().items()}
    scores, _ = shares(seen, ScopeModel(always, load_ear()))
    assert scores["full all in scope"].value == 1.0


def test_a_fit_can_be_repeated_and_learns(
    seen: list[Seen], fitted: Fitted, assistant: Assistant, tmp_path: Path
) -> None:
    again = fit_refusal(list(seen))
    assert fitted.model.scopes == again.model.scopes and fitted.model.ear == again.model.ear
    assert all(area > 0.7 for area in fitted.auc.values())
    assert "older_in_everyday" not in fitted.texts
    held = report(seen, fitted.model, assistant, None, as_of=DAY, watch=Stopwatch())
    save_fitted(fitted, held, tmp_path, "router/test")
    assert load_scopes(tmp_path / "scope.toml") == fitted.model.scopes
    assert load_ear(tmp_path / "scope_words.json") == fitted.model.ear
    written = (tmp_path / "scope.toml").read_text("utf-8")
    assert "router/test" in written and "digest all out of scope:" in written
    assert json.loads((tmp_path / "scope_words.json").read_text("utf-8"))["bias"] == fitted.model.ear.bias


def test_an_odds_threshold_keeps_what_it_promises(seen: list[Seen], fitted: Fitted) -> None:
    """Of what it was fitted on, the shipped kind of threshold refuses little that law governs."""
    fit = [one for one in seen if not one.sample.held]
    scores, _ = shares(fit, fitted.model)
    assert scores["full all in scope"].value <= 0.08
    assert scores["full all out of scope"].value >= 0.8


def test_a_fit_needs_the_full_law_and_real_questions(seen: list[Seen]) -> None:
    ours = [one for one in seen if one.sample.kind != "stard"]
    alone = [replace(one, observed={DIGEST: one.observed[DIGEST]}) for one in seen]
    for lacking in (ours, alone):
        with pytest.raises(DataMissing, match=r"拟合缺少数据.*全文库"):
            fit_refusal(lacking)


def test_the_spoken_model_hears_no_search(fitted: Fitted) -> None:
    scopes = fitted.model.scopes
    assert "nearest" in scopes[DIGEST].signals and "nearest" not in scopes[SPOKEN].signals


def test_the_provenance_names_every_file_that_texts_come_from(tmp_path: Path) -> None:
    assert [path.name for path in files_of(None)] == [OWN.name, OLDER.name, EVERYDAY.name]
    assert {path.name for path in files_of(tmp_path)} >= {"teddy_c2_train.jsonl", "qa_lawyer_llama.jsonl"}
    kinds = {one.kind for one in own_texts()}
    assert all(is_ours(kind) for kind in kinds) and not any(is_ours(kind) for kind in QUESTIONS)


def test_a_missing_folder_and_nothing_to_look_at(assistant: Assistant, tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"缺少评测数据.*stard_train_queries.jsonl"):
        real_texts(tmp_path)
    with pytest.raises(DataMissing, match="没有可评测的文本"):
        look(assistant, [], as_of=DAY)


@pytest.mark.data
def test_the_real_texts_are_drawn_the_same_every_time(data_dir: Path) -> None:
    first, second = real_texts(data_dir), real_texts(data_dir)
    assert first == second and len(first) > 1000
    assert {one.kind for one in first} == {"stard", "consult", "lawyer", "headline", "message"}
    assert all(isinstance(one, Sample) and one.governed for one in first)
