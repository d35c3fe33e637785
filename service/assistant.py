"""The one verb per wish: handle a complaint, answer a question, look up an article.

Each verb is a short list of named steps. Text is masked before anything else sees it: the search, the answer
and every record hold masked text only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from legal_corpus.clock import CHINA, today
from legal_corpus.values import Resolution, TextKind
from service.answers import (
    DIGEST_ONLY,
    NO_BASIS,
    NOT_ADVICE,
    NOT_IN_DIGEST,
    NOTHING_TO_JUDGE,
    Answer,
    Cited,
    Door,
    LegalAnswer,
)
from service.guidance.lock import Lock
from service.guidance.operator import Adviser
from service.guidance.resident import advise_resident
from service.guidance.support import GATED, Support, weigh
from service.guidance.values import Guidance
from service.llm.brief import plain_brief, reply_brief
from service.llm.writer import ModelWriter, open_writer
from service.prior import law_prior
from service.references import References
from service.scope import Basis, basis_of
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
    writer: ModelWriter | None = None
    """A language model that may write drafts; `None`, the default: none does."""

    @classmethod
    def open(cls, settings: Settings) -> Assistant:
        """Load the router, the law and the index that the settings name.

        Raises `ZhiliError` with its remedy where one of them is there but cannot be used.
        """
        from service.rooms import open_assistant

        return replace(open_assistant(settings), writer=open_writer(settings))

    @cached_property
    def lock(self) -> Lock:
        """The citation lock over the law that is loaded."""
        return Lock(self.references.shelf)

    def handle(self, complaint: Complaint) -> Answer:
        """Where a complaint goes, the law that governs it, why, and how to handle it.

        Raises `triage.errors.BadComplaint`.
        """
        triage = self.desk.handle(complaint)
        answer = self._answer(complaint, triage)
        return replace(answer, guidance=self._guidance(complaint, triage, answer))

    def handle_many(self, complaints: Sequence[Complaint]) -> list[Answer]:
        """Route and law for several complaints, in order and faster; without guidance."""
        triages = self.desk.handle_many(complaints)
        return [self._answer(*pair) for pair in zip(complaints, triages, strict=True)]

    def ask(self, question: str, as_of: date | None = None, region: str | None = None) -> LegalAnswer:
        """The articles that answer a resident's question, in plain words, and which door to knock on."""
        day = as_of or self.today()
        place = self.region if region is None else region
        triage = self.desk.handle(Complaint(text=question, region=place))
        refused, found = self._governing(triage, day, place)
        articles = found[:ANSWERING]
        doors = self._doors(triage.prediction.department)
        support = self._support(triage, found, day, place)
        guidance = advise_resident(triage, doors, self.lock, as_of=day, region=place, support=support)
        answer = LegalAnswer(
            question=triage.masked.text,
            sufficient=bool(articles),
            message="" if articles else refused or NO_BASIS,
            articles=articles,
            doors=doors,
            channel=triage.decision.channel,
            reasons=triage.decision.reasons,
            notes=self.notes + _notes(articles),
            as_of=day,
            region=place,
            model=triage.model,
            guidance=guidance,
        )
        return self._in_plain_words(answer)

    def article(self, citation: str, as_of: date | None = None, region: str | None = None) -> Resolution:
        """The article that a citation means on a day (today), or why it cannot be shown."""
        place = self.region if region is None else region
        return self.references.resolve(citation, as_of=as_of or self.today(), region=place)

    def _answer(self, complaint: Complaint, triage: Triage) -> Answer:
        day = self._governing_day(complaint)
        place = complaint.region or self.region
        prediction, decision = triage.prediction, triage.decision
        refused, governing = self._governing(triage, day, place)
        citations = self._citations(triage, day, place, governing, refused=bool(refused))
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
            # Where a gate's own rule is cited, "nothing was found" would contradict it.
            notes=self.notes + _notes(citations) + ((refused,) if refused and not citations else ()),
            as_of=day,
            region=place,
            signals=triage.signals,
            clauses=triage.clauses,
            trace=triage.trace,
        )

    def _guidance(self, complaint: Complaint, triage: Triage, answer: Answer) -> Guidance:
        day, place = answer.as_of or self.today(), answer.region
        guidance = Adviser(self.lock, self.directory).advise(
            triage,
            answer.citations,
            as_of=day,
            region=place,
            received=day if complaint.received_at else None,
            parts=self._parts(triage, day, place),
        )
        if self.writer is None or triage.decision.action is Action.EMERGENCY:
            return guidance
        brief = reply_brief(answer, guidance, self.lock)
        written = self.writer.write(brief, self.lock, as_of=day, region=place)
        notes = guidance.notes + ((written.note,) if written.note else ())
        return replace(guidance, model_draft=written.draft, notes=notes)

    def _parts(self, triage: Triage, day: date, place: str) -> dict[str, Support]:
        """What the parts of a message for other units rest on: each is read and searched by itself."""
        first = triage.prediction.department[0].id if triage.prediction.department else ""
        if triage.decision.action in GATED:
            return {}
        found: dict[str, Support] = {}
        for part in triage.parts:
            if part.department in (first, *found):
                continue
            own = self.desk.handle(Complaint(text=part.text, region=place))
            same = own.prediction.department[:1] and own.prediction.department[0].id == part.department
            if same:
                _, governing = self._governing(own, day, place)
                found[part.department] = self._support(own, governing, day, place)
        return found

    def _support(self, triage: Triage, found: Sequence[Cited], day: date, place: str) -> Support:
        return weigh(triage, found, self.directory, lambda cited: self.lock.resolve(cited, day, place))

    def _in_plain_words(self, answer: LegalAnswer) -> LegalAnswer:
        """The same with a summary by a language model, where one is set and found law to speak of."""
        if self.writer is None or answer.guidance is None or not answer.articles:
            return answer
        brief = plain_brief(answer, self.lock)
        written = self.writer.write(brief, self.lock, as_of=answer.as_of, region=answer.region)
        notes = answer.notes + ((written.note,) if written.note else ())
        return replace(answer, guidance=replace(answer.guidance, summary=written.draft), notes=notes)

    def _governing_day(self, complaint: Complaint) -> date:
        """The law of the day of receipt governs, not today's."""
        moment = complaint.received_at
        if moment is None:
            return self.today()
        return (moment.astimezone(CHINA) if moment.tzinfo else moment).date()

    def _citations(
        self, triage: Triage, day: date, place: str, governing: tuple[Cited, ...], *, refused: bool
    ) -> tuple[Cited, ...]:
        """The articles that govern, and the bases; where nothing governs, only what the decision rests on."""
        by_rule = list(triage.decision.basis) if triage.decision.action in GATED else []
        duties = [] if refused else self._duties(triage, {cited.law for cited in governing})
        basis = self.references.basis(by_rule + duties, as_of=day, region=place, beside=governing, k=BASIS)
        return governing + basis

    def _governing(self, triage: Triage, day: date, place: str) -> tuple[str, tuple[Cited, ...]]:
        """Why no law is shown, or else what was searched, with what triage expects of the law as a hint."""
        if refused := self._refusal(triage, day, place):
            return refused, ()
        prior = law_prior(triage.prediction, self.directory, triage.entries)
        return "", self.references.governing(
            triage.masked.text, as_of=day, region=place, k=GOVERNING, prior=prior
        )

    def _refusal(self, triage: Triage, day: date, place: str) -> str:
        """Why no law is shown, with what was looked at; empty where something governs (`service.scope`)."""
        observed = self.references.observed(triage.masked.text, as_of=day, region=place)
        basis = basis_of(triage, observed)
        if basis is Basis.FOUND:
            return ""
        if basis is Basis.PRAISE:
            return NOTHING_TO_JUDGE
        if basis is Basis.NOT_HELD:
            return NOT_IN_DIGEST
        looked_at = "、".join(self.references.names(observed.looked_at)) if observed else ""
        return f"{NO_BASIS}最接近的是{looked_at}，但与所述事项对不上。" if looked_at else NO_BASIS

    def _duties(self, triage: Triage, governing: set[str]) -> list[LegalBasis]:
        """The bases of the matter and of the department.

        A department has bases for all its duties: those of a law that governs (`governing`) come first, so
        that a lift is not answered with food law.
        """
        prediction = triage.prediction
        bases = list(self._matter_basis(prediction))
        if prediction.department and prediction.department[0].p >= LIKELY:
            bases += self.directory.department(prediction.department[0].id).basis
        return sorted(bases, key=lambda basis: basis.law not in governing)

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
