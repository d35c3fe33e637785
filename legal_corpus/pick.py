"""Picking one version of a law as people name it: `治安管理处罚法@2012-10-26`, a title with a year, an id."""

from __future__ import annotations

from datetime import date

from legal_corpus.clock import today
from legal_corpus.dates import read_date
from legal_corpus.errors import NoSuchVersion
from legal_corpus.library import Library
from legal_corpus.titles import canonical_title, split_year
from legal_corpus.values import LawVersion


def pick_version(library: Library, text: str) -> LawVersion:
    """The version that `text` names; raises `NoSuchVersion` saying which there are.

    The date after `@` is the version's own, or any day on which it was law.
    """
    title, _, mark = text.strip().partition("@")
    bare, year = split_year(title)
    versions = library.versions(canonical_title(bare)) or library.version_of_id(text.strip())
    if not versions:
        raise NoSuchVersion(
            f"没有《{bare}》", expected="库中的法律，如 治安管理处罚法@2025-06-27", found=text
        )
    if not mark:
        fitting = [one for one in versions if _of_year(one, year)] if year else _current(versions)
        return _only(fitting, versions, text)
    day = read_date(mark)
    if day is None:
        raise NoSuchVersion(f"“{mark}”不是日期", expected="如 2025-06-27", found=mark, remedy=_have(versions))
    exact = [one for one in versions if one.version_date == day]
    return _only(exact or [one for one in versions if one.in_force_on(day)], versions, text)


def _current(versions: tuple[LawVersion, ...]) -> list[LawVersion]:
    return [one for one in versions if one.in_force_on(today())] or list(versions[:1])


def _of_year(version: LawVersion, year: int) -> bool:
    return any(
        day.year == year for day in (version.version_date, version.valid_from) if isinstance(day, date)
    )


def _only(fitting: list[LawVersion], versions: tuple[LawVersion, ...], text: str) -> LawVersion:
    if len(fitting) != 1:
        problem = "没有这个版本" if not fitting else "不止一个版本"
        raise NoSuchVersion(
            f"“{text}”：{problem}", expected="一个版本", found=f"{len(fitting)} 个", remedy=_have(versions)
        )
    return fitting[0]


def _have(versions: tuple[LawVersion, ...]) -> str:
    each = [f"{one.title}@{one.version_date or one.id}" for one in versions[:8]]
    return "写成其中一个：" + "、".join(each)
