"""The pipeline's measure: what the catalogue changes, and the paired gain over the classifier alone."""

from __future__ import annotations

import numpy as np
import pytest

from eval.pipeline import gains, with_catalogue
from triage.catalogue.entries import load_dispatch
from triage.catalogue.joining import JoinWeights
from triage.classifier.beliefs import Beliefs
from triage.classifier.calibration import Probabilities
from triage.classifier.member import Head
from triage.training.data import TrainingRow
from triage.training.labels import current_labels

LABELS = current_labels()
WEIGHTS = JoinWeights((1.0, 1.0, 0.5, 0.5, 0.5), (0.6, 0.8), {})


def sure_of(names: list[str], labels: tuple[str, ...]) -> Probabilities:
    """Each row believes mostly in one label, and in all others alike."""
    p = np.full((len(names), len(labels)), 0.2 / (len(labels) - 1))
    for row, name in enumerate(names):
        p[row, labels.index(name)] = 0.8
    return p


def flat(rows: int, columns: int) -> Probabilities:
    return np.full((rows, columns), 1 / columns)


def row(text: str, level1: str, level2: str, department: str, *others: str) -> TrainingRow:
    return TrainingRow(f"gold:{text}", text, "gold", text, level1, level2, department, others)


# Ours, made up for these tests.
ROWS = [
    row("天然气\n燃气公司一直不给通气", "城乡建设", "城市建设和市政管理", "gongshui"),
    row("幼儿园\n幼儿园老师体罚孩子", "教育文体", "教师队伍和待遇", "jiaoyu"),
]


def test_the_catalogue_moves_what_the_router_does_not_know() -> None:
    n = len(ROWS)
    department = flat(n, len(LABELS.departments))
    level1, paths = flat(n, len(LABELS.level1)), flat(n, len(LABELS.pairs))
    alone: dict[Head, Probabilities] = {
        "level1": level1,
        "level2": paths,
        "department": department,
        "kind": flat(n, 6),
        "urgency": flat(n, 3),
    }
    believed = Beliefs(LABELS, level1, paths, department)
    together = with_catalogue(
        alone, believed, ROWS, convention="national", weights=WEIGHTS, catalogue=load_dispatch()
    )
    first = [LABELS.departments[column] for column in together["department"].argmax(axis=1)]
    assert first == ["gongshui", "jiaoyu"]
    assert LABELS.level1[together["level1"][1].argmax()] == "教育文体"
    assert together["kind"] is alone["kind"]


def test_the_gain_is_the_difference_of_the_same_messages() -> None:
    wrong, right = ["zhujian", "jiaoyu"], ["gongshui", "jiaoyu"]
    level1 = sure_of(["城乡建设", "教育文体"], LABELS.level1)
    paths = flat(2, len(LABELS.pairs))

    def found(departments: list[str]) -> dict[Head, Probabilities]:
        return {
            "level1": level1,
            "level2": paths,
            "department": sure_of(departments, LABELS.departments),
            "kind": flat(2, 6),
            "urgency": flat(2, 3),
        }

    gain = gains(found(wrong), found(right), ROWS, LABELS)
    assert gain["department.acceptable.gain"].value == pytest.approx(0.5)
    assert gain["level1.accuracy.gain"].value == 0
    back = gains(found(right), found(wrong), ROWS, LABELS)
    assert back["department.acceptable.gain"].value == pytest.approx(-0.5)


def test_an_acceptable_unit_is_no_loss() -> None:
    rows = [row("路灯", "城乡建设", "城市建设和市政管理", "zhujian", "chengguan")]
    level1, paths = flat(1, len(LABELS.level1)), flat(1, len(LABELS.pairs))

    def found(name: str) -> dict[Head, Probabilities]:
        department = sure_of([name], LABELS.departments)
        return {"level1": level1, "level2": paths, "department": department}

    one, two = found("zhujian"), found("chengguan")
    assert gains(one, two, rows, LABELS)["department.acceptable.gain"].value == 0
