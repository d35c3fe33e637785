"""Cutting a paragraph (款) or an item (项) out of an article: always an exact substring of its text.

Official texts print one paragraph a line; the items of an enumeration stand on lines of their own, `（一）…`,
and belong to the paragraph before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from legal_corpus.numerals import NUMERAL, to_int

_ITEM_LINE = re.compile(rf"[(（]\s*([{NUMERAL}]+)\s*[)）]")
# Some sources print items in one line: they then follow a colon or the end of the item before.
_ITEM_INLINE = re.compile(rf"(?<=[：:；;。，,])\s*[(（]\s*([{NUMERAL}]+)\s*[)）]")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text: `text[start:end]`."""

    start: int
    end: int


def paragraphs(text: str) -> list[Span]:
    """The paragraphs (款) of an article, each with its items."""
    spans: list[Span] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if line.strip():
            if _ITEM_LINE.match(line.strip()) and spans:
                spans[-1] = Span(spans[-1].start, end)
            else:
                spans.append(Span(start, end))
        start = end + 1
    return spans


def items(text: str, within: Span) -> dict[int, Span]:
    """The items (项) of a paragraph by their number."""
    marks = _item_marks(text, within)
    spans: dict[int, Span] = {}
    ends = [start for _, start in marks[1:]] + [within.end]
    # Without marks there is one end too many, and nothing to pair it with.
    for (number, start), following in zip(marks, ends, strict=False):
        end = start + len(text[start:following].rstrip())
        spans.setdefault(number, Span(start, end))
    return spans


def cut(text: str, paragraph: int | None, item: int | None) -> str:
    """The cited part of an article; `LookupError` whose message says (in Chinese) what is not there."""
    parts = paragraphs(text)
    if paragraph is not None and not 1 <= paragraph <= len(parts):
        raise LookupError(f"该条只有 {len(parts)} 款，没有第 {paragraph} 款")
    if item is None:
        if paragraph is None:
            return text
        span = parts[paragraph - 1]
        return text[span.start : span.end]
    chosen = parts if paragraph is None else [parts[paragraph - 1]]
    found = [spans[item] for spans in (items(text, part) for part in chosen) if item in spans]
    if not found:
        raise LookupError(f"{'该款' if paragraph is not None else '该条'}没有第（{item}）项")
    if len(found) > 1:
        raise LookupError(f"该条有 {len(found)} 款都有第（{item}）项，请写明第几款")
    return text[found[0].start : found[0].end]


def _item_marks(text: str, within: Span) -> list[tuple[int, int]]:
    """Number and start of each item; lines first, inline marks only where no line begins with one."""
    marks: list[tuple[int, int]] = []
    start = within.start
    for line in text[within.start : within.end].split("\n"):
        found = _ITEM_LINE.match(line.lstrip())
        if found:
            marks.append((to_int(found.group(1)) or 0, start + len(line) - len(line.lstrip())))
        start += len(line) + 1
    if marks:
        return marks
    part = text[within.start : within.end]
    return [
        (
            to_int(found.group(1)) or 0,
            within.start + found.start() + len(found.group()) - len(found.group().lstrip()),
        )
        for found in _ITEM_INLINE.finditer(part)
    ]
