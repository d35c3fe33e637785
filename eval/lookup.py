"""Look-ups: does a citation, however it is written, give the article that was meant? Are quotes exact?

`zhili eval lookup` draws articles and forms at random (seeded) over the store. An answer is right (the
article meant, of the version meant, and marked where a slip was mended), refused (with a reason), or wrong. A
law that has several versions is asked for with the first day of the drawn version.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from eval.citation_forms import Form, Written, forms
from eval.provenance import Stopwatch
from eval.result import Result, Score, mean_score
from foundation.progress import Progress, silent
from legal_corpus.citation import format_citation, parse
from legal_corpus.library import Library
from legal_corpus.quote import cut
from legal_corpus.store import LawStore
from legal_corpus.titles import title_key
from legal_corpus.values import Article, Citation, Resolution, Resolved

SEED = 20261123
_SHOWN = 20
_TRIES = 20_000
"""Draws after which a form is taken to fit no article of the store."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One look-up."""

    article: Article
    written: Written


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back."""

    form: str
    text: str
    verdict: str
    """`right`, `refused` or `wrong`."""
    why: str = ""


def measure_lookup(
    store_path: Path, *, count: int = 500, quotes: int = 1000, seed: int = SEED, progress: Progress = silent
) -> Result:
    """Look up `count` drawn citations, and compare the quotes of `quotes` drawn articles with the store."""
    watch = Stopwatch()
    with LawStore.open(store_path) as store:
        library = Library([store])
        articles = [one for one in store.articles() if one.number is not None and _known_day(one)]
        asked = draw(articles, forms(), count, seed)
        outcomes = []
        for number, one in enumerate(asked, 1):
            progress(number, count, "查引用")
            outcomes.append(judge(library, one))
        different = quote_differences(library, store, _sample(articles, quotes, seed))
        inverse = [_is_inverse(one.written.means) for one in asked]
    scores = {
        "right": mean_score([float(one.verdict == "right") for one in outcomes]),
        "refused": mean_score([float(one.verdict == "refused") for one in outcomes]),
        "wrong": mean_score([float(one.verdict == "wrong") for one in outcomes]),
        "format_is_inverse": mean_score([float(one) for one in inverse]),
        "quote_bytes_differing": Score(float(len(different)), None, None, quotes),
    }
    details = {
        "seed": seed,
        "forms": _by_form(outcomes),
        "not_right": [
            {"form": one.form, "text": one.text, "verdict": one.verdict, "why": one.why}
            for one in outcomes
            if one.verdict != "right"
        ][:_SHOWN],
        "quotes_differing": different[:_SHOWN],
    }
    return Result("lookup", scores, watch.record(data=[store_path], model_hash=""), details)


def draw(articles: Sequence[Article], ways: dict[str, Form], count: int, seed: int) -> list[Asked]:
    """`count` pairs of an article and a form that fits it; each form in turn, but for those that fit none."""
    chooser = random.Random(seed)
    names = list(ways)
    asked: list[Asked] = []
    while names and len(asked) < count:
        name = names[len(asked) % len(names)]
        found = _fitting(articles, ways[name], chooser)
        if found is None:
            names.remove(name)
        else:
            asked.append(found)
    return asked


def _fitting(articles: Sequence[Article], form: Form, chooser: random.Random) -> Asked | None:
    for _ in range(_TRIES):
        article = chooser.choice(articles)
        written = form(article, chooser)
        if written is not None:
            return Asked(article, written)
    return None


def judge(library: Library, asked: Asked) -> Outcome:
    """Right, refused or wrong."""
    written, law = asked.written, asked.article.law
    day = law.valid_from or law.version_date
    found = library.resolve_all(written.text, day, law.region, written.context)
    if len(found) == len(written.means) and all(
        _is_meant(one, meant, asked, written.slip) for one, meant in zip(found, written.means, strict=True)
    ):
        return Outcome(written.form, written.text, "right")
    wrong = [one for one in found if isinstance(one, Resolved) and not _fits(one, written, asked)]
    if wrong:
        return Outcome(written.form, written.text, "wrong", wrong[0].article.cited)
    reasons = [one.reason for one in found if not isinstance(one, Resolved)]
    return Outcome(written.form, written.text, "refused", reasons[0] if reasons else "只找到一部分")


def quote_differences(library: Library, store: LawStore, articles: Sequence[Article]) -> list[str]:
    """Articles whose quote, resolved from their standard citation, differs from the store by a byte."""
    different = []
    for article in articles:
        day = article.law.valid_from or article.law.version_date
        found = library.resolve(
            Citation(article.law.title, article.number or 0, article.suffix), day, article.law.region
        )
        if not isinstance(found, Resolved):
            continue
        row = store.query("SELECT text FROM articles WHERE id = ?", found.article.id)
        if found.quote.encode() != str(row[0][0]).encode():
            different.append(article.id)
    return different


def _known_day(article: Article) -> bool:
    """Whether the drawn version can be asked for: it is law on its own first day."""
    day = article.law.valid_from or article.law.version_date
    return isinstance(day, date) and article.law.in_force_on(day)


def _is_meant(found: Resolution, meant: Citation, asked: Asked, slip: bool) -> bool:
    if not isinstance(found, Resolved):
        # A list may run past the end of the law: to say that there is no such article is right.
        return meant.article != asked.article.number and "没有" in found.reason
    if not _same(found, meant, asked):
        return False
    if slip and "理解" not in found.note:
        return False
    return found.quote == cut(found.article.text, meant.paragraph, meant.item)


def _same(found: Resolved, meant: Citation, asked: Asked) -> bool:
    node = (found.article.number, found.article.suffix, found.citation.paragraph, found.citation.item)
    wanted = (meant.article, meant.suffix, meant.paragraph, meant.item)
    law = found.article.law
    return node == wanted and law.id == asked.article.law.id


def _fits(found: Resolved, written: Written, asked: Asked) -> bool:
    return any(_same(found, meant, asked) for meant in written.means)


def _is_inverse(means: Sequence[Citation]) -> bool:
    """`parse(format_citation(c)) == c`, the title's spelling aside."""
    for meant in means:
        again = parse(format_citation(meant))
        if not isinstance(again, Citation) or title_key(again.law) != title_key(meant.law):
            return False
        if (again.article, again.suffix, again.paragraph, again.item) != (
            meant.article, meant.suffix, meant.paragraph, meant.item,
        ):  # fmt: skip
            return False
    return True


def _sample(articles: Sequence[Article], count: int, seed: int) -> list[Article]:
    return random.Random(seed + 1).sample(list(articles), min(count, len(articles)))


def _by_form(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {}
    for one in outcomes:
        row = table.setdefault(one.form, {"right": 0, "refused": 0, "wrong": 0})
        row[one.verdict] += 1
    return table
