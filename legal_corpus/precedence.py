"""Which of two laws goes first where they disagree: higher, more special, newer.

The rules and their articles are data (`precedence.toml`). Where the law gives no order (local regulation and
ministry rule) that is said, with who decides; nothing is ranked by taste.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any

from legal_corpus.source import region_name
from legal_corpus.titles import title_key
from legal_corpus.values import NATIONWIDE, Article, LawVersion


@dataclass(frozen=True, slots=True)
class Precedence:
    """Which of two versions of law goes first."""

    first: LawVersion | None
    """`None`: the law gives no order between them."""
    rule: str
    """上位法优于下位法, 特别法优于一般法, 新法优于旧法, or 没有先后."""
    reason: str
    """One sentence for the reader, with its basis."""


def precedence(one: LawVersion, other: LawVersion) -> Precedence:
    """Compare two versions; it tells nothing about whether they disagree at all."""
    return (
        _by_level(one, other)
        or _by_special(one, other)
        or _by_date(one, other)
        or Precedence(None, "没有先后", _undecided(one, other))
    )


def notes(articles: Sequence[Article]) -> list[str]:
    """What a reader of several articles of different laws must know about their order, each rule once."""
    laws = list({article.law.id: article.law for article in articles}.values())
    pairs = [pair for pair in combinations(laws, 2) if title_key(pair[0].title) != title_key(pair[1].title)]
    found = [precedence(*pair) for pair in pairs]
    return list(dict.fromkeys(one.reason for one in found if one.rule != "新法优于旧法"))


def _by_level(one: LawVersion, other: LawVersion) -> Precedence | None:
    ranks: dict[str, int] = _data()["ranks"]
    if one.level not in ranks or other.level not in ranks or ranks[one.level] == ranks[other.level]:
        return None
    high, low = sorted((one, other), key=lambda law: ranks[law.level])
    if {high.level, low.level} == {"地方性法规", "部门规章"}:
        return Precedence(None, "没有先后", _undecided(one, other))
    if high.level == "地方性法规" and region_name(high.region) != region_name(low.region):
        return None
    basis = _data()["basis"]
    article = basis["constitution"] if ranks[high.level] == 0 else basis["higher"]
    article = basis["local_regulation"] if high.level == "地方性法规" else article
    rule = "上位法优于下位法"
    reason = f"《{high.title}》（{high.level}）的效力高于《{low.title}》（{low.level}）：{rule}，{article}"
    return Precedence(high, rule, reason)


def _by_special(one: LawVersion, other: LawVersion) -> Precedence | None:
    for row in _data()["special"]:
        for general, special in ((one, other), (other, one)):
            if title_key(general.title) == row["general"] and title_key(special.title) in row["laws"]:
                reason = (
                    f"《{special.title}》对《{general.title}》是特别规定，有不一致的先适用：特别法优于一般法，"
                    f"{row['basis']}"
                )
                return Precedence(special, "特别法优于一般法", reason)
    return None


def _by_date(one: LawVersion, other: LawVersion) -> Precedence | None:
    """New before old holds between laws of one maker; the same level and place stands in for the maker."""
    same = one.level == other.level in _data()["ranks"] and one.region == other.region
    if not same or one.level == "部门规章" or one.version_date == other.version_date:
        return None
    new, old = sorted((one, other), key=lambda law: law.version_date or date.min, reverse=True)
    basis = _data()["basis"]["special_or_new"]
    rule = "新法优于旧法"
    reason = (
        f"《{new.title}》（{new.version_date}）新于《{old.title}》（{old.version_date}）：{rule}，{basis}"
    )
    return Precedence(new, rule, reason)


def _undecided(one: LawVersion, other: LawVersion) -> str:
    basis = _data()["basis"]
    pair = f"《{one.title}》（{one.level}）与《{other.title}》（{other.level}）"
    if {one.level, other.level} == {"地方性法规", "部门规章"}:
        return f"{pair}没有当然的先后；不一致时由国务院提出意见，{basis['undecided']}"
    if {one.level, other.level} <= {"部门规章", "地方政府规章"}:
        return f"{pair}具有同等效力，在各自权限内施行，{basis['equal_rules']}"
    if NATIONWIDE not in (one.region, other.region) and one.region != other.region:
        return f"{pair}各在本地施行"
    return f"{pair}的先后不能只凭级别和日期判断"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("legal_corpus") / "precedence.toml").read_text("utf-8"))
