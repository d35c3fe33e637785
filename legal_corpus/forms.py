"""Every way of writing a citation, read into the same nodes: ranges, lists, 本法, missing 条, other signs.

`read` takes a text that holds nothing but citations and gives them all: `劳动合同法第三十八条第二、三项`
are two, `民法典271-275条` are five. `legal_corpus.citation.parse` reads the plain single form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from legal_corpus.citation import read_title
from legal_corpus.numerals import NUMERAL, to_int
from legal_corpus.values import Citation, Unresolved

LONGEST = 60
"""Articles that one range may name."""
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("『「〈【", "《"),
        **dict.fromkeys("』」〉】", "》"),
        **dict.fromkeys("〔﹝", "（"),
        **dict.fromkeys("〕﹞", "）"),
        **dict.fromkeys("－–﹣−", "-"),
        **{"～": "~", "條": "条", "項": "项", "欵": "款", "§": "第"},
    }
)
_TAIL_SIGNS = rf"{NUMERAL}第条款项之、,，和及与或以至到~—\-()（）\s"
_TAIL = re.compile(rf"[{_TAIL_SIGNS}]+$")
_AFTER = re.compile(r"(?:之|的)?(?:有关|相关)?规定(?:处理|执行|办理)?$|[。.;；，,？?！!\s]+$")
_OWN = re.compile(r"^(?:本|该|同)(?:法典|法|条例|办法|规定|细则|解释|决定|规则|章程)$")
_BETWEEN_LAWS = re.compile(rf"(?<=[条款项])\s*(?:[、，,;；]|以及|和|及|与)\s*(?=[^第{NUMERAL}\s(（])")
_LONE = re.compile(rf"第?\s*[{NUMERAL}]+\s*(?:之\s*[{NUMERAL}]+)?")
_TOKEN = re.compile(
    rf"(?P<num>[{NUMERAL}]+)|(?P<mark>第|条|款|项|之)|(?P<sep>以及|[、,，和及与或])|(?P<dash>[至到~—-]+)|[()（）\s]+"
)
_UNITS = ("条", "款", "项")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text cites."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class _Element:
    """One number of a tail: 第三条之一, （二）项, 275条."""

    number: int
    suffix: int
    unit: str
    """条, 款 or 项; empty where none is written."""
    link: str
    """How it follows the number before: `sep`, `dash` or empty."""


def read(text: str, context: str = "") -> Reading | Unresolved:
    """All citations of a text; 本法 means the law of `context`. `Unresolved` says what cannot be read."""
    bare = _tidy(text)
    if not bare or len(bare) > 300:
        return Unresolved(text[:60], "没有写引用的内容，例如：《民法典》第九百四十二条")
    citations: list[Citation] = []
    for part in _BETWEEN_LAWS.split(bare):
        found = _read_one(part, text, context)
        if isinstance(found, Unresolved):
            return found
        citations += found
    return Reading(tuple(dict.fromkeys(citations)))


def read_tail(tail: str) -> list[Citation] | None:
    """The citations (without a law) of `第三条第一款、第二款` or `271至275条`; `None`: not readable."""
    elements = _elements(tail)
    return _evaluate(_with_units(elements)) if elements else None


def _tidy(text: str) -> str:
    bare = text.strip().translate(_SIGNS)
    while (shorter := _AFTER.sub("", bare)) != bare:
        bare = shorter
    return bare.strip()


def _read_one(part: str, asked: str, context: str) -> list[Citation] | Unresolved:
    head, found = _split(part)
    if not found:
        return Unresolved(asked, "没有写第几条，例如：《民法典》第九百四十二条")
    if len(found) > LONGEST:
        return Unresolved(asked, f"一次最多查 {LONGEST} 条")
    title = read_title(re.sub(r"(?<=[^之])[的里中内]$", "", head.strip()))
    if title is None:
        return Unresolved(asked, "没有写是哪部法律，例如：《民法典》第九百四十二条")
    if not title or _OWN.match(title):
        title = context
    return [replace(one, law=title) for one in found]


def _split(part: str) -> tuple[str, list[Citation]]:
    """The title's words and the citations after them: the longest tail that can be read."""
    signs = _TAIL.search(part)
    if signs is None:
        return part, []
    for start in range(signs.start(), len(part)):
        if part[start] != "第" and not re.match(rf"[{NUMERAL}]", part[start]):
            continue
        if start and part[start] != "第" and re.match(rf"[第（({NUMERAL}]", part[start - 1]):
            continue
        tail = part[start:]
        # Without any 条 only a lone number is believed: 民法典942, 刑法120之1.
        found = read_tail(tail) if "条" in tail or _LONE.fullmatch(tail) else None
        if found:
            return part[:start], found
    return part, []


def _elements(tail: str) -> list[_Element]:
    """The numbers of a tail with their units; empty where something else stands between them."""
    elements: list[_Element] = []
    tokens = _tokens(tail)
    link, index = "", 0
    while index < len(tokens):
        kind = tokens[index][0]
        if kind in ("sep", "dash"):
            if link or not elements:
                return []
            link, index = kind, index + 1
            continue
        found = _element(tokens, index, link)
        if found is None:
            return []
        element, index = found
        elements.append(element)
        link = ""
    return [] if link else elements


def _element(tokens: list[tuple[str, str]], index: int, link: str) -> tuple[_Element, int] | None:
    """第? NUM (之 NUM)? (条|款|项)? (之 NUM)?"""
    kinds = [*(f"{kind}{value}" if kind == "mark" else kind for kind, value in tokens), "", "", "", ""]
    at = index + (kinds[index] == "mark第")
    if kinds[at] != "num" or not (number := to_int(tokens[at][1])):
        return None
    at += 1
    suffix = 0
    if kinds[at] == "mark之" and kinds[at + 1] == "num":
        suffix, at = to_int(tokens[at + 1][1]) or 0, at + 2
    unit = tokens[at][1] if kinds[at] in ("mark条", "mark款", "mark项") else ""
    at += bool(unit)
    if unit == "条" and not suffix and kinds[at] == "mark之" and kinds[at + 1] == "num":
        suffix, at = to_int(tokens[at + 1][1]) or 0, at + 2
    return _Element(number, suffix, unit, link), at


def _tokens(tail: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    end = 0
    for found in _TOKEN.finditer(tail):
        if found.start() != end:
            return []
        end = found.end()
        if found.lastgroup:
            tokens.append((found.lastgroup, found.group()))
    return tokens if end == len(tail) else []


def _with_units(elements: list[_Element]) -> list[_Element]:
    """第55、56条: a number without a unit has that of the next one; a lone number is an article."""
    done: list[_Element] = []
    following = ""
    for place, element in reversed(list(enumerate(elements))):
        linked = place + 1 < len(elements) and elements[place + 1].link
        unit = element.unit or (following if linked else "") or ("条" if place == 0 else "")
        done.append(replace(element, unit=unit))
        following = unit
    return done[::-1]


def _evaluate(elements: Iterable[_Element]) -> list[Citation] | None:
    """Follow the numbers: 条 opens an article, 款 and 项 refine it, lists and ranges repeat it."""
    found: list[Citation] = []
    level = ""
    for one in elements:
        if not one.unit or (not found and one.unit != "条"):
            return None
        step = _opened(one, level, found) if one.link or not found else _refined(one, level, found)
        if step is None or len(found) + len(step) > LONGEST:
            return None
        found += step
        level = one.unit
    return found


def _refined(one: _Element, level: str, found: list[Citation]) -> list[Citation] | None:
    """第三条 第一款 第二项: the last citation becomes finer."""
    if _UNITS.index(one.unit) <= _UNITS.index(level):
        return None
    last = found.pop()
    return [replace(last, paragraph=one.number) if one.unit == "款" else replace(last, item=one.number)]


def _opened(one: _Element, level: str, found: list[Citation]) -> list[Citation] | None:
    """A further article, paragraph or item, or all of a range."""
    if not found:
        return [Citation("", one.number, one.suffix)]
    last = found[-1]
    if _UNITS.index(one.unit) > _UNITS.index(level):
        return None
    if one.link != "dash":
        return [_again(last, one.unit, one.number, one.suffix)]
    before = {"条": last.article, "款": last.paragraph, "项": last.item}[one.unit] or 0
    if one.unit != level or one.suffix or last.suffix or not before < one.number <= before + LONGEST:
        return None
    return [_again(last, one.unit, number) for number in range(before + 1, one.number + 1)]


def _again(last: Citation, unit: str, number: int, suffix: int = 0) -> Citation:
    """The citation before with another number at that level."""
    if unit == "条":
        return Citation("", number, suffix)
    return replace(last, paragraph=number, item=None) if unit == "款" else replace(last, item=number)
