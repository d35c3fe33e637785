"""Repeal clauses (废止条款): which laws an article ends, and from what day.

`本条例自2020年1月1日起施行。《甲办法》同时废止。` A clause that ends only articles or parts of a law
(`《甲办法》第三条同时废止`, `《甲办法》中有关…的规定`) repeals nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from legal_corpus.dates import start_in_text
from legal_corpus.drafts import ArticleDraft
from legal_corpus.titles import title_key

_SENTENCE = re.compile(r"[^。；;\n]+")
_REPEALS = re.compile(r"(?:同时|即行|予以|一并|自行|相应)?废止\s*$|(?:同时|即行|予以|一并)废止")
# A number in brackets may stand between a title and what is said of it: 《…》（法释〔2020〕26号）第三条.
_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》\s*(?:[(（][^()（）]{0,40}[)）]\s*)*([^《]{0,4})")
_PARTIAL = re.compile(r"第|中|的?有关|关于|部分|[一二三四五六七八九十]、")
_LONGEST_CLAUSE = 160
_CLOSING = 6


@dataclass(frozen=True, slots=True)
class Repeal:
    """One law that a clause ends."""

    target: str
    """Key of the title (`titles.title_key`)."""
    day: date | None
    """First day no longer in force, where the clause's article states it."""
    clause: str
    """Where it stands, for the reason that is shown: 《…》第…条."""


def repeals(title: str, version_date: date | None, articles: Sequence[ArticleDraft]) -> Iterator[Repeal]:
    """The laws that a law ends; only its closing articles are read, where such clauses stand."""
    dated = f"（{version_date}）" if version_date else ""
    for article in articles[-_CLOSING:]:
        if "废止" not in article.text or article.kind == "annex":
            continue
        for target in sorted(_targets(article.text)):
            yield Repeal(target, start_in_text(article.text), f"《{title}》{dated}{article.label}")


def _targets(text: str) -> set[str]:
    targets: set[str] = set()
    for sentence in _SENTENCE.findall(text):
        if not _REPEALS.search(sentence):
            continue
        for name, after in _TITLE.findall(sentence):
            if not _PARTIAL.match(after.strip()):
                targets.add(title_key(name))
    return targets
