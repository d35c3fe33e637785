"""Finds the unit that a complaint accuses (被检举、被控告的单位), for recusal, by the words of `guard.toml`.

A verb of accusation with a unit as its object accuses (`举报某区城管局乱罚款`). A unit with a fault
(`派出所不出警`) is blamed in passing: that alone bars no route. A unit that is only addressed
(`向公安局举报`), thanked, or named as a place (`街道办门口的路`) is neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from triage.policy.guard_rules import GuardRules, load_guard

READ = 600
"""Characters that are read: who is accused is said early."""
_BEFORE = 30
"""Characters before a fault in which its unit is looked for."""
_SENTENCE = re.compile(r"[^。！!？?；;\n]+")
_HAN = "一-龥A-Z0-9"


@dataclass(frozen=True, slots=True)
class Accused:
    """A unit that the text accuses: `text[start:end]`."""

    department: str
    """Its id in the catalogue, or that of the department above it."""
    name: str
    """As the text calls it."""
    start: int
    end: int
    is_lower: bool
    """It stands below the department: a station, a squad, a school, a district bureau."""
    is_graft: bool
    """Breach of discipline or office is alleged, not conduct alone."""
    is_direct: bool
    """The accusation is the demand itself; otherwise the unit is blamed in passing."""
    is_charged: bool
    """It is denounced (举报、控告…) or a fault of it is told, not only complained to (投诉某局，…)."""


def find_accused(text: str) -> Accused | None:
    """The first unit that `text` (masked) accuses; direct accusations before passing blame."""
    reader = _reader()
    blamed = None
    for sentence in _SENTENCE.finditer(text[:READ]):
        if found := reader.direct(sentence.group(), sentence.start()):
            return found
        if blamed is None:
            blamed = reader.blamed(sentence.group(), sentence.start())
    return blamed


def accuses_hotline(text: str) -> bool:
    """Whether the hotline itself or its operators are the object."""
    return _reader().hotline.search(text[:READ]) is not None


class _Reader:
    """The expressions, compiled once."""

    def __init__(self, rules: GuardRules) -> None:
        self._rules = rules
        self._named = {
            name: (unit.department, is_lower)
            for unit in rules.units.values()
            for names, is_lower in ((unit.lower, True), (unit.names, False))
            for name in names
        }
        unit = "|".join(sorted(map(re.escape, self._named), key=len, reverse=True))
        prefix = (
            f"(?P<where>(?:(?:[{_HAN}]{{0,8}}?[省市区县镇乡村道社])|[A-Z][0-9]*|我们(?:这|村|镇|区|县)?|某|该|"
            "当地|辖区(?:的)?|这个|你们|本地|一名|一个|有的|部分)?(?:的)?)"
        )
        after = f"(?!(?:的)?[^，。、]{{0,2}}?{rules.pattern('places')}|{rules.pattern('heard')})"
        self._direct = re.compile(f"{rules.pattern('verbs')}(?:了)?{prefix}(?P<unit>{unit}){after}")
        self._blamed = re.compile(f"(?P<where>.{{0,4}})(?P<unit>{unit}){after}[^，。；;]{{0,12}}$")
        self._faults = re.compile(rules.pattern("faults"))
        self._addressed = re.compile(f"{rules.pattern('addressed')}(?:[^，。]{{0,6}})$")
        self._towards = re.compile(rules.pattern("addressed"))
        self._graft = re.compile(rules.pattern("graft"))
        self._charge = re.compile(rules.pattern("charges"))
        self._lower = re.compile(rules.pattern("lower"))
        faults = rules.pattern("faults")
        operator = "(?:话务员|接线员)"
        self.hotline = re.compile(
            # "多次投诉12345无果" complains to the hotline, not of it: there the wish must be said.
            f"{rules.pattern('verbs')}(?:了)?(?:你们|12345|热线)?(?:的)?(?:一个|那个|这个)?{operator}"
            "|(?:要|想|来)(?:投诉|举报|控告)(?:你们)?(?:12345|市长热线|政务热线)"
            f"|(?:^|[。！？\\n]|12345|热线|你们的?){operator}[^，。]{{0,8}}(?:{faults}|挂(?:我)?电话|不耐烦|敷衍)"
        )

    def direct(self, sentence: str, offset: int) -> Accused | None:
        for match in self._direct.finditer(sentence):
            start = match.start("where")
            if not self._is_addressed(sentence, start) and not self._towards.match(match["where"]):
                return self._accused(match, sentence, offset, is_direct=True)
        return None

    def blamed(self, sentence: str, offset: int) -> Accused | None:
        for fault in self._faults.finditer(sentence):
            start = max(0, fault.start() - _BEFORE)
            match = self._blamed.search(sentence[start : fault.start()])
            if match and not self._is_addressed(sentence, start + match.start("unit")):
                return self._accused(match, sentence, offset + start, is_direct=False)
        return None

    def _is_addressed(self, sentence: str, start: int) -> bool:
        """Whether the unit is spoken to (向…、请…), not about; a verb of accusation between ends that."""
        before = re.split(self._rules.pattern("verbs"), sentence[max(0, start - 12) : start])[-1]
        return self._addressed.search(before) is not None

    def _accused(self, match: re.Match[str], sentence: str, offset: int, *, is_direct: bool) -> Accused:
        department, is_lower = self._named[match["unit"]]
        level = match["where"][-4:]
        return Accused(
            department=department,
            name=match["unit"],
            start=offset + match.start("unit"),
            end=offset + match.end("unit"),
            is_lower=is_lower or self._lower.search(level) is not None,
            is_graft=self._graft.search(sentence) is not None,
            is_direct=is_direct,
            is_charged=self._charge.search(match.group()) is not None
            or self._faults.search(sentence) is not None,
        )


@cache
def _reader() -> _Reader:
    return _Reader(load_guard())
