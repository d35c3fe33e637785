"""Finds and checks the law that is shown: the articles that govern, and the basis of a department's duty.

Whatever is shown resolves to an article in force on the day that governs; the rest is left out. The official
text is shown where there is one, our digest beside it or in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from legal_corpus.values import NATIONWIDE, Article, Citation, Resolution, Resolved, TextKind, Unresolved
from retrieval.errors import BadQuery
from retrieval.values import Hit
from service.answers import Cited, Role, cite
from service.seams import Digest, Finder, Shelf
from triage.values import LegalBasis

_PLACEHOLDER = re.compile("〔[^〔〕]{1,8}〕")
_Key = tuple[str, str]


@dataclass(frozen=True)
class References:
    """The law as the service shows it: search, resolve, and our words beside the official ones."""

    shelf: Shelf
    digest: Digest
    finder: Finder
    rare_word: float = 0.0
    """Score of one match with a word that stands in a single article (ln of the number of articles): what
    falls below it for a question has matched by chance. A rule of thumb."""
    _plain: dict[_Key, list[Article]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for article in self.digest.articles():
            self._plain.setdefault(_key(article), []).append(article)

    def governing(
        self, masked_text: str, *, as_of: date, region: str, k: int = 5, at_least: float = 0.0
    ) -> tuple[Cited, ...]:
        """The best `k` articles for what a citizen says, each once, each in force on `as_of`.

        Articles whose score is below `at_least` are left out, so there may be none.
        """
        query = _PLACEHOLDER.sub(" ", masked_text).strip()
        found: dict[_Key, Cited] = {}
        # Twice k: a digest hit may turn out to be superseded by the full text.
        for hit in self._search(query, 2 * k, as_of, region):
            if hit.score < at_least:
                break
            article = self._current(hit, as_of, region)
            if article is not None and _key(article) not in found:
                found[_key(article)] = self._shown(article, as_of, why=hit.why)
            if len(found) == k:
                break
        return tuple(found.values())

    def basis(
        self, bases: Iterable[LegalBasis], *, as_of: date, region: str, beside: Iterable[Cited], k: int = 2
    ) -> tuple[Cited, ...]:
        """Up to `k` of the catalogue's bases that resolve and are in force and are not shown already."""
        taken = {(cited.law, cited.article) for cited in beside}
        found: list[Cited] = []
        for basis in bases:
            resolved = self.shelf.resolve(str(basis), as_of, region or NATIONWIDE)
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

    def _search(self, query: str, k: int, as_of: date, region: str) -> list[Hit]:
        try:
            return self.finder.search(query, k, as_of=as_of, region=region or NATIONWIDE)
        except BadQuery:
            # Only punctuation or function characters: there is nothing to find, and nothing is shown.
            return []

    def _current(self, hit: Hit, as_of: date, region: str) -> Article | None:
        """The article of a hit as it stands on the day: the full text where the digest was hit."""
        article = self.shelf.article(hit.id)
        if article is None or article.text_kind is TextKind.OFFICIAL or article.number is None:
            return article
        wanted = Citation(law=article.law.title, article=article.number, suffix=article.suffix)
        resolved = self.shelf.resolve(wanted, as_of, region or NATIONWIDE)
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
        return cite(article, role=role, plain=plain, note=note, why=why)


def _key(article: Article) -> _Key:
    return article.law.title, article.label
