"""Complaints as the search meets them: masked, and with what triage expects of the law.

Training and measuring the reranker go through the desk itself, so that it learns from what it will be given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.training.cases import judged_complaints
from retrieval.training.reranking import Case
from retrieval.values import Expected
from service.prior import law_prior
from service.references import searchable
from service.rooms import Directory
from triage.catalogue.book import load_catalogue
from triage.classifier.router import Router
from triage.desk import TriageDesk
from triage.taxonomy.tree import load_taxonomy
from triage.values import Complaint


@dataclass(frozen=True, slots=True)
class Told:
    """What the desk hands to the search."""

    text: str
    expected: Expected


def told(complaints: Sequence[Complaint], router: Router | None = None) -> list[Told]:
    """What a search would be given for each complaint; by default the shipped router reads them."""
    catalogue = load_catalogue()
    desk = TriageDesk(router or Router.load(), catalogue)
    directory = Directory(catalogue, load_taxonomy())
    return [
        Told(
            searchable(triage.masked.text),
            law_prior(triage.prediction, directory, triage.entries),
        )
        for triage in desk.handle_many(complaints)
    ]


def law_cases(data: Path, router: Router | None = None) -> list[Case]:
    """Every judged complaint of the data folder."""
    judged = judged_complaints(data)
    read = told([Complaint(text=one.text, title=one.title, id=one.id) for one in judged], router)
    return [
        Case(one.id, found.text, one.core, one.also, found.expected)
        for one, found in zip(judged, read, strict=True)
    ]
