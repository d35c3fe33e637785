"""What guidance may rest on: law is quoted only where two voices that know nothing of each other agree.

An entry of the dispatch catalogue fits by its words, the search finds articles by theirs, the router
believes in a matter; each alone is wrong too often to be a reply's basis. So (chosen on the 80 complaints of
`law_gold_dev`, `zhili eval grounding`; docs/answer_quality.md has the figures):

- an entry speaks with its own voice (name, helpers, questions, clock, what to tell) only where the search or
  the router bears it out; else it is a hint to the operator;
- an article is quoted only where an entry that stands out names it and the search finds it, or where it is
  the search's first, the router believes in the matter, and its law is one that a borne-out entry or the
  matter expects; and only where it shares two telling words with what is asked (one, where the entry names
  what the search puts first). Everything else is named to the operator as 依据待核, never in the reply.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from legal_corpus.values import Article, Resolved, TextKind
from service.answers import Cited, Role
from service.guidance.excerpt import law_quote, shared_words
from service.guidance.seams import Entry, Find, Match, Running
from service.seams import Directory
from triage.values import Action, LegalBasis, MatterScore, Triage

GATED = (Action.EMERGENCY, Action.OTHER_CHANNEL)
SURE_ENTRY = 0.5
"""Share of belief from which an entry may speak at all; below it others fit as well."""
BELIEVED = 0.5
"""The router's probability of a matter that bears an entry, or the search's first article, out by itself."""
POSSIBLE = 0.2
"""... that is enough where the search finds one of the entry's articles too."""
FOUND = 10
"""Of the articles found, those that count as agreement."""
SHARED = 2
"""Words that an article must share with a complaint."""
QUOTED = 2
"""Articles that a reply quotes."""
HINTED = 3

NO_ENTRY = "依据待核：可能是目录条目“{name}”{cites}；印证还不够，先问清是不是这件事，再决定用不用。"
NO_WORDS = "依据待核：目录条目“{name}”和检索都指向{cites}，但条文与诉求用语对不上，核对后再引用。"
NO_ARTICLE = "依据待核：目录条目“{name}”建议{cites}；检索没有找到同一条，核对后再引用。"
SEARCHED = "依据待核：检索最接近的是{cites}，是否适用请核对。"
ENTRY_CLOCK = "时限待核：目录条目“{name}”还有“{clock}”，最迟{due}；核对是这件事再用。"


@dataclass(frozen=True, slots=True)
class Support:
    """What the voices agree on."""

    entry: Entry | None = None
    """The entry that may speak with its own voice."""
    doubted: Entry | None = None
    """The entry that fits the proposed unit, where nothing bears it out."""
    articles: tuple[Article, ...] = ()
    """What a reply may quote, best first."""
    hints: tuple[str, ...] = ()
    """What a person should look at instead: never part of a reply."""


def fitting_entry(triage: Triage) -> Match | None:
    """The entry of the dispatch catalogue that fits best and agrees with the proposed unit."""
    first = triage.prediction.department[0].id if triage.prediction.department else ""
    matches: Sequence[Match] = triage.entries
    fitting = [match for match in matches if match.entry.lead == first]
    # What stands in the text is more than what the router believes of the matter.
    spoken = [match for match in fitting if match.words]
    believed = [match for match in fitting if match.score >= SURE_ENTRY]
    return next(iter((*spoken, *believed)), None)


def doubtful_clock(triage: Triage, support: Support) -> str:
    """Id of the clock that runs only by an entry that nothing bears out; empty: none."""
    matches: Sequence[Match] = triage.entries
    if not matches or matches[0].entry is support.entry or triage.decision.action in GATED:
        return ""
    running: Sequence[Running] = triage.deadlines
    kept = {one.clock.id for one in running if one.clock.setting}
    kept |= {support.entry.clock} if support.entry is not None else set()
    return "" if matches[0].entry.clock in kept else matches[0].entry.clock


def weigh(triage: Triage, citations: Iterable[Cited], directory: Directory, find: Find) -> Support:
    """What may be said with the voice of the catalogue and of the law, and what is only a hint."""
    if triage.decision.action in GATED:
        return Support()
    found = [cited for cited in citations if cited.role is Role.GOVERNING][:FOUND]
    return _Scales(triage, found, directory, find).support()


@dataclass(frozen=True)
class _Scales:
    """One weighing."""

    triage: Triage
    found: Sequence[Cited]
    directory: Directory
    find: Find

    def support(self) -> Support:
        match = fitting_entry(self.triage)
        named = self._articles(match.entry.basis) if match else {}
        sure = match is not None and self._borne_out(match, named)
        entry = match.entry if match is not None else None
        agreed = set(named) if match is not None and match.score >= SURE_ENTRY else set()
        expected = self._laws_of_matter() | {one.law for one in (entry.basis if entry and sure else ())}
        articles = tuple(self._quotable(agreed, expected))[:QUOTED]
        return Support(
            entry=entry if sure else None,
            doubted=None if sure else entry,
            articles=articles,
            hints=tuple(self._hints(entry, named, articles, sure=sure)),
        )

    def _borne_out(self, match: Match, named: dict[str, Article]) -> bool:
        if match.score < SURE_ENTRY:
            return False
        place = (match.entry.level1, match.entry.level2)
        p = next((one.p for one in self.triage.prediction.matter if (one.level1, one.level2) == place), 0.0)
        return p >= BELIEVED or (p >= POSSIBLE and any(cited.id in named for cited in self.found))

    def _quotable(self, agreed: set[str], expected: set[str]) -> Iterable[Article]:
        """Articles on which two voices agree and whose words speak of the matter, in the search's order.

        `agreed`: ids of the articles that the entry names; `expected`: laws that the first one may be of.
        """
        believed = any(one.p >= BELIEVED for one in self.triage.prediction.matter[:1])
        for rank, cited in enumerate(self.found):
            first = rank == 0 and believed and cited.law in expected
            article = self._article(cited.cited) if cited.id in agreed or first else None
            if article is None or article.id != cited.id:
                continue
            if self._speaks(article) or (rank == 0 and cited.id in agreed and self._touches(article)):
                yield article

    def _speaks(self, article: Article) -> bool:
        text = self.triage.masked.text
        return len(shared_words(article.text, text)) >= SHARED and bool(law_quote(article.text, text))

    def _touches(self, article: Article) -> bool:
        """Enough where the entry names what the search puts first; a digest is told whole, a law quoted."""
        text = self.triage.masked.text
        tellable = article.text_kind is TextKind.DIGEST or law_quote(article.text, text)
        return bool(tellable and shared_words(article.text, text))

    def _laws_of_matter(self) -> set[str]:
        first: Sequence[MatterScore] = self.triage.prediction.matter[:1]
        return {basis.law for one in first for basis in self.directory.matter_basis(one.level1, one.level2)}

    def _articles(self, bases: Iterable[LegalBasis]) -> dict[str, Article]:
        held = (self._article(str(basis)) for basis in bases)
        return {article.id: article for article in held if article is not None}

    def _article(self, cited: str) -> Article | None:
        found = self.find(cited)
        return found.article if isinstance(found, Resolved) and found.in_force else None

    def _hints(
        self, entry: Entry | None, named: dict[str, Article], quoted: Sequence[Article], *, sure: bool
    ) -> Iterable[str]:
        """What the catalogue and the search suggest and nothing confirms."""
        told = {article.id for article in quoted}
        found = [cited for cited in self.found if cited.id not in told]
        waiting = [article.cited for id, article in named.items() if id not in told]
        both = [cited.cited for cited in found if cited.id in named]
        if entry is not None and not sure:
            cites = f"建议{_listed(waiting)}" if waiting else ""
            yield NO_ENTRY.format(name=entry.name, cites=cites)
        elif entry is not None and not quoted and both:
            yield NO_WORDS.format(name=entry.name, cites=_listed(both))
        elif entry is not None and not quoted and waiting:
            yield NO_ARTICLE.format(name=entry.name, cites=_listed(waiting))
        alone = [cited.cited for cited in found if not sure or cited.id not in named]
        if not quoted and alone:
            yield SEARCHED.format(cites=_listed(alone))


def _listed(cited: Sequence[str]) -> str:
    """`《甲法》第一条、第二条、《乙法》第三条`: a law is named once."""
    parts: list[str] = []
    before = ""
    for one in cited[:HINTED]:
        law, mark, label = one.rpartition("》")
        parts.append(label if law == before else one)
        before = law if mark else ""
    return "、".join(parts)
