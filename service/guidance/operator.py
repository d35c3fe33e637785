"""Guidance for the operator: what law says, who acts, steps, clocks, what to ask and tell, a reply draft.

Composed from what triage found and what the library holds; a citation that does not resolve here is listed
as unverified and shown nowhere as law.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from legal_corpus.values import Article, Resolution, Resolved, TextKind
from service.answers import Cited
from service.guidance.demands import Demand, demands_of
from service.guidance.draft import NOT_SENT, Facts, co_clause, resolves, write
from service.guidance.excerpt import shared_words
from service.guidance.lock import Lock, as_draft
from service.guidance.seams import Entry, Find, Question, Running
from service.guidance.support import ENTRY_CLOCK, GATED, QUOTED, Support, doubtful_clock, weigh
from service.guidance.tables import operator_table
from service.guidance.values import Actor, Ask, ClockLine, DemandLine, Guidance, LawPoint, Step
from service.seams import Directory
from triage.entities import questions
from triage.values import Action, LegalBasis, Triage

SHORTEST_DEMAND = 6
SEVERAL = 2
"""Demands from which each is answered by itself."""
ASKED = 5
CO = 2
UNVERIFIED = "以下引用在本机的法律库中无法核实，未作依据：{}。导入全文库（zhili corpus）后可核对。"


@dataclass(frozen=True)
class Adviser:
    """Writes guidance; holds nothing of a complaint."""

    lock: Lock
    directory: Directory

    def advise(
        self,
        triage: Triage,
        citations: Sequence[Cited],
        *,
        as_of: date,
        region: str = "",
        received: date | None = None,
        parts: Mapping[str, Support] | None = None,
    ) -> Guidance:
        """What an operator needs beside the route, from a triage and the articles that the answer shows.

        `parts`: what the parts of the message that go to other units rest on, by id of the unit.
        """
        return _Advice(self, triage, citations, as_of, region, received, parts or {}).guidance()


def clock_lines(running: Iterable[Running], find: Find) -> tuple[ClockLine, ...]:
    """The clocks in words, in the order of triage."""
    return tuple(_clock_line(one, find) for one in running)


def _clock_line(running: Running, find: Find) -> ClockLine:
    rule = running.clock
    least = "至少" if rule.minimum else ""
    assumed = "（按收到之日推算）" if running.assumed else ""
    return ClockLine(
        id=rule.id,
        name=rule.name,
        start=running.start,
        # A time that must be left at least (公示不少于三十日) has no last day.
        due=None if rule.minimum else running.due,
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
    parts: Mapping[str, Support]

    def guidance(self) -> Guidance:
        support = weigh(self.triage, self.citations, self.adviser.directory, self._find)
        entry = support.entry
        actors = self._actors(support)
        clocks = clock_lines(self.triage.deadlines, self._find)
        doubtful = doubtful_clock(self.triage, support)
        certain = tuple(clock for clock in clocks if clock.id != doubtful)
        laws = self._gate_laws() if self.triage.decision.action in GATED else support.articles
        demands = self._demands(support, certain)
        facts = self._facts(entry, actors, certain, laws, demands)
        sentences = write(facts, operator_table(), self._find)
        report = self.adviser.lock.verify(
            sentences, self.as_of, region=self.region, said=self.triage.masked.text
        )
        unverified = self._unverified(support)
        return Guidance(
            says=tuple(map(self._point, (*laws, *self._part_laws()))),
            actors=actors,
            steps=self._steps(actors),
            clocks=certain,
            ask=self._ask(support),
            tell=tuple(entry.tell) if entry else (),
            draft=as_draft(report, note=NOT_SENT),
            demands=demands,
            hints=support.hints + self._clock_hints(clocks, doubtful),
            unverified=unverified,
            notes=(UNVERIFIED.format("、".join(unverified)),) if unverified else (),
        )

    def _find(self, cited: str) -> Resolution:
        return self.adviser.lock.resolve(cited, self.as_of, self.region)

    def _article(self, basis: LegalBasis) -> Article | None:
        found = self._find(str(basis))
        return found.article if isinstance(found, Resolved) and found.in_force else None

    def _actors(self, support: Support) -> tuple[Actor, ...]:
        triage, unit = self.triage, self.adviser.directory.department
        if triage.decision.action in GATED or not triage.prediction.department:
            return ()
        first = triage.prediction.department[0]
        entry = support.entry
        named = {str(one) for one in entry.basis} if entry else set()
        held = tuple(article.cited for article in support.articles if article.cited in named)
        lead = Actor(first.id, unit(first.id).name, "lead", entry.name if entry else "", held)
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

    def _gate_laws(self) -> tuple[Article, ...]:
        found = (self._article(basis) for basis in self.triage.decision.basis)
        return tuple(article for article in found if article is not None)[:QUOTED]

    def _facts(
        self,
        entry: Entry | None,
        actors: tuple[Actor, ...],
        clocks: tuple[ClockLine, ...],
        laws: tuple[Article, ...],
        demands: tuple[DemandLine, ...],
    ) -> Facts:
        triage = self.triage
        decision = triage.decision
        return Facts(
            action=decision.action,
            kind=self._kind,
            masked_text=triage.masked.text,
            demand="" if demands else self._only_demand(),
            demands=demands,
            received=self.received,
            channel=decision.channel,
            reason=decision.reasons[0] if decision.reasons else "",
            reason_basis=tuple(map(str, decision.basis)),
            actors=actors,
            duty=entry.name if entry else "",
            laws=laws,
            clocks=clocks,
        )

    @cached_property
    def _asked(self) -> tuple[Demand, ...]:
        """What the citizen asks for, read once."""
        return demands_of(self.triage)

    def _only_demand(self) -> str:
        """The only demand that was found in the text."""
        return next((one.text for one in self._asked if len(one.text) >= SHORTEST_DEMAND), "")

    def _demands(self, support: Support, clocks: Sequence[ClockLine]) -> tuple[DemandLine, ...]:
        """Each demand with who answers it, on what basis and by when; empty where there is only one."""
        triage = self.triage
        found = self._asked if triage.decision.action not in GATED else ()
        if len(found) < SEVERAL or not triage.prediction.department:
            return ()
        first = triage.prediction.department[0].id
        due = min((clock.due for clock in clocks if clock.due is not None), default=None)
        return tuple(self._demand_line(one, support, first, due) for one in found)

    def _demand_line(self, demand: Demand, support: Support, first: str, due: date | None) -> DemandLine:
        unit = demand.unit or first
        own = support if unit == first else self.parts.get(unit, Support())
        basis = tuple(one.cited for one in own.articles if shared_words(one.text, demand.text))
        form = "part" if not demand.stated else "question" if demand.asks else "wish"
        name = self.adviser.directory.department(unit).name
        return DemandLine(demand.text, form, name, unit == first, basis, due)

    def _part_laws(self) -> tuple[Article, ...]:
        return tuple(article for support in self.parts.values() for article in support.articles)

    def _steps(self, actors: Sequence[Actor]) -> tuple[Step, ...]:
        triage = self.triage
        lead = next((actor.name for actor in actors if actor.role == "lead"), "")
        co = [actor.name for actor in actors if actor.role == "co"]
        values = {"lead": lead, "co_clause": co_clause(co), "channel": triage.decision.channel}
        return tuple(
            Step(rule.text.format(**values), tuple(one for one in rule.basis if resolves(one, self._find)))
            for rule in operator_table().steps
            if rule.holds(triage.decision.action, self._kind)
        )

    def _ask(self, support: Support) -> tuple[Ask, ...]:
        """What triage asks; an entry that nothing bears out asks nothing."""
        triage = self.triage
        if triage.decision.action is Action.EMERGENCY:
            return ()
        asked: Sequence[Question] = triage.questions
        foreign = {text for one in self._unborne(support) for text in one.ask}
        if triage.slots is not None and any(question.text in foreign for question in asked):
            asked = questions(triage.slots, support.entry, self._kind)
        elif triage.slots is None and not asked and support.entry is not None:
            return tuple(Ask(text) for text in support.entry.ask[:ASKED])
        return tuple(Ask(question.text, question.why) for question in asked[:ASKED])

    def _unborne(self, support: Support) -> Sequence[Entry]:
        """The entries that triage read the message by, without the one that is borne out."""
        return [match.entry for match in self.triage.entries if match.entry is not support.entry]

    def _clock_hints(self, clocks: Sequence[ClockLine], doubtful: str) -> tuple[str, ...]:
        first: Entry | None = self.triage.entries[0].entry if self.triage.entries else None
        return tuple(
            ENTRY_CLOCK.format(name=first.name if first else "", clock=clock.name, due=clock.due)
            for clock in clocks
            if clock.id == doubtful and clock.due is not None
        )

    @property
    def _kind(self) -> str:
        return self.triage.prediction.kind[0].label if self.triage.prediction.kind else ""

    def _unverified(self, support: Support) -> tuple[str, ...]:
        entry = support.entry or support.doubted
        named = [str(basis) for basis in (entry.basis if entry else ())]
        named += [str(one.clock.basis) for one in self.triage.deadlines if not one.clock.setting]
        named += [str(basis) for basis in self.triage.decision.basis]
        return tuple(cited for cited in dict.fromkeys(named) if not resolves(cited, self._find))

    def _point(self, article: Article) -> LawPoint:
        cited = next((one for one in self.citations if one.id == article.id), None)
        plain = cited.plain if cited and article.text_kind is TextKind.OFFICIAL else ""
        return LawPoint(article.cited, article.id, article.text_kind, article.text, plain)
