"""Refusal: what nothing governs is refused, what law governs is not: `zhili eval refusal --data DIR`.

Every text goes the way of the product (triage, search, `service.scope.basis_of`) over the digest alone and,
where it is ingested, over the full law; held topics only. Refused means that no article is shown, for
whatever reason. The real complaints were in the router's training, the STARD questions in the search
encoder's: their figures are kind; the texts of our own were in neither's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from eval.errors import DataMissing
from eval.provenance import Stopwatch
from eval.refusal_sets import Sample, files_of, is_ours, own_texts, real_texts
from eval.result import Result, Score, mean_score
from foundation.progress import Progress, silent
from legal_corpus.values import NATIONWIDE
from retrieval.searcher import Searcher
from retrieval.sufficiency import Observed, observe
from service.assistant import Assistant
from service.references import searchable
from service.scope import DIGEST, FULL, Basis, ScopeModel, basis_of, shipped
from triage.values import Complaint, Triage

_AT_ONCE = 64
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Seen:
    """A text with what triage and each search saw of it."""

    sample: Sample
    triage: Triage
    observed: Mapping[str, Observed]
    """By `DIGEST` and, where the full law is searched, `FULL`."""


def measure_refusal(
    assistant: Assistant, data: Path | None = None, *, as_of: date, progress: Progress = silent
) -> Result:
    """Shares refused by kind of text; `data`: also real questions and complaints."""
    watch = Stopwatch()
    samples = [one for one in samples_of(data) if one.held]
    seen = look(assistant, samples, as_of=as_of, progress=progress)
    return report(seen, shipped(), assistant, data, as_of=as_of, watch=watch)


def report(
    seen: Sequence[Seen],
    model: ScopeModel,
    assistant: Assistant,
    data: Path | None,
    *,
    as_of: date,
    watch: Stopwatch,
) -> Result:
    """The held texts among those that were looked at, judged by a model."""
    scores, details = shares([one for one in seen if one.sample.held], model)
    record = watch.record(data=files_of(data), model_hash=assistant.model)
    return Result("refusal", scores, record, details | {"as_of": as_of.isoformat()})


def samples_of(data: Path | None) -> list[Sample]:
    """Our own texts, and the real ones where there is a data folder."""
    return own_texts() + (real_texts(data) if data is not None else [])


def look(
    assistant: Assistant, samples: Sequence[Sample], *, as_of: date, progress: Progress = silent
) -> list[Seen]:
    """Every text through triage and search; raises `DataMissing` where there is nothing to look at."""
    if not samples:
        raise DataMissing("没有可评测的文本", expected="至少一条", found="0 条", remedy="检查 --data 的目录")
    found: list[Seen] = []
    for start in range(0, len(samples), _AT_ONCE):
        progress(start, len(samples), "分派与检索")
        part = samples[start : start + _AT_ONCE]
        read = assistant.desk.handle_many([Complaint(text=one.text) for one in part])
        found += [
            Seen(sample, triage, _observed(assistant, triage, as_of))
            for sample, triage in zip(part, read, strict=True)
        ]
    return found


def _observed(assistant: Assistant, triage: Triage, as_of: date) -> dict[str, Observed]:
    found: dict[str, Observed] = {}
    for wing in assistant.references.wings:
        if isinstance(wing.finder, Searcher):
            query = searchable(triage.masked.text)
            one = observe(wing.finder, query, as_of=as_of, region=NATIONWIDE)
            if one is not None:
                found[FULL if one.full else DIGEST] = one
    return found


def shares(seen: Sequence[Seen], model: ScopeModel) -> tuple[dict[str, Score], dict[str, object]]:
    """What share of each kind is refused, by what was searched; and the texts of ours that went wrong."""
    scores: dict[str, Score] = {}
    why: dict[str, dict[str, int]] = {}
    wrong: list[dict[str, str]] = []
    for law in (DIGEST, FULL):
        looked = [one for one in seen if law in one.observed]
        refused: dict[str, list[float]] = {}
        for one in looked:
            basis = basis_of(one.triage, one.observed[law], model)
            no = basis is not Basis.FOUND
            total = "all in scope" if one.sample.governed else "all out of scope"
            for kind in (one.sample.kind, total):
                refused.setdefault(f"{law} {kind}", []).append(float(no))
                why.setdefault(f"{law} {kind}", Counter())[basis.value] += 1
            if no == one.sample.governed and is_ours(one.sample.kind):
                wrong.append({"law": law, "kind": one.sample.kind, "text": one.sample.text})
        scores |= {name: mean_score(values) for name, values in refused.items()}
    return scores, {"why": why, "wrong_of_ours": wrong[:_SHOWN], "wrong": len(wrong)}
