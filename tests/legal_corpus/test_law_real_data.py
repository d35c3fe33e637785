"""On the real corpus: 100 look-ups in varied forms, and the digest held against the full text."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

import pytest

from legal_corpus.check import check_digest
from legal_corpus.citation import parse
from legal_corpus.digest import load_digest
from legal_corpus.library import Library
from legal_corpus.numerals import to_chinese
from legal_corpus.store import LawStore
from legal_corpus.titles import title_key
from legal_corpus.values import Article, Citation, Resolved, Unresolved

pytestmark = pytest.mark.data
TODAY = date(2026, 11, 22)
SEED = 20261122


def _suffix(article: Article, chinese: bool) -> str:
    if not article.suffix:
        return ""
    return "之" + (to_chinese(article.suffix) if chinese else str(article.suffix))


FORMS: tuple[Callable[[Article], str], ...] = (
    lambda a: f"《{a.law.title}》{a.label}",
    lambda a: f"《{a.law.full_title}》{a.label}",
    lambda a: f"{a.law.title}第{a.number}条{_suffix(a, chinese=False)}",
    lambda a: f"{a.law.title} {a.number} 条{_suffix(a, chinese=False)}",
    lambda a: f"{a.law.full_title}{a.label.removeprefix('第')}",
    lambda a: f"根据《{a.law.title}》第 {a.number} 条{_suffix(a, chinese=True)}。",
    lambda a: (
        f"《{a.law.title}》第{str(a.number).translate({48 + i: 0xFF10 + i for i in range(10)})}条"
        + _suffix(a, chinese=True)
    ),
    lambda a: (
        f"《{a.law.title}》（{(a.law.version_date or TODAY).year}年）{a.label}"
        if a.law.version_date
        else f"《{a.law.title}》{a.label}"
    ),
)


def test_a_hundred_look_ups(real_store: LawStore) -> None:
    articles = [one for one in real_store.articles() if one.number is not None]
    library = Library([real_store, load_digest()])
    chooser = random.Random(SEED)
    wrong, right, refused = [], 0, 0
    for number, article in enumerate(chooser.sample(articles, 100)):
        text = FORMS[number % len(FORMS)](article)
        found = library.resolve(text, None, article.law.region)
        if isinstance(found, Unresolved):
            # The text is in the store, so only an article that a newer version dropped may be refused.
            newest = real_store.versions(article.law.title)[0]
            honest = newest.id != article.law.id and bool(found.reason)
            refused += honest
            if not honest:
                wrong.append((text, found.reason))
        elif _is_right(found, article):
            right += 1
        else:
            wrong.append((text, found.article.id))
    print(f"\n{right} right, {refused} refused, {len(wrong)} wrong")  # noqa: T201
    assert not wrong
    assert right >= 90


def _is_right(found: Resolved, article: Article) -> bool:
    """The very article; or, where it is an old version's, the one of the same number that is law now."""
    if found.article == article:
        return found.in_force == article.law.in_force_on(date.today())
    same = (found.article.number, found.article.suffix) == (article.number, article.suffix)
    same_law = title_key(found.article.law.title) == title_key(article.law.title)
    return same and same_law and found.in_force and not article.law.in_force_on(date.today())


def test_a_number_past_the_end_is_refused(real_store: LawStore) -> None:
    library = Library([real_store])
    titles = random.Random(SEED).sample(real_store.titles(), 40)
    for title in titles:
        assert isinstance(library.resolve(Citation(title, 9000)), Unresolved)


def test_titles_survive_the_parser(real_store: LawStore) -> None:
    for title in real_store.titles():
        parsed = parse(f"《{title}》第一条")
        assert isinstance(parsed, Citation), (title, parsed)
        assert real_store.versions(parsed.law), title


def test_the_digest_holds_against_the_full_text(real_store: LawStore) -> None:
    problems = check_digest(load_digest(), real_store, today=TODAY)
    assert not problems, "\n".join(problem.message for problem in problems)
