"""What the citizen has and wants: evidence (材料), demand (诉求), contact, confidentiality."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from triage.entities.values import Slot
from triage.entities.words import either, listed

_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_REACH = 6
"""How far before a proof its 有 or 没有 may stand, in characters."""


def find_evidence(text: str) -> tuple[Slot, ...]:
    """Proofs that are named; value 有, 无 (`没有签合同`) or 提及 where the text says neither."""
    found = (
        Slot("evidence", match[0], *match.span(), _held(text[max(0, match.start() - _REACH) : match.start()]))
        for match in _words("evidence", "words").finditer(text)
    )
    return tuple(found)


def find_demands(text: str) -> tuple[Slot, ...]:
    """The part of each sentence that asks for something, from its asking word; value the word, or 询问."""
    return tuple(slot for sentence in _SENTENCE.finditer(text) for slot in _demand(text, *sentence.span()))


def find_contacts(text: str) -> tuple[Slot, ...]:
    """已留联系方式 (a masked number), 要回复, or 不要联系."""
    return _first_wins(
        text, "contact", (("never", "不要联系"), ("reply", "要回复"), ("left", "已留联系方式"))
    )


def find_confidential(text: str) -> tuple[Slot, ...]:
    """要保密 or 不需保密."""
    return _first_wins(text, "confidential", (("no", "不需保密"), ("want", "要保密")))


def _held(before: str) -> str:
    clause = re.split("[，。；,;！？!?\n]", before)[-1]
    if _words("evidence", "none").search(clause):
        return "无"
    return "有" if _words("evidence", "have").search(clause) else "提及"


def _demand(text: str, start: int, end: int) -> Iterator[Slot]:
    """At most one demand a sentence: from the first asking word that begins a clause, or that leads it."""
    silent = bytearray(end - start)
    for match in _words("demand", "not_ask").finditer(text, start, end):
        silent[match.start() - start : match.end() - start] = b"\1" * len(match[0])
    asked = _question(text, start, end)
    for match in _words("demand", "ask").finditer(text, start, end):
        at = match.start()
        if silent[at - start] or not _leads(text, start, at):
            continue
        if asked is None or match.start() < asked:
            if end - match.end() >= 2:
                yield _whole(text, match.start(), end, match[0])
            return
    if asked is not None:
        yield _whole(text, asked, end, "询问")


def _question(text: str, start: int, end: int) -> int | None:
    """Where the sentence begins to ask for information, or `None`."""
    found = _words("demand", "wonder").search(text, start, end)
    if found is None and (text[end : end + 1] in ("？", "?") or text[end - 1 : end] in ("吗", "呢")):
        found = _words("demand", "wonder_if_asked").search(text, start, end)
    return found.start() if found else None


def _leads(text: str, start: int, at: int) -> bool:
    """Whether nothing but words that lead a request (现, 我们, 强烈…) stands between a comma and the word."""
    clause = re.split('[，,、：:（）()“”"]', text[max(start, at - 12) : at])[-1]
    return not clause.strip() or _led().fullmatch(clause.strip()) is not None


def _whole(text: str, start: int, end: int, value: str) -> Slot:
    trimmed = text[start:end].rstrip()
    return Slot("demand", trimmed, start, start + len(trimmed), value)


def _first_wins(text: str, kind: str, lists: tuple[tuple[str, str], ...]) -> tuple[Slot, ...]:
    taken = bytearray(len(text))
    found: list[Slot] = []
    for key, value in lists:
        pattern = _placeholders() if key == "left" else _words(kind, key)
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append(Slot(kind, match[0], start, end, value))
    return tuple(sorted(found, key=lambda slot: slot.start))


@cache
def _words(name: str, key: str) -> re.Pattern[str]:
    return re.compile(either(listed(name, key)))


@cache
def _placeholders() -> re.Pattern[str]:
    """`〔手机号〕`, or with the token of a vault `〔手机号#7K2M9QXT4B〕`."""
    return re.compile(f"〔(?:{either(listed('contact', 'left'))})(?:#[0-9A-Z]{{10}})?〕")


@cache
def _led() -> re.Pattern[str]:
    return re.compile(f"(?:{either(listed('demand', 'lead'))}){{1,4}}")
