"""The reply draft (答复口径): facts as the citizen stated them, reasons and basis, next step, clock, remedy.

What nobody knows yet is a blank for the unit to fill in. The sentences are in `operator.toml`; the whole goes
through the citation lock before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from legal_corpus.values import Article, Resolved, TextKind
from service.guidance.excerpt import law_quote, quoted, said
from service.guidance.seams import Find
from service.guidance.tables import OperatorTable
from service.guidance.values import Actor, ClockLine, DemandLine, Sentence
from triage.values import Action

LONGEST_DEMAND = 80
_ITEMS = {"wish": "item", "question": "item_asks", "part": "item_part"}
NOT_SENT = "本答复口径由程序起草，尚未发出；空白处由承办单位填写，全文由人审定。"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a draft is written from."""

    action: Action
    kind: str
    """Kind of request (诉求类型)."""
    masked_text: str
    demand: str
    """The citizen's only demand, a run of the masked text; empty where none was found, or several."""
    demands: tuple[DemandLine, ...]
    """Each demand, where there are several."""
    received: date | None
    channel: str
    reason: str
    """Why a gate opened."""
    reason_basis: tuple[str, ...]
    actors: tuple[Actor, ...]
    duty: str
    """The duty of the lead that fits, in our words."""
    laws: tuple[Article, ...]
    """Articles that the reply may quote (`service.guidance.support`)."""
    clocks: tuple[ClockLine, ...]


def write(facts: Facts, table: OperatorTable, find: Find) -> list[Sentence]:
    """The sentences of the draft, before the lock."""
    writer = _Writer(facts, table, find)
    parts = {
        Action.EMERGENCY: (writer.emergency, writer.stated),
        Action.OTHER_CHANNEL: (writer.stated, writer.channel),
    }.get(
        facts.action, (writer.stated, writer.route, writer.law, writer.blanks, writer.clocks, writer.remedy)
    )
    sentences: list[Sentence] = []
    for part in parts:
        for n, sentence in enumerate(part()):
            sentences.append(_opening(sentence) if n == 0 else sentence)
    return sentences


def cites(basis: Sequence[str], find: Find, *, lead: str = "依据") -> str:
    """`（依据《甲法》第一条）` of those that resolve and are in force; empty where none does."""
    held = [cited for cited in basis if resolves(cited, find)]
    return f"（{lead}{'、'.join(held)}）" if held else ""


def resolves(cited: str, find: Find) -> bool:
    """Whether a citation may be shown as law."""
    found = find(cited)
    return isinstance(found, Resolved) and found.in_force


@dataclass(frozen=True, slots=True)
class _Writer:
    facts: Facts
    table: OperatorTable
    find: Find

    def stated(self) -> Iterator[Sentence]:
        facts = self.facts
        day = facts.received
        yield self._line("received", received_on=f"（{day.year}年{day.month}月{day.day}日）" if day else "")
        excerpt = said(facts.masked_text)
        spoken = quoted(excerpt)
        if spoken:
            whole = facts.masked_text.endswith(excerpt) and excerpt in spoken
            yield self._line("stated" if whole else "stated_in_part", quote=_ended(spoken))
        wish = said(facts.demand, LONGEST_DEMAND)
        demand = quoted(wish)
        if demand and wish not in spoken:
            yield self._line("demand", quote=_ended(demand))
        if spoken:
            yield self._line("unchecked")

    def route(self) -> Iterator[Sentence]:
        facts = self.facts
        lead = next((actor for actor in facts.actors if actor.role == "lead"), None)
        if lead is None:
            return
        co = [actor.name for actor in facts.actors if actor.role == "co"]
        if facts.action is Action.AUTO:
            yield self._line("route", lead=lead.name, co_clause=co_clause(co))
        else:
            yield self._line("route_open", lead=lead.name)
        # A duty is told with its article: without one it would be our word alone.
        if facts.duty and lead.basis and facts.action is Action.AUTO:
            yield self._line("duty", lead=lead.name, duty=facts.duty, cites=cites(lead.basis, self.find))

    def law(self) -> Iterator[Sentence]:
        if not self.facts.laws:
            # What catalogue or search suggest alone stands in the hints: a person names the basis.
            yield Sentence(self.table.lines["no_law"], blank=True)
        yield from map(self._article, self.facts.laws)

    def _article(self, article: Article) -> Sentence:
        if article.text_kind is TextKind.DIGEST:
            return self._line("digest", cited=article.cited, text=article.text)
        quote = law_quote(article.text, self.facts.masked_text)
        return self._line("cited", cited=article.cited, quote=f"“{quote}”")

    def blanks(self) -> Iterator[Sentence]:
        table, kind = self.table, self.facts.kind
        for row in table.blanks.get(kind, table.blanks[""]):
            if row != "*":
                yield Sentence(row, blank=True, opens=True)
            elif self.facts.demands:
                yield from self._items()
            else:
                yield Sentence(table.answers.get(kind, table.answers[""]), blank=True, opens=True)

    def _items(self) -> Iterator[Sentence]:
        """Each demand with its unit, its basis and the blank for its answer."""
        table = self.table
        answer = table.item_answers.get(self.facts.kind, table.item_answers[""])
        yield _opening(self._line("demands", count=str(len(self.facts.demands))))
        for number, demand in enumerate(self.facts.demands, start=1):
            spoken = quoted(demand.text)
            line = _ITEMS[demand.form] if spoken else "item_unquoted"
            yield _opening(self._line(line, number=str(number), quote=_ended(spoken) if spoken else ""))
            yield from self._who(demand)
            yield Sentence(answer, blank=True)

    def _who(self, demand: DemandLine) -> Iterator[Sentence]:
        """Who answers a demand, and the articles that speak of it."""
        if not demand.leads:
            yield self._line("item_unit_open", unit=demand.unit)
        cited = cites(demand.basis, self.find)
        if demand.leads and self.facts.action is Action.AUTO:
            yield self._line("item_unit", unit=demand.unit, cites=cited)
        elif cited:
            yield self._line("item_law", cites=cited)

    def clocks(self) -> Iterator[Sentence]:
        running = [clock for clock in self.facts.clocks if clock.due is not None]
        for clock in running[:2]:
            due = f"{clock.due:%Y年%m月%d日}"
            if clock.verified:
                cited = cites(clock.basis, self.find)
                yield self._line("clock", name=clock.name, span=clock.text, due=due, cites=cited)
            else:
                yield self._line("promise", due=due)

    def remedy(self) -> Iterator[Sentence]:
        facts = self.facts
        if facts.kind == "举报":
            yield self._line("confidential", cites=cites(("《信访工作条例》第三十条",), self.find))
        lead = next((actor.id for actor in facts.actors if actor.role == "lead"), "other")
        administrative = lead not in self.table.not_administrative
        running = [clock.id for clock in facts.clocks]
        for rule in self.table.remedies:
            if rule.holds(facts.kind, running, administrative=administrative):
                cited = cites(rule.basis, self.find)
                # Without its article a remedy that law gives is not told as if it were settled.
                if cited or not rule.basis:
                    yield Sentence(rule.text.format(cites=cited))

    def channel(self) -> Iterator[Sentence]:
        facts = self.facts
        cited = cites(facts.reason_basis, self.find)
        yield self._line("channel_reason", reason=_to_the_citizen(facts.reason), cites=cited)
        yield self._line("channel_door", channel=facts.channel)
        yield self._line("channel_review")

    def emergency(self) -> Iterator[Sentence]:
        yield self._line("emergency", channel=self.facts.channel)

    def _line(self, line: str, /, **values: str) -> Sentence:
        return Sentence(self.table.lines[line].format(**values))


def co_clause(names: Sequence[str]) -> str:
    """`，甲局、乙局协办`, or nothing."""
    return f"，{'、'.join(names)}协办" if names else ""


def _ended(quote: str) -> str:
    """A quote that ends its sentence."""
    return quote if quote[-2:-1] in tuple("。！？!?；;…") else f"{quote}。"


def _to_the_citizen(reason: str) -> str:
    """The sentence of a gate, written for the operator, said to the citizen."""
    said = reason.replace("应引导或转送", "可转送").replace("应引导供应商", "请").replace("应引导", "请")
    return ("您的" + said if said.startswith("诉求") else said).rstrip("。")


def _opening(sentence: Sentence) -> Sentence:
    return Sentence(sentence.text, sentence.origin, sentence.blank, opens=True)
