"""Level 1 by two conventions: each expert is calibrated on its own rows; gate or caller chooses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from triage.classifier.calibration import Calibration, probabilities
from triage.classifier.conventions import COARSE, FINE, GATE
from triage.classifier.member import Labels
from triage.errors import ModelError
from triage.training.calibrate import calibrate
from triage.training.data import TrainingRow

LABELS = Labels(
    level1=("城乡建设", "环境保护"),
    pairs=(("城乡建设", "城市建设和市政管理"), ("环境保护", "大气污染防治")),
    departments=("chengguan", "shengtai"),
    kinds=("投诉", "咨询"),
    urgencies=("较急", "一般"),
)
GOLD = TrainingRow(
    "g", "烧烤店油烟", "gold", "g", "环境保护", "大气污染防治", "chengguan", (), "投诉", "一般"
)
CONTEST = TrainingRow("c", "烧烤店油烟", "c2", "c", "城乡建设")
"""The same matter, called otherwise by the contest."""


def outputs(n: int) -> dict[str, dict[str, np.ndarray]]:
    """A member that is right by either convention and tells the conventions apart, with some noise."""
    random = np.random.default_rng(7)
    gold = np.arange(n) % 2 == 0
    noise = random.normal(scale=0.5, size=(n, 2)).astype(np.float32)
    heads = {
        FINE: np.array([[0.0, 2.0]] * n, np.float32) + noise,
        COARSE: np.array([[2.0, 0.0]] * n, np.float32) + noise,
        GATE: np.where(gold, -2.0, 2.0)[:, None].astype(np.float32) + noise[:, :1],
    }
    for head in ("level2", "department", "kind", "urgency"):
        heads[head] = np.array([[1.0, 0.0]] * n, np.float32) + noise
    return {"member": heads}


def rows(n: int) -> list[TrainingRow]:
    return [replace(GOLD if k % 2 == 0 else CONTEST, id=str(k)) for k in range(n)]


@pytest.mark.parametrize(
    ("convention", "expected"), [("national", [1] * 6), ("contest", [0] * 6), ("auto", [1, 0] * 3)]
)
def test_level1_follows_the_convention_that_is_asked_for(convention: str, expected: list[int]) -> None:
    calibration = calibrate(outputs(400), rows(400), LABELS)
    found = probabilities(outputs(6), calibration, LABELS, convention)  # type: ignore[arg-type]
    assert found["level1"].argmax(axis=1).tolist() == expected
    assert found["level1"].sum(axis=1) == pytest.approx(np.ones(6))


def test_the_first_path_lies_in_the_first_level1_of_either_convention() -> None:
    calibration = calibrate(outputs(400), rows(400), LABELS)
    for convention in ("national", "contest", "auto"):
        found = probabilities(outputs(40), calibration, LABELS, convention)
        assert (found["level2"].argmax(axis=1) == found["level1"].argmax(axis=1)).all()


def test_a_member_without_a_say_still_answers_when_it_is_asked_alone() -> None:
    """The units of a message are read by the linear member alone, whatever its share in the mix."""
    found = outputs(400)
    one = calibrate(found, rows(400), LABELS)
    heads = one.weights["member"]
    both = Calibration(
        {"member": one.temperatures["member"], "better": one.temperatures["member"]},
        {"member": dict.fromkeys(heads, 0.0), "better": dict.fromkeys(heads, 1.0)},
        one.sharpness,
    )
    alone = probabilities(found, both, LABELS)
    for head, wanted in probabilities(found, one, LABELS).items():
        assert alone[head] == pytest.approx(wanted)
    opposite = {"better": {head: -logits for head, logits in found["member"].items()}}
    mixed = probabilities({**found, **opposite}, both, LABELS)
    assert mixed["department"] == pytest.approx(probabilities(opposite, both, LABELS)["department"])


def test_a_head_that_no_member_was_calibrated_for_is_told() -> None:
    calibration = calibrate(outputs(40), [replace(row, kind=None) for row in rows(40)], LABELS)
    with pytest.raises(ModelError, match="模型没有 kind 这一项"):
        probabilities(outputs(6), calibration, LABELS)
