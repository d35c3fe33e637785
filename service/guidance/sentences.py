"""Reading a draft as the lock does: sentences, quotes, hidden characters, figures.

Quotes keep their sentences together: a quoted article of three sentences is one quote. An opening mark that
is never closed quotes the rest of the text, so that nothing escapes by leaving the mark off.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from legal_corpus.numerals import NUMERAL, to_int

_OPENING = {"“": "”", "「": "」", "『": "』", "〝": "〞", "＂": "＂", '"': '"'}
_ENDS = "。！？!?；;\n"
_GOES_ON = _ENDS + "，,、）)的等"
"""After these the sentence goes on behind a quote that itself ended one."""
_HIDDEN_CATEGORIES = ("Cf", "Cc", "Co", "Cs", "Cn", "Mn", "Me")
_LINE_BREAKS = {"\u2028": "\n", "\u2029": "\n", "\x85": "\n", "\r": "\n"}
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_UNITS = (
    "个工作日|工作日|个自然日|自然日|个小时|小时|个月|月|周年|年|周|日|天|倍|万元|元|周岁|岁|分贝|公里"
    "|平方米|米|%|％|‰"
)
_NUMBER = rf"[{NUMERAL}万]{{1,12}}(?:[.．][0-9０-９]+)?"
_FIGURE = re.compile(rf"(百分之|千分之)?({_NUMBER})\s*(?:以[上下内])?({_UNITS})?")
_DATE = re.compile(
    r"\d{4}[-年/.]\d{1,2}[-月/.]\d{1,2}日?|\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月\d{1,2}日"
)
_SAME_UNIT = {
    "个工作日": "工作日", "个自然日": "日", "自然日": "日", "天": "日", "个小时": "小时", "个月": "月",
    "周年": "年", "周岁": "岁", "％": "%",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted run: `text[start:end]` with its marks; `inner` without them."""

    start: int
    end: int
    inner: str


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, each with its end mark; a quote is never cut."""
    sentences: list[str] = []
    begun = 0
    closing: list[str] = []
    for at, character in enumerate(text):
        if closing and character == closing[-1]:
            closing.pop()
            if (
                not closing
                and at
                and text[at - 1] in _ENDS
                and text[at + 1 : at + 2] not in _ENDS + "，、）)"
            ):
                sentences.append(text[begun : at + 1])
                begun = at + 1
        elif character in _OPENING:
            closing.append(_OPENING[character])
        elif not closing and character in _ENDS:
            sentences.append(text[begun : at + 1])
            begun = at + 1
    sentences.append(text[begun:])
    return [sentence for sentence in sentences if sentence.strip()]


def quotes(text: str) -> list[Quote]:
    """Every outermost quoted run, in order."""
    found: list[Quote] = []
    closing: list[str] = []
    begun = 0
    for at, character in enumerate(text):
        if closing and character == closing[-1]:
            closing.pop()
            if not closing:
                found.append(Quote(begun, at + 1, text[begun + 1 : at]))
        elif character in _OPENING:
            if not closing:
                begun = at
            closing.append(_OPENING[character])
    if closing:
        found.append(Quote(begun, len(text), text[begun + 1 :]))
    return found


def without_hidden(text: str) -> str:
    """`text` without characters that a reader cannot see; line breaks stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible, text))


@lru_cache(maxsize=16_384)
def _visible(character: str) -> str:
    if character in "\n\t":
        return character
    if character in _LINE_BREAKS:
        return _LINE_BREAKS[character]
    hidden = character in _FILLERS or unicodedata.category(character) in _HIDDEN_CATEGORIES
    return "" if hidden else character


def figures(text: str) -> set[tuple[float, str]]:
    """Numbers with their units, dates left out: `五个工作日` and `5个工作日` are the same figure."""
    found: set[tuple[float, str]] = set()
    for part, number, unit in _FIGURE.findall(_DATE.sub(" ", text)):
        value = _value(number)
        if value is not None and (part or unit):
            found.add((value, {"百分之": "%", "千分之": "‰"}.get(part) or _SAME_UNIT.get(unit, unit)))
    return found


def _value(number: str) -> float | None:
    plain = unicodedata.normalize("NFKC", number)
    whole, _, fraction = plain.partition(".")
    value = to_int(whole)
    if value is None:
        return None
    return float(f"{value}.{fraction}") if fraction else float(value)
