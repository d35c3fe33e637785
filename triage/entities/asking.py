"""What to ask back: one short question for each thing that is missing, what changes the route first.

The order and the wording are data (`[ask]` of `slots.toml`). Questions of the dispatch entry stand among the
facts of the matter; one that the text seems to answer already is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from triage.entities.values import KINDS, Slots
from triage.entities.words import section

_HAN = re.compile("[\u4e00-\u9fff]+")
_ASKING = re.compile(
    "请问|请说明|请说|是否|有没有|是不是|哪[里个些家一]|什么|多少|多久|几[点时次个]|怎么|如何|吗|呢|具体|还是|已经|目前|您|你|的|了|过|在"
)
_ANSWERED = 0.6
"""Share of a question's own character pairs that stand in the text, from which it counts as answered."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question for the citizen; `slot` is a kind of slot or `facts` (a question of the entry)."""

    slot: str
    text: str
    why: str


class Asks(Protocol):
    """What of a dispatch entry is read here."""

    @property
    def ask(self) -> tuple[str, ...]:
        """The entry's own questions."""
        ...


def questions(slots: Slots, entry: Asks | None = None, kind: str = "") -> tuple[Question, ...]:
    """At most five questions (`[ask] most`), the one whose answer changes the route most first."""
    asked: list[Question] = []
    table = section("ask")
    for need in _needs(table, kind):
        asked += _facts(slots, entry, table) if need == "facts" else _missing(slots, need, table)
    return tuple(_distinct(asked)[: table["most"]])


def _needs(table: dict[str, Any], kind: str) -> Sequence[str]:
    needs: dict[str, list[str]] = table["needs"]
    return needs.get(kind, needs["default"])


def _missing(slots: Slots, need: str, table: dict[str, Any]) -> Iterator[Question]:
    if not slots.of(need):
        yield Question(need, table["text"][need], table["why"][need])


def _facts(slots: Slots, entry: Asks | None, table: dict[str, Any]) -> Iterator[Question]:
    for text in entry.ask if entry is not None else ():
        slot = _answered_by(text, table)
        known = bool(slots.of(slot)) if slot else _told(text, slots.text)
        if not known:
            yield Question(slot or "facts", text, table["why"].get(slot or "facts", table["why"]["facts"]))


def _answered_by(question: str, table: dict[str, Any]) -> str:
    """The kind of slot that would answer the question, or empty."""
    answers: dict[str, list[str]] = table["answers"]
    hits = {kind: sum(word in question for word in words) for kind, words in answers.items() if kind in KINDS}
    best = max(hits, key=lambda kind: hits[kind])
    return best if hits[best] else ""


def _told(question: str, text: str) -> bool:
    """Whether most of what the question is about is spoken of in the text."""
    words = _HAN.findall(_ASKING.sub(" ", question))
    pairs = {word[at : at + 2] for word in words for at in range(len(word) - 1)}
    return bool(pairs) and sum(pair in text for pair in pairs) >= _ANSWERED * len(pairs)


def _distinct(asked: Sequence[Question]) -> list[Question]:
    """One question a slot (facts apart): the general one gives way to the entry's own."""
    own = {question.slot for question in asked if question.text not in section("ask")["text"].values()}
    kept: list[Question] = []
    for question in asked:
        general = question.text in section("ask")["text"].values()
        if not (general and question.slot in own) and question not in kept:
            kept.append(question)
    return kept
