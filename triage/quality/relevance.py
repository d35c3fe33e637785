"""Relevance (相关性): does the reply speak of each demand, and give what was asked for?

A demand's own words are its pairs of characters without function words. A demand that says almost nothing by
itself (请尽快解决) borrows the words of the complaint.
"""

from __future__ import annotations

import re

from triage.entities.wishes import find_demands
from triage.quality import cues
from triage.quality.values import DemandScore, PartScore, Score, Span

_ENOUGH = 0.4
"""Share of a demand's words that a reply takes up when it speaks of nothing else: taken by us, not fitted."""
_FEW = 6
_MOST = 12
"""Demands that are looked at; a complaint that lists more is read to here."""
_FUNCTION = frozenset(
    "的了是在我你他您们这那和与及就都也还要请望希求能否有没不对把被给让为于以到去来上下中里个一很吗呢吧啊请问领导部门政府尽快"
    "问题情况解决处理谢谢好"
)
_HAN = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]+")
_ACTION = "措施"


def score_relevance(complaint: str, reply: str, forwarded: bool) -> tuple[Score, tuple[DemandScore, ...]]:
    """The mean over the demands; `forwarded`: a reply that only passes the matter on answers none."""
    said = _pairs(reply)
    demands = tuple(_judge(demand, complaint, reply, said, forwarded) for demand in _demands(complaint))
    parts = tuple(PartScore(demand.demand, demand.value, demand.evidence) for demand in demands)
    answered = sum(demand.answered for demand in demands)
    reasons = [f"{len(demands)} 项诉求，{answered} 项有回应"]
    if forwarded:
        reasons.append("只转办，没有实质答复")
    return Score("相关性", sum(d.value for d in demands) / len(demands), parts, tuple(reasons)), demands


def _demands(complaint: str) -> list[str]:
    """What is asked for; a complaint that asks for nothing in so many words is one demand as a whole."""
    found = [slot.text.strip() for slot in find_demands(complaint)][:_MOST]
    return [demand for demand in found if demand] or [complaint.strip()]


def _judge(demand: str, complaint: str, reply: str, said: set[str], forwarded: bool) -> DemandScore:
    asked = next((ask for ask in cues.asks() if cues.spans(ask.asked, demand)), None)
    own = _pairs(demand)
    if len(own) < _FEW:
        own |= _pairs(complaint)
    taken = own & said
    coverage = min(1.0, len(taken) / len(own) / _ENOUGH) if own else 0.0
    if asked is None:
        action = next(cue for cue in cues.parts("completeness") if cue.name == _ACTION).score(reply)
        answer, evidence = action.value, action.evidence
    else:
        evidence = cues.spans(asked.answered, reply)
        answer = float(bool(evidence))
    if forwarded:
        answer, evidence = 0.0, ()
    shown = (*evidence[:2], *_places(taken, reply))
    return DemandScore(demand, asked.name if asked else _ACTION, coverage, answer, shown)


def _pairs(text: str) -> set[str]:
    """Pairs of characters that carry meaning."""
    return {
        run[i : i + 2]
        for run in _HAN.findall(text)
        for i in range(len(run) - 1)
        if not (run[i] in _FUNCTION or run[i + 1] in _FUNCTION)
    }


def _places(taken: set[str], reply: str) -> tuple[Span, ...]:
    """Where the reply takes up the demand's words: the three longest runs of them."""
    runs: list[tuple[int, int]] = []
    for i in range(len(reply) - 1):
        if reply[i : i + 2] in taken:
            if runs and runs[-1][1] >= i:
                runs[-1] = (runs[-1][0], i + 2)
            else:
                runs.append((i, i + 2))
    longest = sorted(runs, key=lambda run: (run[0] - run[1], run[0]))[:3]
    return tuple(Span(reply[start:end], start, end) for start, end in sorted(longest))
