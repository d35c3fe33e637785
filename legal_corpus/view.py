"""All around one article: chapter, neighbours, versions, references both ways, later changes.

What `zhili law` and `/v1/law` show. `look` gathers it; nothing here decides which article is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from legal_corpus.citation import format_citation
from legal_corpus.library import Library
from legal_corpus.links import references
from legal_corpus.relations import Referrer, Variant, has_references, history_lines, referrers, variants
from legal_corpus.timeline import ChangeNote, starts
from legal_corpus.values import Article, LawVersion, Resolved, Status, Unresolved

_MOST = 60


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The article before or after."""

    label: str
    chapter: str
    id: str


@dataclass(frozen=True, slots=True)
class Link:
    """Something the article refers to: `text[start:end]` of its text."""

    start: int
    end: int
    text: str
    citation: str
    """In its standard form."""
    resolved: bool
    """Whether it leads to an article in force on the day."""


@dataclass(frozen=True, slots=True)
class Around:
    """Everything around a resolved article."""

    found: Resolved
    previous: Neighbour | None
    following: Neighbour | None
    versions: tuple[LawVersion, ...]
    """Of the same law and region, newest first."""
    history: tuple[str, ...]
    """Adoption and amendments as the version prints them (题注)."""
    links: tuple[Link, ...]
    referrers: tuple[Referrer, ...]
    referrers_known: bool
    """False: the store was written before references were kept; ingest again."""
    changes: tuple[ChangeNote, ...]
    """From the day asked for up to today; of a text no longer in force, since its own time."""
    variants: tuple[Variant, ...]
    """Other wordings in sources that were not preferred."""


def look(library: Library, found: Resolved, day: date, today: date) -> Around:
    """Gather what stands around the article that was found for `day`."""
    article, store = found.article, library.store
    # Of a text that is no longer law everything that came after it is told.
    since = day if found.in_force else min(day, starts(article.law) or day)
    previous, following = _neighbours(library, article)
    held = store is not None and bool(store.article(article.id))
    return Around(
        found=found,
        previous=previous,
        following=following,
        versions=library.history(article.law),
        history=history_lines(store, article.law.id) if store and held else (),
        links=tuple(_links(library, article, day))[:_MOST],
        referrers=referrers(store, article, day)[:_MOST] if store and held else (),
        referrers_known=bool(store and has_references(store)),
        changes=library.changes_since(article, since, today),
        variants=variants(store, article) if store and held else (),
    )


def _neighbours(library: Library, article: Article) -> tuple[Neighbour | None, Neighbour | None]:
    articles = [one for one in library.articles_of(article.law) if one.number is not None]
    place = next((at for at, one in enumerate(articles) if one.id == article.id), None)
    if place is None:
        return None, None
    around = [articles[at] if 0 <= at < len(articles) else None for at in (place - 1, place + 1)]
    before, after = (Neighbour(one.label, one.chapter, one.id) if one else None for one in around)
    return before, after


def _links(library: Library, article: Article, day: date) -> list[Link]:
    links = []
    numbers = {(one.number, one.suffix) for one in library.articles_of(article.law)}
    for one in references(article):
        if one.own_law:
            resolved = (one.citation.article, one.citation.suffix) in numbers
        else:
            answer = library.resolve(one.citation, day, article.law.region)
            resolved = not isinstance(answer, Unresolved) and answer.in_force
        links.append(Link(one.start, one.end, one.text, format_citation(one.citation), resolved))
    return links


def status_name(version: LawVersion) -> str:
    """The status as it is shown."""
    return {
        Status.IN_FORCE: "现行有效",
        Status.AMENDED: "已被取代",
        Status.REPEALED: "已废止",
        Status.NOT_YET: "尚未施行",
        Status.UNKNOWN: "效力不明",
    }[version.status]
