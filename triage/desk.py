"""The triage desk: one complaint, or many, through the steps below; each leaves its line in the trace.

    read       clean, mask
    believe    the router's belief joined with the words of the dispatch catalogue; the entries that fit
    weigh      signals of risk, which raise the urgency
    gate       danger first, then statutory channels
    place      the city's own rules by place and time
    guard      may that department be given it, and by which clause
    advise     one-click proposal or a person, with the reasons
    ask        what the message states, and what is missing
    clock      which deadlines run

The steps after `believe` cost no model: they apply rules that are data (policy, catalogue, entities).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

from triage.catalogue.book import Catalogue
from triage.catalogue.dispatch import DispatchEntry, EntryMatch, words_for
from triage.catalogue.entries import DispatchCatalogue, load_dispatch
from triage.catalogue.joining import Joiner, JoinWeights, load_joining
from triage.classifier.beliefs import beliefs_of
from triage.classifier.drift import Familiar
from triage.classifier.member import Labels
from triage.classifier.parts import Part, PartReader, find_parts
from triage.classifier.router import Believer, Classifier
from triage.entities import Question, Slots, find_slots, questions
from triage.policy.clocks import Clocks, Running, load_clocks
from triage.policy.gates import Opened, advice_of, open_gates
from triage.policy.guard import RouteContext, Verdict, check_route
from triage.policy.place_rules import Placed, PlaceRules, Situation
from triage.policy.routing import Grounds, decide, rerouted
from triage.policy.signals import find_signals
from triage.policy.urgency import raise_by_signals, raise_to_urgent
from triage.privacy import mask
from triage.text import check_complaint, compose, normalise
from triage.values import (
    Action,
    Complaint,
    Decision,
    DepartmentScore,
    MaskedText,
    Prediction,
    Signal,
    Triage,
)

ENTRIES = 3
SURE_ENTRY = 0.5
"""Share of belief from which the first entry speaks for the matter; else no clock or bar hangs on it."""
_CHINA = timezone(timedelta(hours=8), "CST")


@dataclass(slots=True)
class _Case:
    """What is known of one complaint so far."""

    complaint: Complaint
    masked: MaskedText
    prediction: Prediction
    region: str
    own: DepartmentScore | None = None
    """The router's own first department, before catalogue and rules: its threshold speaks of this p."""
    entries: tuple[EntryMatch, ...] = ()
    signals: tuple[Signal, ...] = ()
    opened: list[Opened] = field(default_factory=list)
    slots: Slots | None = None
    parts: tuple[Part, ...] = ()
    placed: Placed | None = None
    verdict: Verdict | None = None
    decision: Decision | None = None
    questions: tuple[Question, ...] = ()
    running: Running | None = None
    trace: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.masked.text

    @property
    def entry(self) -> DispatchEntry | None:
        """The entry that speaks for the matter, where one is sure and the text holds its words."""
        first = self.entries[0] if self.entries else None
        return first.entry if first is not None and first.words and first.score >= SURE_ENTRY else None

    @property
    def kind(self) -> str:
        return self.prediction.kind[0].label if self.prediction.kind else ""

    @property
    def department(self) -> str:
        return self.prediction.department[0].id


class TriageDesk:
    """Reads complaints and advises where they go; holds nothing of them."""

    def __init__(
        self,
        classifier: Classifier,
        catalogue: Catalogue,
        *,
        dispatch: DispatchCatalogue | None = None,
        clocks: Clocks | None = None,
        places: PlaceRules | None = None,
        region: str = "",
    ) -> None:
        """By default the package's catalogue and clocks, no rules by place; `region`: where none is named.

        Raises `ClockError` where an entry of the catalogue names a clock that does not exist.
        """
        self._classifier = classifier
        self._catalogue = catalogue
        self._names = {one.id: one.name for one in catalogue.departments}
        self._dispatch = load_dispatch() if dispatch is None else dispatch
        self._clocks = load_clocks() if clocks is None else clocks
        self._places = places or PlaceRules()
        self._region = region
        own = classifier.joining if isinstance(classifier, Believer) else None
        self._weights = load_joining() if own is None else JoinWeights.from_plain(own)
        self._joiner: Joiner | None = None
        for clock in {entry.clock for entry in self._dispatch.entries} - {""}:
            self._clocks.clock(clock)

    def handle(self, complaint: Complaint) -> Triage:
        """Triage one complaint; raises `BadComplaint` where there is nothing to triage."""
        return self.handle_many([complaint])[0]

    def handle_many(self, complaints: Sequence[Complaint]) -> list[Triage]:
        """Triage several, in order; the first one that cannot be triaged raises `BadComplaint`."""
        masked = [self.clean_and_mask(complaint) for complaint in complaints]
        predictions, joined = self._believed([one.text for one in masked])
        return [self._triage(*each) for each in zip(complaints, masked, predictions, joined, strict=True)]

    def _believed(self, texts: Sequence[str]) -> tuple[Sequence[Prediction], Sequence[Prediction]]:
        """What the router says by itself, and what it and the catalogue say together."""
        if not texts:
            return (), ()
        if isinstance(self._classifier, Believer):
            alone, found = self._classifier.read(texts)
        else:
            alone = self._classifier.predict(texts)
            found = beliefs_of(alone)
        joined = self._joiner_of(found.labels).join(texts, found, self._weights, "auto")
        return alone, [joined.prediction(row, said, self._names) for row, said in enumerate(alone)]

    def _joiner_of(self, labels: Labels) -> Joiner:
        """What joins the catalogue with this router's labels; made once."""
        if self._joiner is None:
            self._joiner = Joiner(self._dispatch.matcher, labels, tuple(self._names))
        return self._joiner

    def clean_and_mask(self, complaint: Complaint) -> MaskedText:
        """The message as every later step sees it: title first, normalised, masked."""
        text = compose(complaint.title, complaint.text)
        check_complaint(text)
        return mask(normalise(text))

    def _triage(
        self, complaint: Complaint, masked: MaskedText, alone: Prediction, joined: Prediction
    ) -> Triage:
        case = _Case(complaint, masked, joined, complaint.region or self._region, alone.department[0])
        for step in (
            self._believe,
            self._weigh,
            self._gate,
            self._place,
            self._guard,
            self._explain,
            self._advise,
            self._ask,
        ):
            step(case)
        self._clock(case)
        assert case.decision is not None and case.running is not None and case.verdict is not None
        return Triage(
            id=complaint.id,
            masked=masked,
            prediction=case.prediction,
            decision=case.decision,
            model=self._classifier.name,
            entries=case.entries,
            deadlines=case.running.deadlines,
            slots=case.slots,
            questions=case.questions,
            signals=case.signals,
            clauses=case.verdict.clauses,
            trace=tuple(case.trace),
            parts=case.parts,
        )

    def _believe(self, case: _Case) -> None:
        """What the catalogue changed, and the entries that fit."""
        assert case.own is not None
        case.entries = self._dispatch.match(case.text, case.prediction, ENTRIES)
        said = "、".join(f"{one.entry.name}（{one.score:.0%}）" for one in case.entries) or "没有合适的条目"
        moved = self._moved(case.own.id, case.department)
        case.trace.append(f"派单目录：{said}{moved}")
        if isinstance(self._classifier, PartReader):
            case.parts = find_parts(case.text, self._classifier)
        if case.parts:
            case.trace.append(f"一件多诉：{len(case.parts)} 个事项")

    def _weigh(self, case: _Case) -> None:
        """Signals of risk, and the urgency that they ask for."""
        case.signals = find_signals(case.text, case.complaint.received_at)
        urgency = raise_by_signals(case.prediction.urgency, case.signals)
        case.prediction = replace(case.prediction, urgency=urgency)
        said = "、".join(f"{one.kind}“{one.text}”" for one in case.signals) or "无"
        case.trace.append(f"风险信号：{said}")

    def _gate(self, case: _Case) -> None:
        """Danger and statutory channels, by rule."""
        case.opened = open_gates(case.text)
        case.trace.append(f"闸门：{'、'.join(one.gate.id for one in case.opened) or '无'}")
        if case.opened and case.opened[0].gate.action is Action.EMERGENCY:
            case.prediction = replace(case.prediction, urgency=raise_to_urgent(case.prediction.urgency))

    def _place(self, case: _Case) -> None:
        """The city's own arrangements by place and time."""
        case.slots = find_slots(case.text, case.complaint.received_at)
        matter = case.prediction.matter[0] if case.prediction.matter else None
        case.placed = self._places.apply(
            Situation(
                text=case.text,
                places=tuple(slot.text for slot in case.slots.place),
                matter=(matter.level1, matter.level2) if matter else ("", ""),
                department=case.department,
                kind=case.kind,
                received_at=case.complaint.received_at,
            )
        )
        case.trace += case.placed.trace
        case.prediction = rerouted(case.prediction, case.placed.department, self._names)

    def _guard(self, case: _Case) -> None:
        """The lawful-route guard on the department that would be suggested."""
        asked = case.department
        case.verdict = check_route(
            asked,
            RouteContext(
                text=case.text,
                region=case.region,
                entry=case.entry,
                candidates=tuple(one.id for one in case.prediction.department),
            ),
            self._catalogue,
        )
        case.prediction = rerouted(case.prediction, case.verdict.department, self._names)
        said = "、".join(one.id for one in case.verdict.clauses) or "无"
        case.trace.append(f"守卫：{said}{self._moved(asked, case.department)}")

    def _explain(self, case: _Case) -> None:
        """Words that spoke for another department than the one that is suggested do not explain it."""
        assert case.own is not None
        if case.department != case.own.id:
            words = words_for(case.department, case.entries, case.text)
            case.prediction = replace(case.prediction, evidence=words)

    def _advise(self, case: _Case) -> None:
        """The gates' advice where one opened, else the department with its reasons."""
        if case.opened:
            case.decision = advice_of(case.opened)
        else:
            length = sum(not character.isspace() for character in case.text)
            known = self._classifier if isinstance(self._classifier, Familiar) else None
            unknown = known.unknown_share(case.text) if known is not None else 0.0
            grounds = Grounds(
                case.entry, case.verdict, case.placed, case.signals, case.parts, unknown, case.own
            )
            thresholds = self._classifier.thresholds
            case.decision = decide(
                case.prediction, thresholds, self._catalogue, length=length, grounds=grounds
            )
        case.trace.append(f"建议：{case.decision.action.value} {case.decision.channel or case.department}")

    def _ask(self, case: _Case) -> None:
        """What is missing, as questions."""
        assert case.slots is not None
        case.questions = questions(case.slots, case.entry, case.kind)

    def _clock(self, case: _Case) -> None:
        """The deadlines that run from the day of receipt."""
        clock = case.entry.clock if case.entry is not None else ""
        channel = case.opened[0].gate.kind if case.opened else ""
        start = case.complaint.received_at or datetime.now(_CHINA)
        case.running = self._clocks.running(
            self._clocks.for_ticket(clock, case.kind, channel, case.region), start
        )
        said = "、".join(f"{one.clock.name}至{one.due}" for one in case.running.deadlines) or "无"
        case.trace += [f"时限：{said}", *case.running.notes]

    def _moved(self, before: str, after: str) -> str:
        return "" if before == after else f"；首选单位由{self._names[before]}改为{self._names[after]}"
