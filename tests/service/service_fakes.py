"""Fakes for the seams of the service: a desk without a model over real masking, digest and search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from service.assistant import Assistant
from service.references import References
from service.rooms import open_references
from service.settings import Settings
from triage.catalogue.book import load_catalogue
from triage.errors import BadComplaint
from triage.policy.gates import check_gates
from triage.privacy import mask
from triage.taxonomy.tree import load_taxonomy
from triage.text import compose, normalise
from triage.values import (
    Action,
    Complaint,
    Decision,
    DepartmentScore,
    Evidence,
    LabelScore,
    MatterScore,
    Prediction,
    Triage,
)

MODEL = "fake@sha256:0000"
TODAY = date(2026, 11, 22)


class FakeDesk:
    """Triages by one word; the rest is the same for every text. Notes how often each verb was called."""

    def __init__(self) -> None:
        self.calls = 0
        self.seen: list[str] = []

    def handle(self, complaint: Complaint) -> Triage:
        return self.handle_many([complaint])[0]

    def handle_many(self, complaints: Sequence[Complaint]) -> list[Triage]:
        self.calls += 1
        return [self._one(complaint) for complaint in complaints]

    def _one(self, complaint: Complaint) -> Triage:
        if "坏诉求" in complaint.text:
            raise BadComplaint("内容无法研判", expected="文字", found="坏诉求", remedy="改正")
        masked = mask(normalise(compose(complaint.title, complaint.text)))
        self.seen.append(masked.text)
        return Triage(complaint.id, masked, _predict(masked.text), _decide(masked.text), MODEL)


def _predict(text: str) -> Prediction:
    first = ("chengguan", "城管局") if "油烟" in text else ("renshe", "人社局")
    at = text.find("油烟")
    catalogue = load_catalogue()
    scores = [DepartmentScore(first[0], catalogue.department(first[0]).name, 0.83)]
    scores += [
        DepartmentScore(id, catalogue.department(id).name, p)
        for id, p in (("shengtai", 0.11), ("jiedao", 0.03))
    ]
    return Prediction(
        matter=(
            MatterScore("城乡建设", "城市建设和市政管理", 0.71),
            MatterScore("城乡建设", "城乡规划", 0.1),
        ),
        department=tuple(scores),
        kind=(LabelScore("投诉", 0.8), LabelScore("求助", 0.18)),
        urgency=(LabelScore("一般", 0.9),),
        evidence=(Evidence("油烟", at, at + 2, 1.0),) if at >= 0 else (),
    )


def _decide(text: str) -> Decision:
    return check_gates(text) or Decision(Action.AUTO, ("把握较大（83%），可直接派单",))


class FakeDirectory:
    """The real catalogue and taxonomy behind the seam."""

    def department(self, id: str):  # type: ignore[no-untyped-def]
        return load_catalogue().department(id)

    def department_basis(self, id: str):  # type: ignore[no-untyped-def]
        return ()

    def matter_basis(self, level1: str, level2: str):  # type: ignore[no-untyped-def]
        return load_taxonomy().matter(level1, level2).basis


@cache
def fake_references() -> References:
    return open_references(Settings(home=Path("/nonexistent")))[0]


def fake_assistant(desk: FakeDesk | None = None, references: References | None = None) -> Assistant:
    return Assistant(
        desk=desk or FakeDesk(),
        references=references or fake_references(),
        directory=FakeDirectory(),
        model=MODEL,
        today=lambda: TODAY,
    )
