"""Guidance for the operator: what law says, who acts, steps, clocks, what to ask and tell, a reply draft.

Composed from what triage found and what the library holds; a citation that does not resolve here is listed
as unverified and shown nowhere as law.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from legal_corpus.values import Article, Resolution, Resolved, TextKind
from service.answers import Cited, Role
from service.guidance.draft import NOT_SENT, Facts, co_clause, resolves, write
from service.guidance.lock import Lock, as_draft
from service.guidance.seams import Entry, Find, Match, Question, Running, Unit
from service.guidance.tables import operator_table
from service.guidance.values import Actor, Ask, ClockLine, Guidance, LawPoint, Step
from triage.values import Action, LegalBasis, Triage

SURE_ENTRY = 0.6
"""Share of belief that an entry needs where none of its words stands in the text."""
SHORTEST_DEMAND = 6
LAWS = 3
ASKED = 5
CO = 2
DUTIES = 2
GATED = (Action.EMERGENCY, Action.OTHER_CHANNEL)
UNVERIFIED = "以下引用在本机的法律库中无法核实，未作依据：{}。导入全文库（zhili corpus）后可核对。"


@dataclass(frozen=True)
class Adviser:
    """Writes guidance; holds nothing of a complaint."""

    lock: Lock
    unit: Unit

    def advise(
        self,
        triage: Triage,
        citations: Sequence[Cited],
        *,
        as_of: date,
        region: str = "",
        received: date | None = None,
    ) -> Guidance:
        """What an operator needs beside the route, from a triage and the articles that the answer shows."""
        return _Advice(self, triage, citations, as_of, region, received).guidance()


def chosen_entry(triage: Triage) -> Entry | None:
    """The entry of the dispatch catalogue that fits and agrees with the proposed unit; `None` where none."""
    first = triage.prediction.department[0].id if triage.prediction.department else ""
    matches: Sequence[Match] = triage.entries
    fitting = [match for match in matches if match.entry.lead == first]
    # What stands in the text is more than what the router believes of the matter.
    spoken = [match for match in fitting if match.words]
    believed = [match for match in fitting if match.score >= SURE_ENTRY]
    return next((match.entry for match in (*spoken, *believed)), None)


def clock_lines(running: Iterable[Running], find: Find) -> tuple[ClockLine, ...]:
    """The clocks in words; those whose article is confirmed here first come as triage ordered them."""
    return tuple(_clock_line(one, find) for one in running)


def _clock_line(running: Running, find: Find) -> ClockLine:
    rule = running.clock
    least = "至少" if rule.minimum else ""
    assumed = "（按收到之日推算）" if running.assumed else ""
    return ClockLine(
        id=rule.id,
        name=rule.name,
        start=running.start,
        due=running.due,
        inform_by=running.inform_by,
        text=f"自{rule.starts}起{least}{rule.length}{assumed}",
        basis=(str(rule.basis),),
        verified=not rule.setting and resolves(str(rule.basis), find),
        reasons=tuple(running.reasons),
    )


@dataclass(frozen=True)
class _Advice:
    """One piece of advice in the making."""

    adviser: Adviser
    triage: Triage
    citations: Sequence[Cited]
    as_of: date
    region: str
    received: date | None

    def guidance(self) -> Guidance:
        entry = chosen_entry(self.triage)
        actors = self._actors(entry)
        clocks = clock_lines(self.triage.deadlines, self._find)
        laws, sure = self._laws(entry)
        facts = self._facts(entry, actors, clocks, laws, sure=sure)
        sentences = write(facts, operator_table(), self._find)
        report = self.adviser.lock.verify(
            sentences, self.as_of, region=self.region, said=self.triage.masked.text
        )
        unverified = self._unverified(entry, clocks)
        return Guidance(
            says=tuple(map(self._point, laws)),
            actors=actors,
            steps=self._steps(actors),
            clocks=clocks,
            ask=self._ask(entry),
            tell=tuple(entry.tell) if entry and self.triage.decision.action not in GATED else (),
            draft=as_draft(report, note=NOT_SENT),
            unverified=unverified,
            notes=(UNVERIFIED.format("、".join(unverified)),) if unverified else (),
        )

    def _find(self, cited: str) -> Resolution:
        return self.adviser.lock.resolve(cited, self.as_of, self.region)

    def _article(self, basis: LegalBasis) -> Article | None:
        found = self._find(str(basis))
        return found.article if isinstance(found, Resolved) and found.in_force else None

    def _actors(self, entry: Entry | None) -> tuple[Actor, ...]:
        triage, unit = self.triage, self.adviser.unit
        if triage.decision.action in GATED or not triage.prediction.department:
            return ()
        first = triage.prediction.department[0]
        basis = entry.basis if entry else unit(first.id).basis
        held = tuple(str(one) for one in basis if self._article(one) is not None)
        lead = Actor(first.id, unit(first.id).name, "lead", entry.name if entry else "", held[:DUTIES])
        if entry is None:
            return (lead,)
        why = {one.department: one.why for one in entry.not_competent}
        helping = [id for id in entry.co[:CO] if id != first.id]
        # A unit that helps and is often taken for the lead stands once, with what it does not do.
        co = [Actor(id, unit(id).name, "co", why.get(id, "")) for id in helping]
        wrong = [
            Actor(
                one.department,
                unit(one.department).name,
                "not_competent",
                one.why,
                tuple(str(basis) for basis in one.basis if self._article(basis) is not None),
            )
            for one in entry.not_competent
            if one.department not in (first.id, *helping)
        ]
        return (lead, *co, *wrong)

    def _laws(self, entry: Entry | None) -> tuple[tuple[Article, ...], bool]:
        """The articles that the draft rests on; whether the catalogue names them or a search found them."""
        if self.triage.decision.action in GATED:
            return self._gate_laws(), True
        named = [self._article(basis) for basis in (entry.basis if entry else ())]
        held = [article for article in named if article is not None]
        if held:
            return tuple(sorted(held, key=self._distance)[:LAWS]), True
        found = [cited for cited in self.citations if cited.role is Role.GOVERNING]
        articles = (self.adviser.lock.law.article(cited.id) for cited in found[:1])
        return tuple(one for one in articles if one is not None), False

    def _distance(self, article: Article) -> int:
        """How near an article is to what the citizen says: its rank in the search, else after all found.

        The catalogue names first what gives the duty; a citizen is answered with what governs the matter.
        """
        ids = [cited.id for cited in self.citations if cited.role is Role.GOVERNING]
        return ids.index(article.id) if article.id in ids else len(ids)

    def _gate_laws(self) -> tuple[Article, ...]:
        found = (self._article(basis) for basis in self.triage.decision.basis)
        return tuple(article for article in found if article is not None)[:LAWS]

    def _facts(
        self,
        entry: Entry | None,
        actors: tuple[Actor, ...],
        clocks: tuple[ClockLine, ...],
        laws: tuple[Article, ...],
        *,
        sure: bool,
    ) -> Facts:
        triage = self.triage
        decision = triage.decision
        return Facts(
            action=decision.action,
            kind=triage.prediction.kind[0].label if triage.prediction.kind else "",
            masked_text=triage.masked.text,
            demand=_demand(triage),
            received=self.received,
            channel=decision.channel,
            reason=decision.reasons[0] if decision.reasons else "",
            reason_basis=tuple(map(str, decision.basis)),
            actors=actors,
            duty=entry.name if entry else "",
            laws=laws,
            sure=sure,
            clocks=clocks,
        )

    def _steps(self, actors: Sequence[Actor]) -> tuple[Step, ...]:
        triage = self.triage
        kind = triage.prediction.kind[0].label if triage.prediction.kind else ""
        lead = next((actor.name for actor in actors if actor.role == "lead"), "")
        co = [actor.name for actor in actors if actor.role == "co"]
        values = {"lead": lead, "co_clause": co_clause(co), "channel": triage.decision.channel}
        return tuple(
            Step(rule.text.format(**values), tuple(one for one in rule.basis if resolves(one, self._find)))
            for rule in operator_table().steps
            if rule.holds(triage.decision.action, kind)
        )

    def _ask(self, entry: Entry | None) -> tuple[Ask, ...]:
        """What triage asks; the questions of the entry alone where nothing was looked for."""
        if self.triage.decision.action is Action.EMERGENCY:
            return ()
        questions: Sequence[Question] = self.triage.questions
        if questions or self.triage.slots is not None or entry is None:
            return tuple(Ask(question.text, question.why) for question in questions[:ASKED])
        return tuple(Ask(text) for text in entry.ask[:ASKED])

    def _unverified(self, entry: Entry | None, clocks: Sequence[ClockLine]) -> tuple[str, ...]:
        named = [str(basis) for basis in (entry.basis if entry else ())]
        named += [cited for clock in clocks for cited in clock.basis]
        named += [str(basis) for basis in self.triage.decision.basis]
        return tuple(cited for cited in dict.fromkeys(named) if not resolves(cited, self._find))

    def _point(self, article: Article) -> LawPoint:
        cited = next((one for one in self.citations if one.id == article.id), None)
        plain = cited.plain if cited and article.text_kind is TextKind.OFFICIAL else ""
        return LawPoint(article.cited, article.id, article.text_kind, article.text, plain)


def _demand(triage: Triage) -> str:
    """The first demand that was found in the text."""
    found = [str(slot.text) for slot in getattr(triage.slots, "demand", ())]
    return next((text for text in found if len(text) >= SHORTEST_DEMAND), "")
