"""The sentences with which the library refuses a citation or warns about it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import date

from legal_corpus.citation import format_citation, format_label
from legal_corpus.relations import Repealer
from legal_corpus.titles import Replaced, replaced, title_key
from legal_corpus.values import Article, Citation, LawVersion, Status, TextKind, Unresolved

DIGEST_NOTE = "这是内置摘要，不分款、项；原文请先用 zhili corpus ingest 导入全文"
_STATUS = {
    Status.AMENDED: "已被后来的版本取代",
    Status.REPEALED: "已废止",
    Status.NOT_YET: "尚未施行",
    Status.UNKNOWN: "效力不明",
}


def written(citation: Citation) -> str:
    """A citation in its standard form, for messages."""
    return format_citation(citation)


def join(*parts: str) -> str:
    """Join the parts that say something."""
    return "；".join(part for part in parts if part)


def years(version: LawVersion) -> set[int]:
    """Years by which people name a version: of its date and of its first day."""
    return {day.year for day in (version.version_date, version.valid_from) if day is not None}


def unknown_law(asked: str, title: str, known: Sequence[str], *, has_full_text: bool) -> Unresolved:
    """No source has a law of that title."""
    key = title_key(title)
    containing = [name for name in known if key in title_key(name)][:3] if len(key) >= 2 else []
    near = difflib.get_close_matches(title, known, n=3, cutoff=0.7)
    where = "库中" if has_full_text else "内置摘要中（尚未导入全文）"
    suggestions = tuple(dict.fromkeys([*near, *containing]))
    return Unresolved(asked, f"{where}没有《{title}》", suggestions)


def more_than_one(asked: str, each: Sequence[str]) -> Unresolved:
    """A list or a range of articles; one look-up gives one article."""
    return Unresolved(asked, f"写了不止一条引用，请逐条查：{'、'.join(each)}")


def replaced_law(asked: str, successor: Replaced) -> Unresolved:
    """The law is gone, its text is in no source, and its article numbers do not carry over."""
    part = f"（{successor.part}）" if successor.part else ""
    ended = f"《{successor.title}》自 {successor.since} 起废止，被《{successor.by}》{part}取代"
    return Unresolved(asked, f"{ended}，条号不能沿用；库中没有旧法原文", (successor.by,))


def repealed_law(asked: str, title: str, ended: Repealer) -> Unresolved:
    """A law that no source holds, ended by a clause of a law that one holds."""
    day = ended.day or ended.law.valid_from
    since = f"自 {day} 起" if day else ""
    reason = f"库中没有《{title}》；{ended.clause}规定它{since}废止"
    return Unresolved(asked, reason, (ended.law.title,))


def no_such_year(asked: str, year: int, versions: Sequence[LawVersion]) -> Unresolved:
    """There is no version of the year that was written."""
    have = "、".join(str(version.version_date or "日期不明") for version in versions)
    return Unresolved(asked, f"《{versions[0].title}》没有 {year} 年的版本，库中有：{have}")


def not_in_force(asked: str, day: date, versions: Sequence[LawVersion]) -> Unresolved:
    """No version is known to be law on that day."""
    newest = versions[0]
    newer: list[LawVersion | None] = [None, *versions]
    have = "、".join(_lifetime(*pair) for pair in list(zip(versions, newer, strict=False))[:4])
    return Unresolved(asked, f"不能确认《{newest.title}》在 {day} 有效（{have}）")


def no_such_article(
    asked: str, version: LawVersion, citation: Citation, articles: Sequence[Article], *, truncated: bool
) -> Unresolved:
    """The version has no such article, or we hold only a part of it."""
    label = format_label(citation.article, citation.suffix)
    numbers = [article.number for article in articles if article.number is not None]
    if any(article.text_kind is TextKind.DIGEST for article in articles):
        return Unresolved(
            asked, f"内置摘要没有收《{version.title}》{label}；请先用 zhili corpus ingest 导入全文"
        )
    if not numbers:
        return Unresolved(asked, f"《{version.title}》不分条，没有{label}")
    named = f"《{version.title}》（{version.version_date or '日期不明'}）"
    if truncated:
        return Unresolved(asked, f"来源中的{named}可能不全，只到{format_label(max(numbers))}，没有{label}")
    if citation.article > max(numbers):
        return Unresolved(asked, f"{named}只有 {max(numbers)} 条，没有{label}")
    return Unresolved(asked, f"{named}没有{label}")


def only_older_text(asked: str, version: LawVersion, older: LawVersion, citation: Citation) -> Unresolved:
    """The law of the day is known to the digest only, and the digest leaves this article out."""
    label = format_label(citation.article, citation.suffix)
    reason = (
        f"《{version.title}》现行版本（{version.version_date}）只有内置摘要，没有收{label}；"
        f"全文库中是 {older.version_date or '日期不明'} 的旧版，请更新全文库"
    )
    return Unresolved(asked, reason)


def note(version: LawVersion, day: date, versions: Sequence[LawVersion]) -> str:
    """What a reader must know about the version that was found; empty where it simply is the law today."""
    if version.in_force_on(day):
        later = _end_of_history(version, versions)
        return f"这是 {day} 当时有效的版本（{version.version_date}），{later}" if later else ""
    if version.status is Status.REPEALED:
        return _repealed(version)
    if version.status is Status.NOT_YET or (version.valid_from is not None and day < version.valid_from):
        start = f"，自 {version.valid_from} 起施行" if version.valid_from else ""
        return f"{_STATUS[Status.NOT_YET]}{start}"
    if version.status is Status.IN_FORCE:
        return f"不能确认在 {day} 有效：{version.reason}"
    since = f"（自 {version.valid_to} 起）" if version.valid_to else ""
    return f"{_STATUS[version.status]}{since}：{version.reason}"


def _end_of_history(version: LawVersion, versions: Sequence[LawVersion]) -> str:
    """How a version that was law on a past day ended; empty where it is still the law."""
    if version.status is Status.AMENDED:
        newer = [
            other
            for other in versions
            if (other.version_date or date.min) > (version.version_date or date.min)
        ]
        by = f"被 {newer[-1].version_date} 的版本" if newer else "被后来的版本"
        return f"自 {version.valid_to} 起{by}取代"
    return _repealed(version) if version.status is Status.REPEALED else ""


def _repealed(version: LawVersion) -> str:
    successor = replaced(version.title)
    if successor is not None:
        return f"{successor.since} 起被《{successor.by}》取代，已废止；条号不能沿用"
    since = f"，自 {version.valid_to} 起" if version.valid_to else ""
    return f"{_STATUS[Status.REPEALED]}{since}：{version.reason}"


def _lifetime(version: LawVersion, newer: LawVersion | None) -> str:
    """From when to when; the newer version may stand in another source, which the older knows nothing of."""
    counts = version.version_date if version.status is Status.IN_FORCE else None
    start = version.valid_from or counts or "施行日不明"
    since = newer and (newer.valid_from or newer.version_date)
    end = version.valid_to or since or ("今" if version.status is Status.IN_FORCE else "不明")
    return f"{version.version_date or '日期不明'} 版：{start} 至 {end}"
