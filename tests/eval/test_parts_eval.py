"""Several issues, measured: composed messages, shares, and the figures out of fold."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from eval.composed import FORMS, compose_messages, composed_scores, judge
from eval.errors import DataMissing
from eval.parts import cross_validate_parts, detection_scores, evaluate_parts
from triage.training.data import TrainingRow
from triage.training.recipe import train_router

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "triage"))

from keyword_reader import KeywordReader
from router_samples import gold_rows, level1_rows, small_recipe, write_rows

LAMP = "小区的路灯坏了一个星期没有人来修理，晚上很黑"
WAGE = "公司拖欠我们的工资三个月没有发，老板不接电话"


def row(id: str, text: str, dept: str | None, ok: tuple[str, ...] = ()) -> TrainingRow:
    return TrainingRow(f"gold:{id}", text, "gold", id, dept=dept, dept_ok=ok)


def test_the_cut_of_a_composed_message_is_where_its_second_begins() -> None:
    rows = [row("1", f"路灯\n{LAMP}", "zhujian"), row("2", WAGE, "renshe")]
    found = compose_messages(rows, 40)
    assert {message.form for message in found} == set(FORMS)
    for message in found:
        body = LAMP if message.second.id == "gold:1" else WAGE
        openings = [between.strip() for between in FORMS[message.form][1]]
        assert message.text[message.cut :] in [opening + body for opening in openings]
        assert message.first.dept != message.second.dept


def test_departments_that_stand_for_each_other_are_not_composed() -> None:
    rows = [row("1", LAMP, "zhujian", ok=("renshe",)), row("2", WAGE, "renshe"), row("3", WAGE, None)]
    assert compose_messages(rows, 10) == []


def test_a_composed_message_is_judged_by_place_and_by_route() -> None:
    rows = [row("1", LAMP, "zhujian"), row("2", WAGE, "renshe")]
    verdicts = [judge(message, KeywordReader()) for message in compose_messages(rows, 20)]
    cued = [verdict for verdict in verdicts if verdict.form in ("turn", "numbered", "ordinal")]
    assert cued and all(verdict.found and verdict.exact and verdict.routed for verdict in cued)
    scores = composed_scores(verdicts)
    assert scores["composed.exact.turn"].value == 1.0
    wrong = [row("1", LAMP, "renshe"), row("2", WAGE, "zhujian")]
    verdicts = [judge(message, KeywordReader()) for message in compose_messages(wrong, 20)]
    assert any(verdict.exact for verdict in verdicts) and not any(verdict.routed for verdict in verdicts)


def test_shares_of_detection() -> None:
    gold = np.array([True, True, False, False, False, False])
    found = np.array([True, False, True, False, False, False])
    scores = detection_scores(gold, found)
    assert scores["parts.precision"].value == scores["parts.recall"].value == 0.5
    assert scores["parts.single_cut"].value == 0.25 and scores["parts.single_cut"].n == 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("several")
    rows = [{**each, "multi": number % 8 == 0} for number, each in enumerate(gold_rows(3))]
    files = [write_rows(folder / "gold.jsonl", rows), write_rows(folder / "level1.jsonl", level1_rows(3))]
    train_router(files, folder / "out", small_recipe())
    return folder


def test_out_of_fold_figures_read_every_row_once(folder: Path) -> None:
    result = cross_validate_parts(folder / "gold.jsonl", 3, model=folder / "out", recipe=small_recipe())
    assert result.scores["parts.f1"].n == 48 and result.details["several"] == 6
    assert result.scores["parts.single_cut"].n == 42
    assert result.scores["composed.exact"].n == 600
    assert result.details["members"] == ["linear"]


def test_a_key_that_another_file_uses_too_is_another_message(folder: Path, tmp_path: Path) -> None:
    rows = [{**each, "uid": str(number), "multi": False} for number, each in enumerate(gold_rows(3))]
    data = write_rows(tmp_path / "own.jsonl", rows)
    tickets = [
        {"id": str(number), "title": each["title"], "text": each["text"], "department": each["dept"]}
        for number, each in enumerate(gold_rows(6)[48:])
    ]
    also = [folder / "level1.jsonl", write_rows(tmp_path / "tickets.jsonl", tickets)]
    result = cross_validate_parts(data, 3, model=folder / "out", also=also, recipe=small_recipe())
    assert result.scores["parts.f1"].n == 48


def test_messages_of_one_department_are_not_composed(folder: Path, tmp_path: Path) -> None:
    rows = [
        {**each, "dept_ok": ["zhujian"], "multi": number == 0} for number, each in enumerate(gold_rows(3))
    ]
    for each in rows:
        each["dept"] = each["dept"] if each["dept"] == "zhujian" else "other"
    data = write_rows(tmp_path / "one.jsonl", rows)
    result = cross_validate_parts(data, 3, model=folder / "out", also=[], recipe=small_recipe())
    assert not any(name.startswith("composed.") for name in result.scores)


def test_halves_divide_the_rows(folder: Path) -> None:
    counts = [
        evaluate_parts(folder / "gold.jsonl", folder / "out", half=half).scores["parts.f1"].n
        for half in (0, 1)
    ]
    assert sum(counts) == 48 and min(counts) > 0


def test_rows_without_the_label_are_refused(folder: Path) -> None:
    with pytest.raises(DataMissing, match="没有 multi 列"):
        evaluate_parts(folder / "level1.jsonl", folder / "out")
