"""What triage expects of the law before any article is searched: laws and articles of the matter, as weights.

Each matter of the taxonomy, each department and each entry of the dispatch catalogue names its legal basis.
A law gains the probability of whatever names it, so one that all three name weighs up to 3. An article gains
the share of belief of the entries that name it, for only an entry is narrow enough to mean a single article.
Search takes both as hints (`retrieval.searcher.Searcher.search(prior=…)`), never as a filter.
"""

from __future__ import annotations

from collections.abc import Iterable

from retrieval.values import Expected
from service.seams import Directory
from triage.catalogue.dispatch import EntryMatch
from triage.values import LegalBasis, Prediction


def law_prior(prediction: Prediction, bases: Directory, entries: Iterable[EntryMatch] = ()) -> Expected:
    """Weights of the laws and articles that something names; all others are left out."""
    laws: dict[str, float] = {}
    articles: dict[tuple[str, str], float] = {}

    def add(basis: Iterable[LegalBasis], share: float) -> None:
        for law in sorted({one.law for one in basis}):
            laws[law] = laws.get(law, 0.0) + share

    for matter in prediction.matter:
        add(bases.matter_basis(matter.level1, matter.level2), matter.p)
    for department in prediction.department:
        add(bases.department_basis(department.id), department.p)
    for match in entries:
        add(match.entry.basis, match.score)
        for law, label in {(one.law, one.article): None for one in match.entry.basis}:
            articles[law, label] = articles.get((law, label), 0.0) + match.score
    return Expected(laws, articles)
