"""A class with hardly a row: it counts in macro-F1, and a second figure leaves it out."""

from __future__ import annotations

import numpy as np
import pytest

from eval.classification import FEW, class_scores, count_by_class
from triage.training.measure import macro_f1

TARGET = np.repeat([0, 1, 3], [FEW, FEW + 5, 1])


def test_a_single_row_weighs_as_much_as_a_class_and_is_left_out_of_the_second_figure() -> None:
    predicted = np.where(TARGET == 3, 0, TARGET)
    scores = class_scores("kind", TARGET, predicted)
    assert scores["kind.macro_f1"].value == pytest.approx(macro_f1(TARGET, predicted))
    assert scores["kind.macro_f1"].value < 0.66
    # The row that was taken for class 0 still costs that class its precision.
    assert scores["kind.macro_f1_frequent"].value == pytest.approx((2 * FEW / (2 * FEW + 1) + 1) / 2)
    low, high = scores["kind.macro_f1_frequent"].low, scores["kind.macro_f1_frequent"].high
    assert low is not None and high is not None and low <= scores["kind.macro_f1_frequent"].value <= high


def test_no_second_figure_where_every_class_is_frequent_or_only_one_is() -> None:
    assert "kind.macro_f1_frequent" not in class_scores("kind", TARGET[:-1], TARGET[:-1])
    rare = np.repeat([0, 1], [FEW, 2])
    assert "kind.macro_f1_frequent" not in class_scores("kind", rare, rare)


def test_rows_are_counted_by_name() -> None:
    assert count_by_class(["咨询", "求助", "投诉", "表扬"], TARGET) == {
        "咨询": FEW, "求助": FEW + 5, "表扬": 1,
    }  # fmt: skip
