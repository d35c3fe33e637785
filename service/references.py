"""Finds and checks the law that is shown: the articles that govern, and the basis of a department's duty.

Whatever is shown resolves to an article in force on the day that governs; the rest is left out. The official
text is shown where there is one, our digest beside it or in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from legal_corpus.clock import today
from legal_corpus.library import Library
from legal_corpus.timeline import ChangeKind
from legal_corpus.values import NATIONWIDE, Article, Citation, Resolution, Resolved, TextKind, Unresolved
from retrieval.errors import BadQuery
from retrieval.searcher import Searcher
from retrieval.sufficiency import Observed, observe
from retrieval.values import Expected, Hit
from service.answers import Cited, Role, cite
from service.seams import Digest, Finder, Shelf
from triage.values import LegalBasis

_PLACEHOLDER = re.compile("〔[^〔〕]{1,8}〕")
_Key = tuple[str, str]
_Asked = tuple[Citation | str, date, str]
_REMEMBERED = 20_000

DEPTH = 20
"""Hits of each wing that are fused; deeper ones cannot reach the few that are shown."""
_DAMPING = 3
"""Of reciprocal rank fusion: how little the first ranks differ. With voices 2 : 1 the best article that only
the full law knows (local law, rare matters) comes fourth."""


@dataclass(frozen=True)
class Wing:
    """One index that is searched: over our digest, or over the full law."""

    finder: Finder
    weight: float = 1.0
    """Its voice in the fusion."""


@dataclass(frozen=True)
class References:
    """The law as the service shows it: search, resolve, and our words beside the official ones."""

    shelf: Shelf
    digest: Digest
    wings: Sequence[Wing]
    _plain: dict[_Key, list[Article]] = field(init=False, default_factory=dict)
    _own: dict[str, Article] = field(init=False, default_factory=dict)
    _known: dict[_Asked, Resolution] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for article in self.digest.articles():
            self._plain.setdefault(_key(article), []).append(article)
            self._own[article.id] = article

    def _resolve(self, citation: Citation | str, as_of: date, region: str) -> Resolution:
        """Resolve and remember: complaints of one day ask for the same articles, and the law stands still."""
        asked = (citation, as_of, region)
        found = self._known.get(asked)
        if found is None:
            found = self.shelf.resolve(citation, as_of, region)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[asked] = found
        return found

    def governing(
        self,
        masked_text: str,
        *,
        as_of: date,
        region: str,
        k: int = 5,
        prior: Expected | None = None,
    ) -> tuple[Cited, ...]:
        """The best `k` articles for what a citizen says, each once, each in force on `as_of`.

        `prior` says which laws triage expects (`service.prior`); it weighs in the full law only.
        The ranks of the wings are fused; what both find comes before what one finds at the same place.
        """
        query = searchable(masked_text)
        scores: dict[_Key, float] = {}
        found: dict[_Key, tuple[Article, Hit]] = {}
        for wing in self.wings:
            hits = self._hits(wing, query, as_of, region, prior)
            for rank, (key, pair) in enumerate(hits.items()):
                scores[key] = scores.get(key, 0.0) + wing.weight / (_DAMPING + rank)
                found.setdefault(key, pair)
        best = sorted(scores, key=lambda key: (-scores[key], key))[:k]
        return tuple(self._shown(found[key][0], as_of, why=found[key][1].why) for key in best)

    def observed(self, masked_text: str, *, as_of: date, region: str) -> Observed | None:
        """What the widest wing that can tell sees of a text; `None` where none can.

        The search of the same text on the same day (`governing`) does not pay for it again.
        """
        query, place = searchable(masked_text), region or NATIONWIDE
        for wing in reversed(self.wings):
            if isinstance(wing.finder, Searcher):
                found = observe(wing.finder, query, as_of=as_of, region=place)
                if found is not None:
                    return found
        return None

    def names(self, ids: Sequence[str], most: int = 3) -> list[str]:
        """How people cite the first `most` of these articles."""
        found = (self._own.get(id) or self.shelf.article(id) for id in ids)
        cited = (f"《{article.law.title}》{article.label}" for article in found if article is not None)
        return list(dict.fromkeys(cited))[:most]

    def basis(
        self, bases: Iterable[LegalBasis], *, as_of: date, region: str, beside: Iterable[Cited], k: int = 2
    ) -> tuple[Cited, ...]:
        """Up to `k` of the catalogue's bases that resolve and are in force and are not shown already."""
        taken = {(cited.law, cited.article) for cited in beside}
        found: list[Cited] = []
        for basis in bases:
            resolved = self._resolve(str(basis), as_of, region or NATIONWIDE)
            if isinstance(resolved, Unresolved) or not resolved.in_force or _key(resolved.article) in taken:
                continue
            taken.add(_key(resolved.article))
            found.append(self._shown(resolved.article, as_of, role=Role.BASIS, note=resolved.note))
            if len(found) == k:
                break
        return tuple(found)

    def resolve(self, citation: str, *, as_of: date, region: str) -> Resolution:
        """The article that a citation means on that day, or why there is none."""
        return self.shelf.resolve(citation, as_of, region or None)

    def shown(self, resolved: Resolved, as_of: date) -> Cited:
        """A resolved citation with our words beside it."""
        return self._shown(resolved.article, as_of, note=resolved.note)

    def _hits(
        self,
        wing: Wing,
        query: str,
        as_of: date,
        region: str,
        prior: Expected | None,
    ) -> dict[_Key, tuple[Article, Hit]]:
        """What a wing finds, by law and article, best first."""
        try:
            place = region or NATIONWIDE
            hits = wing.finder.search(query, DEPTH, as_of=as_of, region=place, prior=prior)
        except BadQuery:
            # Only punctuation or function characters: there is nothing to find, and nothing is shown.
            return {}
        found: dict[_Key, tuple[Article, Hit]] = {}
        for hit in hits:
            article = self._current(hit, as_of, region)
            if article is not None:
                found.setdefault(_key(article), (article, hit))
        return found

    def _current(self, hit: Hit, as_of: date, region: str) -> Article | None:
        """The article of a hit as it stands on the day: the full text where the digest was hit."""
        article = self._own.get(hit.id) or self.shelf.article(hit.id)
        if article is None or article.text_kind is TextKind.OFFICIAL or article.number is None:
            return article
        wanted = Citation(law=article.law.title, article=article.number, suffix=article.suffix)
        resolved = self._resolve(wanted, as_of, region or NATIONWIDE)
        return resolved.article if isinstance(resolved, Resolved) and resolved.in_force else None

    def _shown(
        self,
        article: Article,
        as_of: date,
        *,
        role: Role = Role.GOVERNING,
        note: str = "",
        why: tuple[str, ...] = (),
    ) -> Cited:
        plain = next(
            (own.text for own in self._plain.get(_key(article), ()) if own.law.in_force_on(as_of)), ""
        )
        since = self._since(article, as_of)
        return cite(article, role=role, plain=plain, note="；".join(filter(None, (note, since))), why=why)

    def _since(self, article: Article, as_of: date) -> str:
        """What became of an article after the day that governs; empty where it stands as it did."""
        now = today()
        if as_of >= now or not isinstance(self.shelf, Library):
            return ""
        changes = self.shelf.changes_since(article, as_of, now)
        return "；".join(one.text for one in changes if one.kind is not ChangeKind.UNCHANGED)


def searchable(masked_text: str) -> str:
    """The words of a masked text that are searched with: what was masked says nothing about the law."""
    return _PLACEHOLDER.sub(" ", masked_text).strip()


def _key(article: Article) -> _Key:
    return article.law.title, article.label
