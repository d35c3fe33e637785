"""The library: several sources of law behind one desk. The full text where there is one, else the digest.

`resolve` turns a citation into the exact article that was law on the day asked for, or says honestly why not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from legal_corpus import reasons, relations
from legal_corpus.citation import find_all, parse
from legal_corpus.clock import today
from legal_corpus.compare import Wording
from legal_corpus.digest import Digest
from legal_corpus.forms import read
from legal_corpus.quote import cut
from legal_corpus.slips import mended_number, mended_title, understood
from legal_corpus.source import LawSource, applies_in, region_name
from legal_corpus.store import LawStore
from legal_corpus.timeline import ChangeNote, Successor, changes_since
from legal_corpus.titles import canonical_title, replaced, split_year, title_key
from legal_corpus.values import (
    NATIONWIDE,
    Article,
    Citation,
    LawVersion,
    Resolution,
    Resolved,
    Status,
    TextKind,
    Unresolved,
)

_MAX_SUGGESTIONS = 5
_REMEMBERED = 20_000
_WORDINGS = 16


@dataclass(frozen=True, slots=True)
class _Holding:
    """A version and the source that holds it."""

    version: LawVersion
    source: LawSource


class Library:
    """Sources in order of preference: the store of full texts first, then the digest."""

    def __init__(self, sources: Sequence[LawSource]) -> None:
        self._sources = tuple(sources)
        self._known_titles: tuple[str, ...] | None = None
        self._changes: dict[tuple[str, date], tuple[ChangeNote, ...]] = {}
        self._wordings: dict[str, tuple[tuple[Article, ...], Wording]] = {}

    def article(self, id: str) -> Article | None:
        """The article of that id from whichever source holds it, or `None`."""
        return next((found for source in self._sources if (found := source.article(id)) is not None), None)

    def articles(self, as_of: date | None = None, region: str | None = None) -> Iterator[Article]:
        """All articles for an index: those of the first source, plus laws that only a later source holds.

        Where the digest knows a newer version that is in force, the older full text is marked as amended.
        """
        for position, source in enumerate(self._sources):
            earlier, others = self._sources[:position], [one for one in self._sources if one is not source]
            laws: dict[str, LawVersion | None] = {}
            for article in source.articles(as_of, region):
                id = article.law.id
                if id not in laws:
                    hidden = any(_held(other, article.law) for other in earlier)
                    laws[id] = None if hidden else _against(article.law, others, as_of or today())
                law = laws[id]
                if law is not None and (as_of is None or law.in_force_on(as_of)):
                    yield article if law is article.law else replace(article, law=law)

    def resolve(
        self,
        citation: Citation | str,
        as_of: date | None = None,
        region: str | None = None,
        context: str = "",
    ) -> Resolution:
        """The article that a citation means on `as_of` (default: today), or the reason why there is none.

        Without `as_of`, a law that is no longer in force is still found, with `in_force` false and a note.
        With `as_of`, the version of that day is taken; where none is known to be in force the law is refused,
        unless it had been repealed by then. 本法 means the law of `context`.
        """
        if isinstance(citation, Citation):
            return self._resolve_one(citation, as_of, region, reasons.written(citation))
        found = self.resolve_all(citation, as_of, region, context)
        if len(found) > 1:
            each = [_shown(one) for one in found]
            return reasons.more_than_one(citation, each[:_MAX_SUGGESTIONS])
        return found[0]

    def resolve_all(
        self, text: str, as_of: date | None = None, region: str | None = None, context: str = ""
    ) -> tuple[Resolution, ...]:
        """Every article that a text of citations means: lists, ranges, 本法 (the law of `context`).

        What was misheard or mistyped is mended where it can mean one thing alone, and marked in the note.
        """
        reading = read(text, context)
        mended = mended_number(text)
        if mended is not None and (isinstance(reading, Unresolved) or self._is_unknown(reading.citations)):
            second = read(mended, context)
            if not isinstance(second, Unresolved) and not self._is_unknown(second.citations):
                return tuple(
                    _remarked(self._resolve_one(one, as_of, region, text), f"条号按“{mended}”理解，请核对")
                    for one in second.citations
                )
        if isinstance(reading, Unresolved):
            return (self._inner(text, as_of, region) or _why(text, reading),)
        if self._is_unknown(reading.citations) and (inner := self._inner(text, as_of, region)):
            return (inner,)
        single = len(reading.citations) == 1
        return tuple(
            self._resolve_one(one, as_of, region, text if single else reasons.written(one))
            for one in reading.citations
        )

    def _is_unknown(self, citations: Sequence[Citation]) -> bool:
        """Whether a title among them is one that no source, alias, succession or slip knows."""
        return any(
            one.law
            and not self._holdings(canonical_title(one.law))
            and not self._holdings(canonical_title(split_year(one.law)[0]))
            and not replaced(split_year(one.law)[0])
            and not self._mended(split_year(one.law)[0])
            for one in citations
        )

    def _inner(self, text: str, as_of: date | None, region: str | None) -> Resolution | None:
        """The one citation inside a text that is more than a citation: `这件事依据劳动法第三条`."""
        found = list(dict.fromkeys(one.citation for one in find_all(text[:300])))
        known = [one for one in found if one.law and not self._is_unknown([one])]
        if len(known) > 1:
            return reasons.more_than_one(text, [reasons.written(one) for one in known][:_MAX_SUGGESTIONS])
        return self._resolve_one(known[0], as_of, region, text) if len(found) == len(known) == 1 else None

    def _mended(self, title: str) -> str | None:
        if self._known_titles is None:
            self._known_titles = tuple(self.titles())
        return mended_title(title, self._known_titles)

    def _resolve_one(
        self, citation: Citation, as_of: date | None, region: str | None, asked: str
    ) -> Resolution:
        """One citation; a slip in the title is mended and marked."""
        if not citation.law:
            return Unresolved(asked, "“本法”没有说明是哪部法律，请写出法律名称")
        holdings = self._find_law(citation.law, region, asked)
        bare, year = split_year(citation.law)
        meant = self._mended(bare) if isinstance(holdings, Unresolved) and not replaced(bare) else None
        if meant is not None:
            again = replace(citation, law=f"{meant}（{year}年）" if year else meant)
            return _remarked(self._resolve_one(again, as_of, region, asked), understood(bare, meant))
        if isinstance(holdings, Unresolved):
            return holdings
        chosen = _choose(holdings, year, as_of, asked)
        if isinstance(chosen, Unresolved):
            return chosen
        return _open(chosen, citation, as_of or today(), holdings, asked)

    def _find_law(self, title: str, region: str | None, asked: str) -> list[_Holding] | Unresolved:
        """All versions of the law that a title means, newest first, the full text before the digest."""
        for spelling in (title, split_year(title)[0]):
            holdings = self._holdings(canonical_title(spelling))
            if holdings:
                return _one_region(holdings, region, asked)
        return self._local_or_unknown(split_year(title)[0], region, asked)

    def _holdings(self, title: str) -> list[_Holding]:
        holdings: list[_Holding] = []
        seen: set[tuple[str, date | None]] = set()
        for source in self._sources:
            fresh = [
                version
                for version in source.versions(title)
                if (version.region, version.version_date) not in seen
            ]
            holdings += [_Holding(version, source) for version in fresh]
            seen |= {(version.region, version.version_date) for version in fresh}
        return sorted(holdings, key=lambda held: held.version.version_date or date.min, reverse=True)

    def _local_or_unknown(self, title: str, region: str | None, asked: str) -> list[_Holding] | Unresolved:
        """A local law cited without its place, or a law that nobody knows."""
        key = title_key(title)
        known = self.titles()
        local = [name for name in known if len(key) >= 4 and title_key(name).endswith(key)]
        here = [name for name in local if region and name.startswith(region_name(region))]
        if len(here) == 1:
            return _one_region(self._holdings(here[0]), None, asked)
        successor = replaced(title)
        if successor is not None:
            return reasons.replaced_law(asked, successor)
        ended = relations.repealers(self.store, title) if self.store and not local else ()
        if ended:
            return reasons.repealed_law(asked, title, ended[0])
        if len(local) > 1:
            return Unresolved(
                asked,
                f"有 {len(local)} 部法规的名称以“{title}”结尾，请写全名或指明地区",
                tuple(local[:_MAX_SUGGESTIONS]),
            )
        return reasons.unknown_law(
            asked, title, known, has_full_text=not all(isinstance(source, Digest) for source in self._sources)
        )

    def changes_since(self, article: Article, event_day: date, today: date) -> tuple[ChangeNote, ...]:
        """What became of an article of this library after `event_day` (`timeline`); remembered."""
        asked = article.id, today
        if asked not in self._changes:
            if len(self._changes) >= _REMEMBERED:
                self._changes.clear()
            self._changes[asked] = changes_since(self, article, date.min, today)
        return tuple(note for note in self._changes[asked] if note.day is None or note.day > event_day)

    def versions(self, title: str) -> tuple[LawVersion, ...]:
        """All versions of the law of that title in all regions, newest first."""
        return tuple(held.version for held in self._holdings(title))

    def version_of_id(self, id: str) -> tuple[LawVersion, ...]:
        """The version of that id, or nothing."""
        store = self.store
        return tuple(one for one in store.all_versions() if one.id == id) if store else ()

    def history(self, law: LawVersion) -> tuple[LawVersion, ...]:
        """All versions of that law in its region, newest first."""
        return tuple(held.version for held in self._holdings(law.title) if held.version.region == law.region)

    def wording(self, law: LawVersion) -> tuple[tuple[Article, ...], Wording]:
        """The articles of a version, and the index over their words; the last few are remembered."""
        if law.id not in self._wordings:
            while len(self._wordings) >= _WORDINGS:
                self._wordings.pop(next(iter(self._wordings)))
            articles = self.articles_of(law)
            self._wordings[law.id] = articles, Wording(articles)
        return self._wordings[law.id]

    def articles_of(self, law: LawVersion) -> tuple[Article, ...]:
        """The articles and units of one version, in order."""
        return next((found for source in self._sources if (found := source.articles_of(law.id))), ())

    def successor(self, law: LawVersion) -> Successor | None:
        """What took the place of a repealed law: the table of successions, else the clause that ended it."""
        known = replaced(law.title) if law.region == NATIONWIDE else None
        if known is not None:
            return Successor(known.by, known.since, known.part, self._law_on(known.by, known.since))
        store = self.store
        for clause in relations.repealers(store, law.title) if store else ():
            newer = (clause.law.version_date or date.max) > (law.version_date or date.min)
            if newer and clause.law.region in (NATIONWIDE, law.region):
                since = clause.day or clause.law.valid_from
                return Successor(clause.law.title, since, "", clause.law)
        return None

    @property
    def store(self) -> LawStore | None:
        """The store of full texts, where there is one."""
        return next((source for source in self._sources if isinstance(source, LawStore)), None)

    def _law_on(self, title: str, day: date) -> LawVersion | None:
        """The version of a law on that day, else its first one after it."""
        versions = [held.version for held in self._holdings(title)]
        on_the_day = [one for one in versions if one.in_force_on(day)]
        later = [one for one in reversed(versions) if (one.valid_from or date.min) > day]
        return next(iter([*on_the_day, *later]), None)

    def titles(self) -> list[str]:
        """Short titles of all laws of all sources, sorted."""
        return sorted({title for source in self._sources for title in source.titles()})


def _why(text: str, reading: Unresolved) -> Unresolved:
    """The plainer reason of the single form where it has one."""
    parsed = parse(text)
    return parsed if isinstance(parsed, Unresolved) else reading


def _remarked(found: Resolution, remark: str) -> Resolution:
    """Say how a slip was understood."""
    if isinstance(found, Unresolved):
        return replace(found, reason=reasons.join(found.reason, remark))
    return replace(found, note=reasons.join(remark, found.note))


def _shown(found: Resolution) -> str:
    return reasons.written(found.citation) if isinstance(found, Resolved) else found.text


def _held(source: LawSource, law: LawVersion) -> bool:
    """Whether a source holds this version of a law, or a newer one."""
    return any(
        version.region == law.region and (version.version_date or date.min) >= (law.version_date or date.min)
        for version in source.versions(law.title)
    )


def _against(law: LawVersion, others: Sequence[LawSource], day: date) -> LawVersion:
    """A version as the other sources show it: amended where one of them holds a newer one in force."""
    for newer in (version for other in others for version in other.versions(law.title)):
        later = (newer.version_date or date.min) > (law.version_date or date.min)
        if later and newer.region == law.region and newer.in_force_on(day) and law.in_force_on(day):
            reason = f"{newer.source}有更新的版本（{newer.version_date}）"
            return replace(law, status=Status.AMENDED, valid_to=newer.valid_from, reason=reason)
    return law


def _one_region(holdings: list[_Holding], region: str | None, asked: str) -> list[_Holding] | Unresolved:
    regions = sorted({held.version.region for held in holdings})
    if len(regions) == 1:
        return holdings
    fitting = [held for held in holdings if region and applies_in(held.version, region)]
    local = [held for held in fitting if held.version.region != "全国"] or fitting
    if len({held.version.region for held in local}) == 1:
        return local
    return Unresolved(asked, f"{'、'.join(regions)}都有同名的法，请指明地区", tuple(regions))


def _choose(
    holdings: list[_Holding], year: int | None, as_of: date | None, asked: str
) -> _Holding | Unresolved:
    """The version that is meant: by the year written, else by the day, else the newest."""
    if year is not None:
        fitting = [held for held in holdings if year in reasons.years(held.version)]
        return (
            fitting[0] if fitting else reasons.no_such_year(asked, year, [held.version for held in holdings])
        )
    day = as_of or today()
    in_force = [held for held in holdings if held.version.in_force_on(day)]
    if in_force:
        return in_force[0]
    newest = holdings[0]
    ended = newest.version.status in (Status.REPEALED, Status.AMENDED)
    past = newest.version.version_date is None or newest.version.version_date <= day
    if as_of is None or (
        ended and past and newest.version.valid_to is not None and newest.version.valid_to <= day
    ):
        return newest
    return reasons.not_in_force(asked, day, [held.version for held in holdings])


def _open(held: _Holding, citation: Citation, day: date, holdings: list[_Holding], asked: str) -> Resolution:
    """The cited article of a version, cut to its paragraph or item."""
    articles = held.source.articles_of(held.version.id)
    wanted = (citation.article, citation.suffix)
    article = next((one for one in articles if (one.number, one.suffix) == wanted), None)
    if article is None:
        older = next((other.version for other in holdings if other.source is not held.source), None)
        if isinstance(held.source, Digest) and older is not None:
            return reasons.only_older_text(asked, held.version, older, citation)
        truncated = held.source.maybe_truncated(held.version.id)
        return reasons.no_such_article(asked, held.version, citation, articles, truncated=truncated)
    note = reasons.note(held.version, day, [other.version for other in holdings])
    if article.text_kind is TextKind.DIGEST:
        note = reasons.join(note, reasons.DIGEST_NOTE if citation.paragraph or citation.item else "")
        quote = article.text
    else:
        try:
            quote = cut(article.text, citation.paragraph, citation.item)
        except LookupError as error:
            return Unresolved(asked, f"{article.cited}：{error.args[0]}")
    in_force = held.version.in_force_on(day)
    return Resolved(replace(citation, law=held.version.title), article, quote, in_force, note)
