"""Fits when nothing governs: `zhili eval refusal --data DIR --fit service/`, on the topics that are not held.

Two steps, both deterministic. The *ear* (`service.scope_signals.Ear`) is a logistic model over characters and
pairs of characters. The *scopes* are logistic models over its log-odds, the cues, what triage saw and what a
search saw. The scopes learn from what the ear says of topics that it has not heard (six folds), and
thresholds are chosen on such out-of-fold odds too: every kind of text that law governs keeps at least `KEPT`.
"""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.errors import DataMissing
from eval.provenance import Stopwatch
from eval.refusal import Seen, look, report, samples_of
from eval.refusal_sets import is_ours
from eval.result import Result, Score, write_whole
from foundation.progress import Progress, silent
from service.assistant import Assistant
from service.scope import DIGEST, FULL, SPOKEN, Scope, ScopeModel
from service.scope_signals import Ear, of_sound, of_triage, runs

KEPT = 0.95
"""Share of each kind of governed text that a threshold lets through, out of fold."""
DOUBTED = 0.90
"""Share of what nothing governs that is not said to be missing from the digest."""
WEIGHTS = {"in_question": 3.0, "in_headline": 1.5, "out_question": 1.5, "message": 0.5}
"""How much a kind counts beside the others (1), whatever its number of texts: short everyday questions are
what is refused most easily, and questions about everything else are what is asked most often."""
REAL = 0.2
"""How much a real text counts for the ear beside one of ours: there are none that nothing governs."""
FOLDS, EAR_C, SCOPE_C = 6, 30.0, 1.0
MOST_RUNS, FEWEST = 8_000, 2
SILENT = Ear({}, 0.0)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model, how well it did out of fold (area under the curve), and the texts it was fitted on."""

    model: ScopeModel
    auc: dict[str, float]
    texts: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Rows:
    texts: list[str]
    governed: NDArray[np.int64]
    kinds: list[str]
    groups: list[str]


def refit(
    assistant: Assistant,
    data: Path | None,
    folder: Path,
    *,
    as_of: date,
    progress: Progress = silent,
) -> Result:
    """Fit, measure on what is held, write the model into `folder`; what `fit_refusal` raises."""
    watch = Stopwatch()
    seen = look(assistant, samples_of(data), as_of=as_of, progress=progress)
    fitted = fit_refusal(seen)
    held = report(seen, fitted.model, assistant, data, as_of=as_of, watch=watch)
    save_fitted(fitted, held, folder, assistant.model)
    return held


def fit_refusal(seen: Sequence[Seen]) -> Fitted:
    """Ear and scopes from the texts that are not held.

    Raises `DataMissing` where the full law was not searched or no real text is among them.
    """
    rows = [one for one in seen if not one.sample.held]
    searched = [one for one in rows if all(one.observed.get(law) for law in (DIGEST, FULL))]
    rows = [one for one in searched if all(one.observed[law].values for law in (DIGEST, FULL))]
    if all(is_ours(one.sample.kind) for one in rows):
        raise DataMissing(
            "拟合缺少数据",
            expected="全文库及其索引，和真实的问题",
            found=f"可用 {len(rows)} 条",
            remedy="先运行 zhili corpus ingest 与 zhili index build，并给出 --data",
        )
    told = _Rows(
        [one.triage.masked.text for one in rows],
        np.array([one.sample.governed for one in rows], np.int64),
        [one.sample.kind for one in rows],
        [f"{one.sample.kind}/{one.sample.topic}" for one in rows],
    )
    ear, heard = _fit_ear(told)
    spoken = [
        of_triage(one.triage) | of_sound(one.triage.masked.text, SILENT) | {"ear": float(odds)}
        for one, odds in zip(rows, heard, strict=True)
    ]
    scopes: dict[str, Scope] = {}
    auc: dict[str, float] = {}
    for law in (DIGEST, FULL):
        values = [{**said, **one.observed[law].values} for said, one in zip(spoken, rows, strict=True)]
        scopes[law], auc[law] = _fit_scope(told, values, _keeping)
    scopes[SPOKEN], auc[SPOKEN] = _fit_scope(told, spoken, _doubting)
    return Fitted(ScopeModel(scopes, ear), auc, dict(Counter(told.kinds)))


def _folds(told: _Rows) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    from sklearn.model_selection import GroupKFold

    return list(GroupKFold(FOLDS).split(told.texts, groups=told.groups))


def _fit_ear(told: _Rows) -> tuple[Ear, Floats]:
    """The ear, and its log-odds of every text by an ear that has not heard the text's topic."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    read = [runs(text) for text in told.texts]
    counts = Counter(run for found in read for run in found)
    columns = {run: at for at, run in enumerate(sorted(run for run in counts if counts[run] >= FEWEST))}
    cells = [
        (row, columns[run], len(found) ** -0.5)
        for row, found in enumerate(read)
        for run in sorted(found)
        if run in columns
    ]
    at_row, at_column, values = zip(*cells, strict=True)
    matrix = csr_matrix((values, (at_row, at_column)), shape=(len(read), len(columns)))
    weight = np.array([1.0 if is_ours(kind) else REAL for kind in told.kinds])

    def learned(rows: NDArray[np.intp]) -> Any:
        balanced = _balanced(weight[rows], told.governed[rows])
        model = LogisticRegression(C=EAR_C, max_iter=1000, solver="liblinear", random_state=0)
        return model.fit(matrix[rows], told.governed[rows], sample_weight=balanced)

    odds = np.zeros(len(read))
    for train, test in _folds(told):
        odds[test] = learned(train).decision_function(matrix[test])
    whole = learned(np.arange(len(read)))
    weights = {run: float(whole.coef_[0][at]) for run, at in columns.items()}
    kept = sorted(weights, key=lambda run: (-abs(weights[run]), run))[:MOST_RUNS]
    return Ear(
        {run: round(weights[run], 3) for run in sorted(kept)}, round(float(whole.intercept_[0]), 4)
    ), odds


def _balanced(weight: Floats, governed: NDArray[np.int64]) -> Floats:
    """Both sides equally heavy, one a text on average."""
    for side in (0, 1):
        weight = np.where(governed == side, weight / weight[governed == side].sum(), weight)
    return weight * len(weight) / 2


def _fit_scope(told: _Rows, values: Sequence[Mapping[str, float]], choose: Any) -> tuple[Scope, float]:
    """One model, and its area under the curve out of fold."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    names = list(values[0])
    found = np.array([[one[name] for name in names] for one in values])
    centre, scale = found.mean(0), found.std(0) + 1e-9
    standard = (found - centre) / scale
    counts = Counter(told.kinds)
    each = np.array([WEIGHTS.get(kind, 1.0) / counts[kind] for kind in told.kinds])
    weight = _balanced(each, told.governed)

    def learned(rows: NDArray[np.intp]) -> Any:
        model = LogisticRegression(C=SCOPE_C, max_iter=3000)
        return model.fit(standard[rows], told.governed[rows], sample_weight=weight[rows])

    odds = np.zeros(len(values))
    for train, test in _folds(told):
        odds[test] = learned(train).decision_function(standard[test])
    model = learned(np.arange(len(values)))
    signals = {
        name: (round(float(centre[at]), 4), round(float(scale[at]), 4), round(float(model.coef_[0][at]), 4))
        for at, name in enumerate(names)
        if scale[at] > 1e-4
    }
    threshold = round(float(choose(told, odds)), 4)
    area = float(roc_auc_score(told.governed, odds, sample_weight=weight))
    return Scope(signals, round(float(model.intercept_[0]), 4), threshold), area


def _keeping(told: _Rows, odds: Floats) -> float:
    """The highest threshold that lets `KEPT` of every governed kind through."""
    kinds = np.array(told.kinds)
    governed = sorted({kind for kind, yes in zip(told.kinds, told.governed, strict=True) if yes})
    return min(float(np.quantile(odds[kinds == kind], 1 - KEPT)) for kind in governed)


def _doubting(told: _Rows, odds: Floats) -> float:
    """The threshold below which `DOUBTED` of what nothing governs lies."""
    return float(np.quantile(odds[told.governed == 0], DOUBTED))


def save_fitted(fitted: Fitted, held: Result, folder: Path, router: str) -> None:
    """Write `scope_words.json` and `scope.toml`, with what it was fitted on and held figures."""
    words = {"bias": fitted.model.ear.bias, "weights": dict(fitted.model.ear.weights)}
    text = json.dumps(words, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    write_whole(folder / "scope_words.json", text + "\n")
    write_whole(folder / "scope.toml", _toml(fitted, held, router))


def _toml(fitted: Fitted, held: Result, router: str) -> str:
    lines = [
        "# When does nothing govern? (`service/scope.py`) Written by `zhili eval refusal --fit service`.",
        "#",
        f"# Router {router}, law of {held.details['as_of']}. Fitted on so many texts of each kind:",
        *_wrapped(", ".join(f"{kind} {count}" for kind, count in sorted(fitted.texts.items()))),
        "# Thresholds: every governed kind keeps 95 % out of fold; `spoken`: below lie 90 % of the rest.",
        "#",
        "# Share refused of held texts (`out_…` should be 1, all others 0), 95 % interval, number:",
    ]
    lines += [f"#   {name}: {_figure(score)}" for name, score in held.scores.items()]
    for law, area in fitted.auc.items():
        lines += ["", f"# {law}: area under the curve out of fold {area:.4f}"]
        lines += _table(law, fitted.model.scopes[law])
    return "\n".join(lines) + "\n"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 108, initial_indent="# ", subsequent_indent="# ")


def _figure(score: Score) -> str:
    return f"{score.value:.3f} [{score.low:.3f}, {score.high:.3f}] ({score.n})"


def _table(law: str, scope: Scope) -> list[str]:
    lines = ["", f"[model.{law}]", f"intercept = {scope.intercept}", f"threshold = {scope.threshold}"]
    lines += ["", f"[model.{law}.signals]"]
    return lines + [f"{name} = [{c}, {s}, {w}]" for name, (c, s, w) in scope.signals.items()]
