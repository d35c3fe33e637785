"""Judging the status of every version of the store: evidence in, status and reason out. Pure functions.

Order of evidence for one version: a newer version in force (amended) · what a judged source says · the
database's expired flag · a repeal clause in another law · a change known to be missing from the collections
(`changes.toml`) · dates. Where nothing speaks for it: unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from legal_corpus.changes import first_day_of, overtaken
from legal_corpus.values import NATIONWIDE, Status


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one version."""

    id: str
    key: str
    region: str
    version_date: date | None
    given_from: date | None
    expired: bool = False
    amending: bool = False
    given_status: str = ""
    given_reason: str = ""


@dataclass(frozen=True, slots=True)
class RepealEvidence:
    """A repeal clause of a version, aimed at a title."""

    by: Evidence
    target: str
    day: date | None
    clause: str

    @property
    def first_day(self) -> date | None:
        """When the clause took effect, as well as we know."""
        return self.day or self.by.given_from or self.by.version_date


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement on one version."""

    status: Status
    reason: str
    valid_from: date | None
    valid_to: date | None = None


def judge(versions: Iterable[Evidence], repeals: Iterable[RepealEvidence], today: date) -> dict[str, Verdict]:
    """The verdict on every version, by id."""
    laws: dict[tuple[str, str], list[Evidence]] = {}
    for version in versions:
        laws.setdefault((version.key, version.region), []).append(version)
    clauses: dict[str, list[RepealEvidence]] = {}
    for repeal in repeals:
        clauses.setdefault(repeal.target, []).append(repeal)
    verdicts: dict[str, Verdict] = {}
    for (key, _), history in laws.items():
        history.sort(key=lambda version: (version.version_date or date.min, version.id))
        verdicts |= _judge_law(history, clauses.get(key, []), today)
    return verdicts


def _judge_law(
    history: Sequence[Evidence], clauses: Sequence[RepealEvidence], today: date
) -> Mapping[str, Verdict]:
    """Versions of one law, oldest first."""
    verdicts = {version.id: _judge_alone(version, clauses, today) for version in history}
    for older, newer in pairwise(history):
        if verdicts[newer.id].status is Status.NOT_YET:
            continue
        # Once amended the old text stays amended, whatever became of the law later.
        verdicts[older.id] = _amended(older, newer, verdicts[newer.id])
    return verdicts


def _amended(older: Evidence, newer: Evidence, verdict: Verdict) -> Verdict:
    # A newer text without a stated first day counts from its own date (`in_force_on`).
    start = verdict.valid_from or newer.version_date
    reason = older.given_reason if older.given_status == "superseded" else ""
    reason = reason or f"库中有更新的版本（{newer.version_date or '日期不明'}）"
    return Verdict(Status.AMENDED, reason, _known_start(older), start)


def _judge_alone(version: Evidence, clauses: Sequence[RepealEvidence], today: date) -> Verdict:
    """One version as if it were the newest."""
    start = _known_start(version)
    clause = _strike(version, clauses, today)
    end = clause.first_day if clause else None
    if version.given_status == "superseded":
        return Verdict(Status.AMENDED, version.given_reason or "来源标为已被取代", start)
    if version.given_status == "repealed":
        return Verdict(Status.REPEALED, version.given_reason or "来源标为废止", start, end)
    if clause is not None:
        return Verdict(Status.REPEALED, f"{clause.clause}规定废止", start, end)
    if version.expired:
        return Verdict(Status.REPEALED, "来源数据库标为失效", start)
    if version.amending:
        return Verdict(Status.UNKNOWN, "修改、废止他法的文件，内容已并入被修改的法", start)
    change = overtaken(version.key, version.version_date) if version.region == NATIONWIDE else None
    if change is not None and change.since <= today:
        return Verdict(Status.AMENDED, change.reason, start, change.since)
    if start is not None and start > today:
        return Verdict(Status.NOT_YET, f"自 {start} 起施行", start)
    return _standing(version, start, today)


def _standing(version: Evidence, start: date | None, today: date) -> Verdict:
    if version.version_date is None and start is None:
        # A judged source has looked at more than we can see; a bare file without any date has not.
        if version.given_status == "current":
            return Verdict(Status.IN_FORCE, "来源判为现行（日期不明）", None)
        return Verdict(Status.UNKNOWN, "来源没有任何日期，无法判断效力", None)
    if start is None and version.version_date is not None and version.version_date > today:
        return Verdict(Status.NOT_YET, f"{version.version_date} 的版本，施行日期不明", None)
    if version.given_status == "current":
        return Verdict(Status.IN_FORCE, version.given_reason or "来源判为现行", start)
    if version.given_status:
        return Verdict(Status.UNKNOWN, f"来源标为“{version.given_status}”", start)
    return Verdict(Status.IN_FORCE, "库中最新的版本，没有失效标记和废止条款", start)


def _known_start(version: Evidence) -> date | None:
    """A first day before the version's own date belongs to an older version and says nothing."""
    own = version.version_date
    known = first_day_of(version.key, own) if version.region == NATIONWIDE else None
    start = known or version.given_from
    return None if start is None or (own is not None and start < own) else start


def _strike(version: Evidence, clauses: Sequence[RepealEvidence], today: date) -> RepealEvidence | None:
    """The earliest clause of another, newer text that ended this version by `today`."""
    own = version.version_date or version.given_from
    hits = [
        clause
        for clause in clauses
        if clause.by.id != version.id
        and clause.by.region in (NATIONWIDE, version.region)
        and clause.first_day is not None
        and clause.first_day <= today
        # Without a date of its own a version cannot be shown to be older than the clause.
        and own is not None
        and own < clause.first_day
        and (clause.by.version_date is None or own < clause.by.version_date or clause.by.key != version.key)
    ]
    return min(hits, key=lambda clause: clause.first_day or date.max, default=None)
