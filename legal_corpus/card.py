"""The corpus card: what a store holds and what is wrong with it, as Markdown (`corpus check --card`).

Counts by level, status and region; the newest dates; unknown first days; gaps, truncation, duplicates and
disagreement of the sources; laws expected but missing; sources and hashes.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

from legal_corpus.store import LawStore
from legal_corpus.titles import canonical_title
from legal_corpus.values import LawVersion, Status

_KINDS = {
    "gap": "缺条号",
    "truncated": "可能不全",
    "duplicate": "重复",
    "encoding": "字符有问题",
    "dates": "日期有问题",
    "conflict": "两份来源不一致",
    "other": "其他",
}
_NAMES = {
    Status.IN_FORCE: "现行有效",
    Status.AMENDED: "已被取代",
    Status.REPEALED: "已废止",
    Status.NOT_YET: "尚未施行",
    Status.UNKNOWN: "效力不明",
}
_SHOWN = 200


def corpus_card(store: LawStore, today: date) -> str:
    """The card as Markdown."""
    versions = store.all_versions()
    parts = [
        _head(store, today),
        _table("级别", _by_level(versions)),
        _table("地区", _counts(version.region for version in versions if version.status is Status.IN_FORCE)),
        _dates(versions, today),
        _defects(store),
        _missing(store, today),
        _articles(store),
    ]
    return "\n\n".join(parts) + "\n"


def missing_titles(store: LawStore, today: date) -> list[str]:
    """Expected laws of which the store holds no version in force."""
    return [
        title
        for title in _expected()
        if not any(version.in_force_on(today) for version in store.versions(canonical_title(title)))
    ]


def _head(store: LawStore, today: date) -> str:
    found = store.status()
    return "\n".join(
        [
            "# 法律库说明卡",
            "",
            "由 `zhili corpus check --card` 生成，不手写。",
            "",
            f"- 生成日期 {today}；效力判断于 {found.judged_on}，导入于 {found.ingested_at}",
            f"- 来源：{'、'.join(found.sources) or '不明'}",
            f"- 内容：`{found.content_hash}`，格式 {found.schema}，{found.megabytes} MB",
            f"- {found.laws} 部法律，{found.versions} 个版本，{found.articles} 条；"
            f"现行有效 {found.in_force_versions} 个版本、{found.in_force_articles} 条",
        ]
    )


def _by_level(versions: Sequence[LawVersion]) -> list[tuple[str, ...]]:
    levels = Counter(version.level for version in versions)
    rows: list[tuple[str, ...]] = [("级别", *_NAMES.values(), "合计")]
    for level, total in levels.most_common():
        counts = Counter(version.status for version in versions if version.level == level)
        rows.append((level, *(str(counts[status]) for status in _NAMES), str(total)))
    return rows


def _counts(names: Iterable[str]) -> list[tuple[str, ...]]:
    return [("地区", "现行有效的版本"), *((name, str(count)) for name, count in Counter(names).most_common())]


def _table(title: str, rows: Sequence[tuple[str, ...]]) -> str:
    lines = [f"## {title}", "", "| " + " | ".join(rows[0]) + " |", "|" + "---|" * len(rows[0])]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows[1:])])


def _dates(versions: Sequence[LawVersion], today: date) -> str:
    rows: list[tuple[str, ...]] = [("级别", "最新的版本日期", "不知施行日的版本", "其中现行有效")]
    for level in Counter(version.level for version in versions):
        own = [version for version in versions if version.level == level]
        newest = max((one.version_date for one in own if one.version_date), default=None)
        unknown = [one for one in own if one.valid_from is None]
        current = sum(one.in_force_on(today) for one in unknown)
        rows.append((level, str(newest or "不明"), str(len(unknown)), str(current)))
    note = "\n\n不知施行日的现行版本自其版本日期起算；不知施行日的旧版本从不当作有效。"
    return _table("日期", rows) + note


def _defects(store: LawStore) -> str:
    rows = store.query("SELECT kind, place, what FROM defects ORDER BY kind, place")
    counts = Counter(kind for kind, _, _ in rows)
    lines = ["## 来源的毛病", ""]
    if not rows:
        return "\n".join([*lines, "没有记录。法律库若由旧版程序导入，要重新导入才有记录。"])
    lines += [f"- {_KINDS.get(kind, kind)}：{count} 处" for kind, count in counts.most_common()]
    for kind, name in _KINDS.items():
        own = [(place, what) for one, place, what in rows if one == kind]
        if own:
            lines += ["", f"### {name}", "", *(f"- {place}：{what}" for place, what in own[:_SHOWN])]
            lines += [f"- ……另有 {len(own) - _SHOWN} 处"] if len(own) > _SHOWN else []
    return "\n".join(lines)


def _missing(store: LawStore, today: date) -> str:
    missing = missing_titles(store, today)
    lines = ["## 热线常用而库中没有现行文本的", ""]
    return "\n".join([*lines, *(f"- 《{title}》" for title in missing)] if missing else [*lines, "没有。"])


def _articles(store: LawStore) -> str:
    refs = store.query("SELECT count(*), sum(own) FROM refs")[0]
    kinds = store.query("SELECT kind, count(*) FROM articles GROUP BY kind ORDER BY 2 DESC")
    lines = ["## 条文与引用", ""]
    lines += [f"- {kind}：{count}" for kind, count in kinds]
    lines.append(f"- 条文之间的引用 {refs[0]} 处，其中引用本法 {refs[1] or 0} 处")
    return "\n".join(lines)


@cache
def _expected() -> tuple[str, ...]:
    return tuple(tomllib.loads((files("legal_corpus") / "expected.toml").read_text("utf-8"))["titles"])
