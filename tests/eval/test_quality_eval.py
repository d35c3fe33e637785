"""The comparison with people's judgements, on replies of ours."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from eval.errors import DataMissing, EvalError
from eval.quality import auc, evaluate_quality, spearman

GOOD = (
    "您好！经查，{}情况属实，由于管线老化。已责令维修单位修复，预计12月完成。"
    "依据《物业管理条例》第三十五条。电话12345。"
)
POOR = "您好，{}已转相关部门处理。"


def rows(count: int) -> list[dict[str, object]]:
    made: list[dict[str, object]] = []
    for n in range(count):
        good = n % 2 == 0
        made.append(
            {
                "text": f"幸福路{n}段路灯不亮，请尽快维修。",
                "reply": (GOOD if good else POOR).format(f"幸福路{n}段路灯"),
                "time": "2019-04-08 08:37:20",
                "reply_time": f"2019-04-{10 + n % 10} 08:00:00",
                "ann_good": int(good),
                "ann_grade": float(n % 2 == 0) * 2 + n % 3,
                "ann_rare": None,
            }
        )
    return made


def write(path: Path, made: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made), "utf-8")
    return path


def test_scores_find_the_good_replies(tmp_path: Path) -> None:
    result = evaluate_quality(write(tmp_path / "r.jsonl", rows(40)))
    for score in ("relevance", "completeness", "explainability", "fitted_parts"):
        assert result.scores[f"good.auc.{score}"].value == 1.0, score
    assert "grade.spearman.completeness" in result.scores
    assert not any(name.startswith("rare") for name in result.scores)
    assert result.details["days_median"] == 6.5
    assert result.details["only_forwarded"] == 20
    assert "幸福路" not in json.dumps(result.to_dict(), ensure_ascii=False)


def test_files_that_cannot_be_measured_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="找不到评测数据"):
        evaluate_quality(tmp_path / "none.jsonl")
    plain = [{"text": "路灯不亮", "reply": "已修复"}] * 3
    with pytest.raises(EvalError, match="没有可比的标注"):
        evaluate_quality(write(tmp_path / "r.jsonl", plain))


def test_auc_and_spearman_against_other_implementations() -> None:
    from scipy.stats import spearmanr
    from sklearn.metrics import roc_auc_score

    chance = np.random.default_rng(1)
    values, target = chance.integers(0, 6, 80).astype(float), chance.integers(0, 2, 80).astype(float)
    assert auc(values, target) == pytest.approx(roc_auc_score(target, values))
    assert spearman(values, target) == pytest.approx(spearmanr(values, target).statistic)
    assert auc(values, np.ones(80)) == 0.5
    assert spearman(np.ones(80), target) == 0.0
