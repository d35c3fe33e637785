"""Where the milliseconds of one message go: processor time by stage, which other programs disturb least.

All threads are counted, so stages that run at the same time (the linear member beside the encoder) add up to
more than the clock shows.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from eval.result import Score
from service.assistant import Assistant
from triage.classifier.calibration import probabilities
from triage.classifier.linear import LinearMember
from triage.classifier.places import fold_places
from triage.classifier.router import Router
from triage.values import Complaint

ROUNDS = 25
Stage = Callable[[Any], Any]


def stages(router: Router, assistant: Assistant, messages: Sequence[str]) -> dict[str, Score]:
    """Median processor milliseconds a message of every stage, of routing as a whole and of a whole answer."""
    found = routing_stages(router, messages) | answer_stages(assistant, messages)
    count = ROUNDS * len(messages)
    return {f"cpu_ms_{name}": Score(round(value, 3), None, None, count) for name, value in found.items()}


def routing_stages(router: Router, messages: Sequence[str]) -> dict[str, float]:
    """The steps of `Router.predict` one by one, and all of it."""
    folded = [fold_places(message) for message in messages]
    outputs = [{name: one.logits([text]) for name, one in router.members.items()} for text in folded]
    found = {
        "route": _median(lambda text: router.predict([text]), messages),
        "route_fold_places": _median(fold_places, messages),
        "route_calibrate": _median(
            lambda one: probabilities(one, router.calibration, router.labels), outputs
        ),
    }
    for name, member in router.members.items():
        if isinstance(member, LinearMember):
            found |= {f"route_{name}_{stage}": ms for stage, ms in _linear(member, folded).items()}
        else:
            found[f"route_{name}"] = _median(member.logits, [[text] for text in folded])
    return found


def answer_stages(assistant: Assistant, messages: Sequence[str]) -> dict[str, float]:
    """The steps of `Assistant.handle`, each message with a tail of its own so that nothing is remembered."""
    desk, references = assistant.desk, assistant.references
    day, place = date(2026, 11, 23), assistant.region
    fresh = _Fresh(messages)
    complaints = [Complaint(text=text) for text in messages]
    return {
        "answer": _median(lambda _: assistant.handle(Complaint(text=fresh())), messages),
        "answer_triage": _median(desk.handle, complaints),
        "answer_does_anything_govern": _median(
            lambda _: references.observed(fresh(), as_of=day, region=place), messages
        ),
        "answer_search_after": _after(
            fresh,
            lambda text: references.observed(text, as_of=day, region=place),
            lambda text: references.governing(text, as_of=day, region=place),
            len(messages),
        ),
    }


class _Fresh:
    """The messages in turn, never the same text twice."""

    def __init__(self, messages: Sequence[str]) -> None:
        self._messages = messages
        self._number = 0

    def __call__(self) -> str:
        self._number += 1
        return f"{self._messages[self._number % len(self._messages)]}已经反映{self._number}次。"


def _linear(member: LinearMember, texts: Sequence[str]) -> dict[str, float]:
    rows = {text: member.rows([text]) for text in texts}
    return {
        "read": _median(lambda text: member.rows([text]), texts),
        "score": _median(lambda text: member.logits_of(rows[text]), texts),
        "evidence": _median(lambda text: member.evidence(text, rows[text][0], 0, 1), texts),
    }


def _median(work: Stage, inputs: Sequence[Any]) -> float:
    """Median processor milliseconds over `ROUNDS` rounds, after one that warms up."""
    return _after(lambda: None, lambda _: None, work, len(inputs), inputs)


def _after(
    fresh: Callable[[], Any], before: Stage, work: Stage, count: int, inputs: Sequence[Any] | None = None
) -> float:
    """Of `work` on what `fresh` gives (or on the inputs), once `before` has seen it."""
    times = []
    for number in range((ROUNDS + 1) * count):
        one = fresh() if inputs is None else inputs[number % count]
        before(one)
        began = time.process_time()
        work(one)
        times.append(1000 * (time.process_time() - began))
    return statistics.median(times[count:])
