"""References inside the law: 依照本条例第十二条, 本法第三条第二款, 前款, 前两条.

`references` reads them out of an article on demand, with exact offsets (`text[start:end]`); an ingest stores
them (table `refs`), so that the store can say who refers to an article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from legal_corpus.citation import find_all
from legal_corpus.numerals import NUMERAL, to_int
from legal_corpus.quote import paragraphs
from legal_corpus.titles import canonical_title, split_year, title_key
from legal_corpus.values import Article, Citation

_RELATIVE = re.compile(
    rf"(?P<before>前)(?P<count>[{NUMERAL}]*)(?P<unit>条|款)(?:第?[(（]?(?P<item>[{NUMERAL}]+)[)）]?项)?"
    rf"|本条第(?P<own>[{NUMERAL}]+)款(?:第?[(（]?(?P<own_item>[{NUMERAL}]+)[)）]?项)?"
)
_RANGE_END = re.compile(r"\s*(?:至|到|—|-|－)\s*$")
_QUOTES = "“”‘’\"' "
_LONGEST_RANGE = 60


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference that an article makes."""

    start: int
    end: int
    text: str
    """As printed."""
    citation: Citation
    """What is meant, with the title of the law filled in."""
    own_law: bool
    """Whether it means the article's own law (本法, 前条)."""


def references(article: Article) -> tuple[Reference, ...]:
    """Every reference of an article, in the order of its text; a range gives each of its articles."""
    return tuple(read_references(article.text, article.law.title, article.number, article.suffix))


def read_references(text: str, title: str, number: int | None, suffix: int = 0) -> Iterator[Reference]:
    """The references in a text that stands in article `number` of the law `title`."""
    found = [*_absolute(text, title)] if "条" in text else []
    if "前" in text or "本条第" in text:
        taken = [(one.start, one.end) for one in found]
        found += [
            one
            for one in _relative(text, title, number, suffix)
            if not any(start < one.end and one.start < end for start, end in taken)
        ]
    yield from sorted(found, key=lambda one: (one.start, one.citation.article))


def target_key(citation: Citation) -> str:
    """The key under which the law of a reference is found, whatever its spelling."""
    return title_key(canonical_title(split_year(citation.law)[0]))


def _absolute(text: str, title: str) -> Iterator[Reference]:
    last: Reference | None = None
    for one in find_all(text):
        law = one.citation.law.strip(_QUOTES)
        own = not law or title_key(law) == title_key(title)
        meant = replace(one.citation, law=title if own else law)
        reference = Reference(one.start, one.end, one.text, meant, own)
        if last is not None and _RANGE_END.fullmatch(text[last.end : one.start]):
            yield from _between(last, reference)
        yield reference
        last = reference


def _between(first: Reference, last: Reference) -> Iterator[Reference]:
    """The articles of 第十六条至第二十条 that are not printed."""
    same = title_key(first.citation.law) == title_key(last.citation.law)
    low, high = first.citation.article, last.citation.article
    if same and not first.citation.paragraph and low < high <= low + _LONGEST_RANGE:
        for number in range(low + 1, high):
            yield replace(last, citation=Citation(last.citation.law, number))


def _relative(text: str, title: str, number: int | None, suffix: int) -> Iterator[Reference]:
    """前款, 前两款, 前条, 本条第二款: only where the place they count from is known."""
    if number is None:
        return
    spans = paragraphs(text)
    for found in _RELATIVE.finditer(text):
        here = next((i for i, span in enumerate(spans, 1) if span.start <= found.start() < span.end), 0)
        for citation in _targets(found, Citation(title, number, suffix), here):
            yield Reference(found.start(), found.end(), found.group(), citation, True)


def _targets(found: re.Match[str], own: Citation, here: int) -> Iterator[Citation]:
    if found["own"]:
        yield replace(own, paragraph=to_int(found["own"]), item=_item(found["own_item"]))
        return
    count = to_int(found["count"]) if found["count"] else 1
    item = _item(found["item"])
    if not count or count > _LONGEST_RANGE:
        return
    if found["unit"] == "款":
        for paragraph in range(max(1, here - count), here):
            yield replace(own, paragraph=paragraph, item=item)
    elif own.suffix == 0:
        # Before 第十二条 may stand 第十一条之二: only plain numbers are counted back.
        for number in range(max(1, own.article - count), own.article):
            yield Citation(own.law, number, item=item)


def _item(text: str | None) -> int | None:
    return to_int(text) if text else None
