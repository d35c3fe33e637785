"""Reply quality against people's (weak) judgements: `zhili eval quality --data teddy_c4_reply.jsonl`.

Each score is set beside two simple baselines, the reply's length and its TF-IDF cosine with the complaint, on
every annotation that the file holds: AUC where it is yes or no, Spearman's rank correlation where it is a
grade. Nothing is fitted in the scores themselves. One logistic model over their parts is fitted in five folds
(replies that are equal stay together) and compared with one over the two baselines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bootstrap import bootstrap_by_index
from eval.errors import EvalError, must_exist
from eval.provenance import Stopwatch
from eval.result import Result, Score, with_interval
from foundation.progress import Progress, silent
from foundation.tables import Row, read_table
from triage.quality.reply import judge_reply, only_forwards
from triage.quality.values import ReplyQuality

Floats = NDArray[np.float64]
FOLDS = 5
_DAYS = (5, 15, 60)
"""Calendar days at which the share of answered messages is told."""


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """One reply with what the program and what people say of it."""

    complaint: str
    quality: ReplyQuality
    days: int | None
    labels: dict[str, float]


def evaluate_quality(data: Path, *, progress: Progress = silent) -> Result:
    """AUC or Spearman of every score and baseline on every `ann_*` column, with intervals.

    Raises `DataMissing` where the file is missing, `EvalError` where it holds no annotation.
    """
    watch = Stopwatch()
    rows = read_judged(data, progress)
    names = sorted({name for row in rows for name in row.labels})
    if not names:
        raise EvalError("没有可比的标注", expected="ann_* 列", found="没有", remedy="检查文件")
    single = _columns(rows)
    groups = np.array([hashlib.sha256(row.quality.reply.encode()).hexdigest() for row in rows])
    scores: dict[str, Score] = {}
    for name in names:
        known = np.array([name in row.labels for row in rows])
        target = np.array([row.labels[name] for row in rows if name in row.labels])
        columns = {key: values[known] for key, values in single.items()}
        columns |= _fitted(rows, columns, target, known, groups[known])
        scores |= _agreement(name.removeprefix("ann_"), columns, target)
    details = {"rows": len(rows), **_timeliness(rows), **_descriptives(rows)}
    return Result("quality", scores, watch.record(data=[data], model_hash=""), details)


def read_judged(data: Path, progress: Progress = silent) -> list[JudgedRow]:
    """The file's rows, each judged. A row without text or reply is left out."""
    must_exist(data)
    table = [row.values for row in read_table(data) if isinstance(row, Row)]
    judged: list[JudgedRow] = []
    for number, values in enumerate(table, 1):
        complaint, reply = str(values.get("text") or ""), str(values.get("reply") or "")
        if complaint.strip() and reply.strip():
            judged.append(_judged(complaint, reply, values))
        if number % 200 == 0 or number == len(table):
            progress(number, len(table), "评分")
    return judged


def _judged(complaint: str, reply: str, values: dict[str, Any]) -> JudgedRow:
    received, replied = _day(values.get("time")), _day(values.get("reply_time"))
    days = (replied - received).days if received and replied else None
    labels = {
        name: float(value)
        for name, value in values.items()
        if name.startswith("ann_") and isinstance(value, int | float)
    }
    return JudgedRow(complaint, judge_reply(complaint, reply), days, labels)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _columns(rows: Sequence[JudgedRow]) -> dict[str, Floats]:
    """Every score by itself, and the baselines."""
    columns = {
        score: np.array([getattr(row.quality, score).value for row in rows], dtype=np.float64)
        for score in ("relevance", "completeness", "explainability", "courtesy")
    }
    columns["baseline_length"] = np.array([float(len(row.quality.reply)) for row in rows])
    columns["baseline_cosine"] = _cosine(rows)
    return columns


def _cosine(rows: Sequence[JudgedRow]) -> Floats:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer="char", ngram_range=(2, 2), sublinear_tf=True, min_df=2)
    both = vectors.fit_transform([*(row.complaint for row in rows), *(row.quality.reply for row in rows)])
    left, right = both[: len(rows)], both[len(rows) :]
    return np.asarray(left.multiply(right).sum(axis=1), dtype=np.float64).ravel()


def _fitted(
    rows: Sequence[JudgedRow], columns: dict[str, Floats], target: Floats, known: Any, groups: Any
) -> dict[str, Floats]:
    """Out-of-fold predictions from the parts, and from the baselines alone; grades are cut in the middle."""
    chosen = [row for row, there in zip(rows, known, strict=True) if there]
    parts = np.array([_parts(row.quality) for row in chosen])
    simple = np.column_stack([np.log(columns["baseline_length"]), columns["baseline_cosine"]])
    middle = target > (target.min() + target.max()) / 2 - 1e-9 if len(set(target)) > 2 else target > 0.5
    return {
        "fitted_parts": _out_of_fold(parts, middle, groups),
        "fitted_baselines": _out_of_fold(simple, middle, groups),
        "fitted_both": _out_of_fold(np.column_stack([parts, simple]), middle, groups),
    }


def _parts(quality: ReplyQuality) -> list[float]:
    values = [score.value or 0.0 for score in quality.scores if score.name != "及时性"]
    fixed = (quality.completeness, quality.explainability)
    values += [part.value for score in fixed for part in score.parts]
    values += [part.value for part in quality.courtesy.parts[:3]]
    return [*values, float(only_forwards(quality.reply))]


def _out_of_fold(features: Floats, target: Any, groups: Any) -> Floats:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    predicted = np.zeros(len(target))
    for train, test in GroupKFold(FOLDS).split(features, target, groups):
        if len(set(target[train])) < 2:
            predicted[test] = float(target[train].mean())
            continue
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=1000))
        model.fit(features[train], target[train])
        predicted[test] = model.predict_proba(features[test])[:, 1]
    return predicted


def _agreement(name: str, columns: dict[str, Floats], target: Floats) -> dict[str, Score]:
    graded = len(set(target)) > 2
    measure: Callable[[Floats, Floats], float] = spearman if graded else auc
    kind = "spearman" if graded else "auc"
    scores: dict[str, Score] = {}
    for column, values in columns.items():

        def statistic(chosen: Any, values: Floats = values) -> float:
            return measure(values[chosen], target[chosen])

        value = statistic(np.arange(len(target)))
        scores[f"{name}.{kind}.{column}"] = with_interval(
            value, bootstrap_by_index(len(target), statistic), len(target)
        )
    best = columns["fitted_parts"]
    base = columns["fitted_baselines"]

    def gain(chosen: Any) -> float:
        return measure(best[chosen], target[chosen]) - measure(base[chosen], target[chosen])

    everything = np.arange(len(target))
    scores[f"{name}.gain_of_parts"] = with_interval(
        gain(everything), bootstrap_by_index(len(target), gain), len(target)
    )
    return scores


def auc(values: Floats, target: Floats) -> float:
    """Chance that a good reply scores above a bad one, ties half; one half where a draw holds one class."""
    from scipy.stats import rankdata

    good = target > 0.5
    n, m = int(good.sum()), int((~good).sum())
    if n == 0 or m == 0:
        return 0.5
    return float((rankdata(values)[good].sum() - n * (n + 1) / 2) / (n * m))


def spearman(values: Floats, target: Floats) -> float:
    """Correlation of the ranks; zero where one side does not vary."""
    from scipy.stats import rankdata

    a, b = rankdata(values), rankdata(target)
    if a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _timeliness(rows: Sequence[JudgedRow]) -> dict[str, Any]:
    """Days from message to reply, and the share answered within some; no annotation speaks of it."""
    days = np.array([row.days for row in rows if row.days is not None and row.days >= 0])
    if not len(days):
        return {"days_known": 0}
    within = {f"within_{limit}_days": round(float((days <= limit).mean()), 4) for limit in _DAYS}
    return {"days_known": len(days), "days_median": float(np.median(days)), **within}


def _descriptives(rows: Sequence[JudgedRow]) -> dict[str, Any]:
    demands = sum(len(row.quality.demands) for row in rows)
    answered = sum(demand.answered for row in rows for demand in row.quality.demands)
    return {
        "demands": demands,
        "demands_answered": answered,
        "only_forwarded": sum(only_forwards(row.quality.reply) for row in rows),
    }
