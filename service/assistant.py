"""The one verb per wish: handle a complaint, answer a question, look up an article.

Each verb is a short list of named steps. Text is masked before anything else sees it: the search, the answer
and every record hold masked text only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from legal_corpus.clock import CHINA, today
from legal_corpus.values import Resolution, TextKind
from service.answers import DIGEST_ONLY, NO_BASIS, NOT_ADVICE, Answer, Cited, Door, LegalAnswer
from service.references import References
from service.seams import Desk, Directory
from service.settings import Settings
from triage.values import Action, Complaint, DepartmentScore, LegalBasis, Prediction, Triage

GOVERNING = 10
"""Articles found for a complaint; the edges show `answers.READ_AT_ONCE` of them and fold the rest."""
ANSWERING = 5
"""Articles that answer a resident's question."""
BASIS = 2
LIKELY = 0.5
"""A department or matter below this probability is a guess; its basis would look like a reason."""
DOORS = 3


@dataclass(frozen=True)
class Assistant:
    """The front of house: triage and law together."""

    desk: Desk
    references: References
    directory: Directory
    model: str
    """Name and hash of the router, as its answers carry it."""
    region: str = ""
    notes: tuple[str, ...] = ()
    """What every reader must know, such as a full law that is not searched yet."""
    today: Callable[[], date] = today

    @classmethod
    def open(cls, settings: Settings) -> Assistant:
        """Load the router, the law and the index that the settings name.

        Raises `ZhiliError` with its remedy where one of them is there but cannot be used.
        """
        from service.rooms import open_assistant

        return open_assistant(settings)

    def handle(self, complaint: Complaint) -> Answer:
        """Where a complaint goes, the law that governs it, and why. Raises `triage.errors.BadComplaint`."""
        return self._answer(complaint, self.desk.handle(complaint))

    def handle_many(self, complaints: Sequence[Complaint]) -> list[Answer]:
        """The same for several complaints, in order and faster."""
        triages = self.desk.handle_many(complaints)
        return [self._answer(*pair) for pair in zip(complaints, triages, strict=True)]

    def ask(self, question: str, as_of: date | None = None, region: str | None = None) -> LegalAnswer:
        """The articles that answer a resident's question, in plain words, and which door to knock on."""
        day = as_of or self.today()
        place = self.region if region is None else region
        triage = self.desk.handle(Complaint(text=question, region=place))
        articles = self.references.governing(
            triage.masked.text, as_of=day, region=place, k=ANSWERING, surely=True
        )
        return LegalAnswer(
            question=triage.masked.text,
            sufficient=bool(articles),
            message="" if articles else NO_BASIS,
            articles=articles,
            doors=self._doors(triage.prediction.department),
            channel=triage.decision.channel,
            reasons=triage.decision.reasons,
            notes=self.notes + _notes(articles),
            as_of=day,
            region=place,
            model=triage.model,
        )

    def article(self, citation: str, as_of: date | None = None, region: str | None = None) -> Resolution:
        """The article that a citation means on a day (today), or why it cannot be shown."""
        place = self.region if region is None else region
        return self.references.resolve(citation, as_of=as_of or self.today(), region=place)

    def _answer(self, complaint: Complaint, triage: Triage) -> Answer:
        day = self._governing_day(complaint)
        place = complaint.region or self.region
        prediction, decision = triage.prediction, triage.decision
        citations = self._citations(triage, day, place)
        return Answer(
            id=triage.id,
            matter=prediction.matter,
            department=prediction.department,
            kind=prediction.kind,
            urgency=prediction.urgency,
            action=decision.action,
            masked_text=triage.masked.text,
            citations=citations,
            reasons=decision.reasons,
            model=triage.model,
            evidence=prediction.evidence,
            channel=decision.channel,
            basis=decision.basis,
            notes=self.notes + _notes(citations),
            as_of=day,
            region=place,
        )

    def _governing_day(self, complaint: Complaint) -> date:
        """The law of the day of receipt governs, not today's."""
        moment = complaint.received_at
        if moment is None:
            return self.today()
        return (moment.astimezone(CHINA) if moment.tzinfo else moment).date()

    def _citations(self, triage: Triage, day: date, place: str) -> tuple[Cited, ...]:
        governing = self.references.governing(triage.masked.text, as_of=day, region=place, k=GOVERNING)
        bases = self._bases(triage, {cited.law for cited in governing})
        basis = self.references.basis(bases, as_of=day, region=place, beside=governing, k=BASIS)
        return governing + basis

    def _bases(self, triage: Triage, governing: set[str]) -> list[LegalBasis]:
        """What a rule rests on, where one decided; then the bases of the matter and of the department.

        A department has bases for all its duties: those of a law that governs (`governing`) come first, so
        that a lift is not answered with food law.
        """
        prediction, decision = triage.prediction, triage.decision
        by_rule = decision.action in (Action.EMERGENCY, Action.OTHER_CHANNEL)
        bases = list(self._matter_basis(prediction))
        if prediction.department and prediction.department[0].p >= LIKELY:
            bases += self.directory.department(prediction.department[0].id).basis
        bases.sort(key=lambda basis: basis.law not in governing)
        return [*decision.basis, *bases] if by_rule else bases

    def _matter_basis(self, prediction: Prediction) -> tuple[LegalBasis, ...]:
        if not prediction.matter or prediction.matter[0].p < LIKELY:
            return ()
        first = prediction.matter[0]
        return self.directory.matter_basis(first.level1, first.level2)

    def _doors(self, departments: Sequence[DepartmentScore]) -> tuple[Door, ...]:
        found = ((score, self.directory.department(score.id)) for score in departments[:DOORS])
        return tuple(
            Door(score.id, score.name, score.p, entry.duties, entry.public_line) for score, entry in found
        )


def _notes(citations: Sequence[Cited]) -> tuple[str, ...]:
    kinds = {cited.text_kind for cited in citations}
    return (NOT_ADVICE, DIGEST_ONLY) if TextKind.DIGEST in kinds else (NOT_ADVICE,)
