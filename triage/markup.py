"""HTML out of a citizen's text: tags and scripts are dropped, every word meant for people stays.

A small tokenizer with the states that matter here (tag, quoted attribute, comment, raw text element). It
was chosen over `html.parser` for two reasons: that one drops the rest of the text after an unclosed `<b`,
which in a complaint is a "less than", and its time is quadratic on hostile input in older Python releases.
"""

from __future__ import annotations

import re
from html import unescape

_BLOCK_NAMES = (
    "p br hr div li ul ol dl dt dd tr table thead tbody h1 h2 h3 h4 h5 h6 blockquote pre section article"
)
_INLINE_NAMES = (
    "a b i u s em strong span font img big small sub sup td th center code label html body head "
    "title meta link input button form select option textarea video audio source svg path math "
    "iframe object embed base o main nav header footer aside figure figcaption strike del ins mark "
    "abbr cite q tt var kbd samp details summary"
)
_BLOCK = frozenset(_BLOCK_NAMES.split())
_INLINE = frozenset(_INLINE_NAMES.split())
_RAW = ("script", "style", "noscript", "template", "xmp")
_TAG = re.compile(r"""</?([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])(?:[^<>"']|"[^"<]*"|'[^'<]*')*>""")
_END_OF = {name: re.compile(rf"</{name}\b[^<>]*>", re.I) for name in _RAW}
_UNESCAPE_PASSES = 2
"""Copied web text is often escaped twice (`&amp;nbsp;`)."""


def strip_markup(text: str) -> str:
    """The words of `text` without HTML; a block tag becomes a line break. Linear in the length of `text`."""
    for _ in range(_UNESCAPE_PASSES):
        if "&" in text:
            text = unescape(text)
    return "".join(_pieces(text)) if "<" in text else text


def _pieces(text: str) -> list[str]:
    """Text between the markup, in order."""
    pieces: list[str] = []
    unclosed: set[str] = set()
    at = 0
    while (start := text.find("<", at)) >= 0:
        pieces.append(text[at:start])
        at = _comment_end(text, start, unclosed)
        if at > start:
            continue
        tag = _TAG.match(text, start)
        name = tag.group(1).lower() if tag else ""
        if tag is None or not (name in _BLOCK or name in _INLINE or name in _RAW):
            pieces.append("<")
            at = start + 1
            continue
        at = tag.end()
        if name in _RAW and not tag.group().startswith("</"):
            at = _raw_end(text, name, at, unclosed)
        elif name in _BLOCK:
            pieces.append("\n")
    pieces.append(text[at:])
    return pieces


def _comment_end(text: str, start: int, unclosed: set[str]) -> int:
    """Where the comment that opens at `start` ends; `start` itself where there is none."""
    if "!" in unclosed or not text.startswith("<!--", start):
        return start
    end = text.find("-->", start + 4)
    if end < 0:
        unclosed.add("!")  # Searched once: a thousand unclosed comments must not cost a thousand searches.
        return start
    return end + 3


def _raw_end(text: str, name: str, at: int, unclosed: set[str]) -> int:
    """Where the body of a script or style ends; an unclosed one loses only its tag, so no words are lost."""
    if name in unclosed:
        return at
    end = _END_OF[name].search(text, at)
    if end is None:
        unclosed.add(name)
        return at
    return end.end()
