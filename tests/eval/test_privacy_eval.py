"""The planted corpus and its measurement: the promise of the masker, held in every run of the tests."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from eval.pii_corpus import build_corpus
from eval.privacy import evaluate_privacy
from triage.privacy import masker
from triage.values import PiiKind


def test_the_corpus_is_what_the_issue_asks_for() -> None:
    items = build_corpus()
    assert len(items) == 1000
    assert items == build_corpus()
    assert items != build_corpus(7)
    groups = Counter(item.group for item in items)
    assert len(groups) == 13
    assert groups["lookalike"] == 160
    assert Counter(item.part for item in items) == {"open": 500, "held": 500}
    assert {item.kind for item in items} - {""} == {kind.value for kind in PiiKind}


def test_secrets_stand_where_the_corpus_says() -> None:
    for item in build_corpus():
        assert (item.start == item.end) == (item.group == "lookalike")
        assert "{" not in item.text


@pytest.mark.parametrize("seed", [20261123, 7])
def test_the_masker_keeps_its_promise(seed: int) -> None:
    scores = evaluate_privacy(seed=seed).scores
    assert scores["recall.structured"].value >= 0.99
    assert scores["recall.names_and_addresses"].value >= 0.85
    assert scores["recall.name"].value >= 0.85
    assert scores["recall.address"].value >= 0.85
    assert scores["false_masks.all"].value <= 0.02
    assert scores["false_masks.lookalikes"].value <= 0.02


def test_a_masker_that_does_nothing_or_too_much_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masker, "STRUCTURED", ())
    monkeypatch.setattr(masker, "VAGUE", ())
    assert evaluate_privacy("open").scores["recall.structured"].value == 0.0
    monkeypatch.setattr(masker, "VAGUE", (lambda view: iter([masker.Found(0, len(view), PiiKind.NAME)]),))
    assert evaluate_privacy("open").scores["false_masks.all"].value == 1.0


def test_held_sentences_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masker, "STRUCTURED", ())
    assert evaluate_privacy("held").details["missed"]["kept"] == []


def test_what_is_left_in_a_file_is_counted_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"text": "电话13800138000", "title": "x"}) + "\n", "utf-8")
    assert evaluate_privacy("open", [path]).details["left_in_real_files"][path.name]["mobile"] == 0
    monkeypatch.setattr(masker, "STRUCTURED", ())
    left = evaluate_privacy("open", [path]).details["left_in_real_files"][path.name]
    assert (left["mobile"], left["rows"]) == (1, 1)
    assert "13800138000" not in json.dumps(left)
