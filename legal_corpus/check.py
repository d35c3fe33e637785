"""Checking the digest against the full text: citations exist, are in force and current, nothing is copied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from legal_corpus import clock
from legal_corpus.digest import Digest
from legal_corpus.source import LawSource
from legal_corpus.values import Article, LawVersion

LONGEST_COPY = 11
"""Chinese characters in a row that a digest may share with the article itself."""
_TITLE = re.compile(r"《[^《》]*》")
_NOT_CHINESE = re.compile(r"[^\u4e00-\u9fff]")
_BREAK = "|"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the digest."""

    where: str
    """Id of the entry, or of the law."""
    kind: str
    """`missing_law`, `missing_article`, `not_in_force`, `outdated`, `dates` or `copied`."""
    message: str


def check_digest(digest: Digest, store: LawSource, *, today: date | None = None) -> list[Problem]:
    """All problems of the digest, in the order of its entries; empty where it holds."""
    day = today or clock.today()
    problems: list[Problem] = []
    for law in digest.laws:
        current, found = _current(law, store, day)
        problems += found
        if current is None:
            continue
        official = {(one.number, one.suffix): one for one in store.articles_of(current.id)}
        titles = {law.title, law.full_title}
        for entry in digest.articles_of(law.id):
            problems += _check_entry(entry, official.get((entry.number, entry.suffix)), titles, current)
    return problems


def longest_copy(ours: str, official: str, titles: set[str]) -> str:
    """The longest run of Chinese characters that `ours` shares with `official`; titles do not count."""
    own, theirs = _characters(ours, titles), _NOT_CHINESE.sub("", official)
    best = ""
    for start in range(len(own)):
        while start + len(best) < len(own):
            run = own[start : start + len(best) + 1]
            if _BREAK in run or run not in theirs:
                break
            best = run
    return best


def _characters(text: str, titles: set[str]) -> str:
    """The Chinese characters of a text; a break stands where a title was, so that no run leads across it."""
    text = _TITLE.sub(_BREAK, text)
    for title in sorted(titles, key=len, reverse=True):
        text = text.replace(title, _BREAK)
    return _BREAK.join(_NOT_CHINESE.sub("", part) for part in text.split(_BREAK))


def _current(law: LawVersion, store: LawSource, day: date) -> tuple[LawVersion | None, list[Problem]]:
    versions = [version for version in store.versions(law.title) if version.region == law.region]
    if not versions:
        return None, [Problem(law.id, "missing_law", f"全文库中没有《{law.title}》（{law.region}）")]
    current = next((version for version in versions if version.in_force_on(day)), None)
    if current is None:
        status = "；".join(f"{version.version_date}：{version.reason}" for version in versions[:2])
        return versions[0], [
            Problem(law.id, "not_in_force", f"《{law.title}》在 {day} 不是现行法（{status}）")
        ]
    return current, list(_check_dates(law, current))


def _check_dates(law: LawVersion, current: LawVersion) -> Iterator[Problem]:
    if current.version_date != law.version_date:
        message = f"《{law.title}》现行版本为 {current.version_date}，摘要写的是 {law.version_date}"
        yield Problem(law.id, "outdated", message)
    elif _states_first_day(current) and current.valid_from != law.valid_from:
        message = f"《{law.title}》自 {current.valid_from} 起施行，摘要写的是 {law.valid_from}"
        yield Problem(law.id, "dates", message)


def _states_first_day(version: LawVersion) -> bool:
    """Whether the source states a first day; often it only repeats the day of the version."""
    return version.valid_from is not None and version.valid_from != version.version_date


def _check_entry(
    entry: Article, official: Article | None, titles: set[str], current: LawVersion
) -> Iterator[Problem]:
    if official is None:
        message = f"{entry.cited} 在 {current.version_date} 的版本中不存在"
        yield Problem(entry.id, "missing_article", message)
        return
    run = longest_copy(entry.text, official.text, titles)
    if len(run) > LONGEST_COPY:
        yield Problem(
            entry.id, "copied", f"{entry.cited} 有 {len(run)} 个字与原文相同，最多 {LONGEST_COPY} 个"
        )
