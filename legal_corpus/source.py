"""What every source of law can do: the store of full texts and the digest satisfy the same Protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Protocol

from legal_corpus.values import NATIONWIDE, Article, LawVersion

_REGION_ENDINGS = ("特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")


class LawSource(Protocol):
    """A body of law that can be asked for versions and articles."""

    def articles(self, as_of: date | None = None, region: str | None = None) -> Iterator[Article]:
        """Every article; with `as_of` only what is known to be in force on that day."""

    def article(self, id: str) -> Article | None:
        """The article of that id, or `None`."""

    def versions(self, title: str) -> tuple[LawVersion, ...]:
        """All versions of the law of that title (any spelling, any region), newest first."""

    def titles(self) -> list[str]:
        """Short titles of all laws, sorted."""

    def articles_of(self, version_id: str) -> tuple[Article, ...]:
        """The articles and units of one version, in order."""

    def maybe_truncated(self, version_id: str) -> bool:
        """Whether the source is suspected of holding only a part of that version's text."""


@lru_cache(maxsize=4096)
def region_name(region: str) -> str:
    """`北京市` → `北京`, `广西壮族自治区` → `广西`: the form in which regions are compared."""
    name = region.strip()
    for ending in _REGION_ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


def applies_in(version: LawVersion, region: str | None) -> bool:
    """Whether a version may apply in `region` (`山东`, `山东省济南市`); `None` or empty: no filter.

    National law applies everywhere. Our sources give local law the name of its province only, so a city given
    without its province finds the laws that carry the city's name in their title, and national law.
    """
    return not region or region_applies(version.region, version.title, region)


def region_applies(own: str, title: str, asked: str) -> bool:
    """Whether a law of region `own` may apply in `asked`: 北京 in 北京市朝阳区; national law everywhere."""
    if own == NATIONWIDE:
        return True
    wanted, held = region_name(asked), region_name(own)
    return wanted.startswith(held) or held.startswith(wanted) or title.startswith(wanted)


def newest_first(versions: Iterable[LawVersion]) -> tuple[LawVersion, ...]:
    """Sort versions by their date, newest first; undated ones last."""
    return tuple(
        sorted(versions, key=lambda version: (version.version_date or date.min, version.id), reverse=True)
    )
