"""The judged complaints as the search meets them: masked, and with what triage expects of the law.

Training and measuring the reranker go through the desk itself, so that it learns from what it will be given.
"""

from __future__ import annotations

from pathlib import Path

from retrieval.training.cases import judged_complaints
from retrieval.training.reranking import Case
from service.prior import law_prior
from service.references import searchable
from service.rooms import Directory
from triage.catalogue.book import load_catalogue
from triage.classifier.router import Router
from triage.desk import TriageDesk
from triage.taxonomy.tree import load_taxonomy
from triage.values import Complaint


def law_cases(data: Path, router: Router | None = None) -> list[Case]:
    """Every judged complaint of the data folder; by default the shipped router reads it."""
    catalogue = load_catalogue()
    desk = TriageDesk(router or Router.load(), catalogue)
    directory = Directory(catalogue, load_taxonomy())
    judged = judged_complaints(data)
    read = desk.handle_many([Complaint(text=one.text, title=one.title, id=one.id) for one in judged])
    return [
        Case(
            one.id,
            searchable(triage.masked.text),
            one.core,
            one.also,
            law_prior(triage.prediction, directory, triage.entries),
        )
        for one, triage in zip(judged, read, strict=True)
    ]
