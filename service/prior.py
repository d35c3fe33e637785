"""What triage expects of the law before any article is searched: the laws of the matter, as weights.

Each matter of the taxonomy, each department and each entry of the dispatch catalogue names its legal basis.
A law gains the probability of whatever names it, so one that all three name weighs up to 3. Search takes it
as a hint (`retrieval.searcher.Searcher.search(prior=…)`), never as a filter.
"""

from __future__ import annotations

from collections.abc import Iterable

from service.seams import Directory
from triage.catalogue.dispatch import EntryMatch
from triage.values import LegalBasis, Prediction


def law_prior(
    prediction: Prediction, bases: Directory, entries: Iterable[EntryMatch] = ()
) -> dict[str, float]:
    """Weight by short title of the law; laws that nothing names are left out."""
    prior: dict[str, float] = {}

    def add(basis: Iterable[LegalBasis], share: float) -> None:
        for law in sorted({one.law for one in basis}):
            prior[law] = prior.get(law, 0.0) + share

    for matter in prediction.matter:
        add(bases.matter_basis(matter.level1, matter.level2), matter.p)
    for department in prediction.department:
        add(bases.department_basis(department.id), department.p)
    for match in entries:
        add(match.entry.basis, match.score)
    return prior
