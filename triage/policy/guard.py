"""The guard of lawful dispatch (合法派单守卫): may this unit be given this complaint, and by which clause?

`check_route` is asked before a department is suggested, before a ticket is returned (退单), and before
material is passed on. It applies the clauses of `guard.toml`: competence first (who may decide the matter),
then recusal (who may not, because it is accused), then the duties that go with the route. A bar names the
unit to use instead; no complaint is ever refused here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from triage.catalogue.book import Catalogue, load_catalogue
from triage.catalogue.dispatch import DispatchEntry
from triage.policy.accused import Accused, accuses_hotline, find_accused
from triage.policy.guard_rules import GuardRules, load_guard
from triage.values import Clause

STREET = "jiedao"
POLICE = ("gonganju", "jiaojing")


@dataclass(frozen=True, slots=True)
class RouteContext:
    """What is known of a route."""

    text: str = ""
    """The masked complaint."""
    region: str = ""
    """City or province; its own ordinance binds there, the others are shown as 参照."""
    step: Literal["dispatch", "return", "forward"] = "dispatch"
    """`return`: the unit wants to give the ticket back; `forward`: material is to be passed to the unit."""
    level: Literal["city", "county", "community"] = "city"
    """Who would lead: the city's department (also the county's, which has the same id), the county's
    government where both claim it, or the residents' committee."""
    entry: DispatchEntry | None = None
    """The entry of the dispatch catalogue that fits, where one does."""
    candidates: tuple[str, ...] = ()
    """Departments by the router's belief, best first."""
    designated: str = ""
    """The unit that the hotline body has designated (指定承办), empty where none is."""
    returned_by: tuple[str, ...] = ()
    """Units that have already objected (退单、异议)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard says of one route."""

    allowed: bool
    """Whether the unit asked about may take this step."""
    department: str
    """The unit to use: the one asked about, or the one that may."""
    clauses: tuple[Clause, ...]
    """What barred it first, then what allows the unit to use, then the duties that go with it."""


def check_route(
    department: str,
    context: RouteContext,
    catalogue: Catalogue | None = None,
    rules: GuardRules | None = None,
) -> Verdict:
    """Whether `department` (an id of the catalogue) may take the step, else which unit may, and why.

    Raises `CatalogueError` where the catalogue does not hold the department.
    """
    guard = _Guard(department, context, catalogue or load_catalogue(), rules or load_guard())
    if context.step == "return":
        return guard.give_back()
    if context.step == "forward":
        return guard.forward()
    return guard.dispatch()


class _Guard:
    """One check; collects clauses as it goes."""

    def __init__(self, department: str, context: RouteContext, book: Catalogue, rules: GuardRules) -> None:
        book.department(department)
        self.asked = self.use = department
        self.context, self.book, self.rules = context, book, rules
        self.accused = find_accused(context.text)
        self.clauses: list[Clause] = []
        self.barred = False

    def dispatch(self) -> Verdict:
        self._competence()
        self._recusal()
        self._permission()
        self._duties()
        return self._verdict()

    def give_back(self) -> Verdict:
        """退单: a designated unit may not, nor the unit whose own matter it is."""
        entry = self.context.entry
        if self.context.designated == self.asked:
            self._bar("designated_no_return", self.asked)
        elif entry is not None and self.asked == entry.lead:
            self._bar("no_return_of_own_matter", self.asked)
        else:
            self._tell("return_by_application")
        return self._verdict()

    def forward(self) -> Verdict:
        """Passing material on: never to the accused, nor to what stands below it."""
        accused = self.accused
        if accused is not None and self.asked in {accused.department, *self._beneath(accused)}:
            self._bar("no_forward", self._above(accused), accused=accused.name)
        if accused is not None:
            self._tell("reporter_hidden")
        return self._verdict()

    def _competence(self) -> None:
        """Who may decide the matter: the catalogue, the grass roots, the department over the county."""
        entry, context = self.context.entry, self.context
        why = (
            next((one.why for one in entry.not_competent if one.department == self.use), "") if entry else ""
        )
        owner = self._owner()
        if entry is not None and why and entry.lead != self.use:
            self._bar("not_competent", entry.lead, why=why.rstrip("。"))
        if context.level == "community" and owner not in ("", STREET):
            self._bar("not_to_community", owner)
        elif context.level == "community":
            self._bar("not_to_community", self.rules.above["community"])
        elif self.use == STREET and owner not in ("", STREET) and not self._is_local():
            self._bar("not_to_grass_roots", owner)
        elif context.level == "county":
            self._bar("department_leads", self.use)

    def _owner(self) -> str:
        """The department whose matter it is, as far as catalogue and router say; empty where they do not."""
        if self.context.entry is not None:
            return self.context.entry.lead
        return next((one for one in self.context.candidates if one not in (STREET, "other")), "")

    def _is_local(self) -> bool:
        entry = self.context.entry
        if entry is not None:
            return STREET in (entry.lead, *entry.co)
        return _words(self.rules, "local").search(self.context.text) is not None

    def _recusal(self) -> None:
        """Who may not handle it because the complaint is about it."""
        hotline = self.rules.above["hotline"]
        if accuses_hotline(self.context.text):
            if self.use != hotline:
                self._bar("hotline_accused", hotline)
            return
        accused = self.accused
        if accused is None or not accused.is_direct or self._is_enterprise(accused):
            return
        above = self._above(accused)
        if accused.is_graft and self.use not in (above, "jiwei"):
            self._bar("discipline_matter", above, accused=accused.name)
        elif accused.is_lower:
            return
        elif self.use == accused.department and self._is_matter(accused):
            self._tell("matter_apart", accused=accused.name)
        elif self.use == accused.department:
            self._bar("not_to_accused", above, accused=accused.name)
        elif self.use in self._beneath(accused):
            self._bar("not_beneath_accused", above, accused=accused.name)

    def _is_matter(self, accused: Accused) -> bool:
        """Whether the text complains of a matter of the unit rather than charges the unit with anything.

        "投诉住建局，外墙渗水没人修" names the unit that is wanted: no charge, and the catalogue knows the
        matter as its own. What may not reach the accused is a charge and its material (信访工作条例 art. 30).
        """
        entry = self.context.entry
        return not accused.is_charged and entry is not None and entry.lead == accused.department

    def _permission(self) -> None:
        """The clause that allows the unit to use."""
        entry, accused = self.context.entry, self.accused
        if accused is not None and self.use == accused.department:
            if self._is_enterprise(accused):
                self._tell("service_enterprise", accused=accused.name)
            elif accused.is_lower:
                self._tell("superior_handles", accused=accused.name)
        if self.use == STREET:
            self._tell("grass_roots_matter")
        elif entry is not None and self.use in (entry.lead, *entry.co):
            self._tell("entry_names_lead")
        elif self.use != "other" and not self.barred:
            self._tell("catalogue_duty")

    def _duties(self) -> None:
        entry, accused = self.context.entry, self.accused
        if accused is not None and accused.is_direct and not self._is_enterprise(accused):
            self._tell("reporter_hidden")
            self._tell("handler_recusal")
            if accused.department in POLICE:
                self._tell("police_accused")
        if _words(self.rules, "confidential").search(self.context.text):
            self._tell("asked_confidential")
        if self.use in self.context.returned_by and self.use != self.context.designated:
            self._tell("dispute_review")
        if entry is not None and entry.co and self.use == entry.lead:
            self._tell("one_lead")
            self._tell("first_handler")

    def _above(self, accused: Accused) -> str:
        """Who handles it where the accused may not: by the nature of the accusation."""
        own = self.rules.above.get(accused.department, "")
        return own or self.rules.above["discipline" if accused.is_graft else "conduct"]

    def _beneath(self, accused: Accused) -> tuple[str, ...]:
        return () if accused.is_lower else self.rules.units[accused.department].beneath

    def _is_enterprise(self, accused: Accused) -> bool:
        return self.rules.units[accused.department].enterprise and not accused.is_graft

    def _bar(self, clause: str, instead: str, *, accused: str = "", why: str = "") -> None:
        self.barred = True
        self._tell(clause, instead=instead, accused=accused, why=why)
        self.use = instead

    def _tell(self, clause: str, *, instead: str = "", accused: str = "", why: str = "") -> None:
        names = {
            "department": self.book.department(self.use).name,
            "instead": self.book.department(instead).name if instead else "",
            "accused": accused,
            "why": why,
        }
        self.clauses.append(self.rules.clauses[clause].told(self.context.region, **names))

    def _verdict(self) -> Verdict:
        return Verdict(not self.barred, self.use, tuple(self.clauses))


@cache
def _compiled(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(words))


def _words(rules: GuardRules, name: str) -> re.Pattern[str]:
    return _compiled(rules.words[name])
