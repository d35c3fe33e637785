"""Every way of writing a citation ends in the same node; slips are marked; what is unknown is refused."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.citation_forms import forms
from eval.lookup import draw, judge, measure_lookup
from legal_corpus.citation import format_citation, parse
from legal_corpus.forms import read, read_tail
from legal_corpus.library import Library
from legal_corpus.slips import mended_number, mended_title
from legal_corpus.store import LawStore
from legal_corpus.values import Article, Citation, Resolved, Unresolved


@pytest.fixture
def library(store: LawStore) -> Library:
    return Library([store])


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("样例管理法第一条、第二条", [(1, 0), (2, 0)]),
        ("《样例管理法》第1、2条", [(1, 0), (2, 0)]),
        ("《样例管理法》第一条和第三条", [(1, 0), (3, 0)]),
        ("样例管理法1-3条", [(1, 0), (2, 0), (3, 0)]),
        ("样例管理法第一至三条", [(1, 0), (2, 0), (3, 0)]),
        ("样例管理法第一条至第三条", [(1, 0), (2, 0), (3, 0)]),
        ("样例管理法2之1", [(2, 1)]),
        ("样例管理法2之1条", [(2, 1)]),
        ("样例管理法第二条之一", [(2, 1)]),
        ("《样例管理法》2", [(2, 0)]),
        ("样例管理法§2", [(2, 0)]),
        ("『样例管理法』第２條", [(2, 0)]),
        ("按照《样例管理法》第二条的规定", [(2, 0)]),
        ("样例管理法里第2条", [(2, 0)]),
    ],
)
def test_forms_that_mean_articles(library: Library, text: str, means: list[tuple[int, int]]) -> None:
    found = library.resolve_all(text)
    assert all(isinstance(one, Resolved) for one in found), found
    assert [
        (one.citation.article, one.citation.suffix) for one in found if isinstance(one, Resolved)
    ] == means


def test_parts_are_cut_out(library: Library) -> None:
    first, second = library.resolve_all("样例管理法第二条第一款第一、二项")
    assert isinstance(first, Resolved) and isinstance(second, Resolved)
    assert (first.quote, second.quote) == ("（一）甲事；", "（二）乙事。")
    _, two = library.resolve_all("样例管理法第二条第一款、第二款")
    assert isinstance(two, Resolved) and two.quote == "情节严重的，处罚款。"


def test_own_law_needs_its_context(library: Library) -> None:
    found = library.resolve("依照本法第二条", context="样例管理法")
    assert isinstance(found, Resolved) and found.citation == Citation("样例管理法", 2)
    refused = library.resolve("本法第二条")
    assert isinstance(refused, Unresolved) and "没有说明是哪部法律" in refused.reason


def test_two_laws_are_both_named(library: Library) -> None:
    found = library.resolve_all("《样例管理法》第二条、《旧样例办法》第一条")
    assert [one.article.law.title for one in found if isinstance(one, Resolved)] == [
        "样例管理法",
        "旧样例办法",
    ]
    refused = library.resolve("《样例管理法》第二条、《旧样例办法》第一条")
    assert isinstance(refused, Unresolved)
    assert "《样例管理法》第二条、《旧样例办法》第一条" in refused.reason


@pytest.mark.parametrize("title", ["样列管理法", "样例馆理法", "样例理管法"])
def test_a_slip_is_marked(library: Library, title: str) -> None:
    found = library.resolve(f"{title}第二条")
    assert isinstance(found, Resolved)
    assert f"按《样例管理法》理解（写的是“{title}”）" in found.note


def test_a_misheard_number_is_marked(library: Library) -> None:
    assert mended_number("样例管理法第是三条") == "样例管理法第十三条"
    assert mended_number("样例管理法是三条") == "样例管理法十三条"
    found = library.resolve("样例管理法第俩条")
    assert isinstance(found, Resolved) and "第两条”理解" in found.note
    assert mended_number("样例管理法第三条") is None


@pytest.mark.parametrize("title", ["样例监管法", "样本管理法", "例管理法", "法"])
def test_what_may_mean_something_else_is_refused(library: Library, title: str) -> None:
    assert isinstance(library.resolve(f"《{title}》第二条"), Unresolved)


def test_two_titles_alike_are_not_chosen_between() -> None:
    assert mended_title("甲市供水条列", ["甲市供水条例"]) == "甲市供水条例"
    assert mended_title("城市道路条列管理办法", ["城市道路条例管理办法", "城市道路条列管理半法"]) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "没有写引用的内容"),
        ("样例管理法", "没有写第几条"),
        ("第二条", "没有写是哪部法律"),
        ("样例管理法第十条第一条", ""),
        ("样例管理法第一条至第九百条", ""),
        ("刑法修正案（十一）", "没有写第几条"),
        ("民法典第一款", ""),
    ],
)
def test_what_cannot_be_read_is_refused(library: Library, text: str, why: str) -> None:
    found = library.resolve(text)
    assert isinstance(found, Unresolved) and why in found.reason


def test_ranges_stay_bounded() -> None:
    assert read_tail("第1至60条") is not None
    assert read_tail("第1至200条") is None
    assert read_tail("第5至3条") is None


CITATIONS = st.builds(
    Citation,
    law=st.sampled_from(["民法典", "样例管理法", "最高人民法院关于样例的解释（二）"]),
    article=st.integers(1, 9999),
    suffix=st.integers(0, 30),
    paragraph=st.none() | st.integers(1, 30),
    item=st.none() | st.integers(1, 30),
)


@given(CITATIONS)
def test_formatting_back_is_the_inverse(citation: Citation) -> None:
    text = format_citation(citation)
    assert parse(text) == citation
    reading = read(text)
    assert not isinstance(reading, Unresolved) and reading.citations == (citation,)


@given(st.text(alphabet="第条款项之至、，和《》（）一二三十百0123法典例 本-~", max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    reading = read(text)
    assert isinstance(reading, Unresolved) or reading.citations


def _is_law(article: Article) -> bool:
    day = article.law.valid_from or article.law.version_date
    return day is not None and article.law.in_force_on(day)


def test_every_form_is_drawn_and_none_is_wrong(store: LawStore) -> None:
    library = Library([store])
    articles = [one for one in store.articles() if one.number is not None and _is_law(one)]
    plain = {name: form for name, form in forms().items() if any(form(a, random.Random(1)) for a in articles)}
    outcomes = [judge(library, one) for one in draw(articles, plain, 3 * len(plain), 7)]
    wrong = [one for one in outcomes if one.verdict == "wrong"]
    assert not wrong
    assert sum(one.verdict == "right" for one in outcomes) >= 0.97 * len(outcomes), [
        one for one in outcomes if one.verdict != "right"
    ]


@pytest.mark.data
def test_five_hundred_forms_of_the_real_law(data_dir: Path, real_store: LawStore) -> None:
    result = measure_lookup(real_store.path, count=500, quotes=1000)
    assert result.scores["right"].value >= 0.99
    assert result.scores["wrong"].value == 0
    assert result.scores["quote_bytes_differing"].value == 0
    assert result.scores["format_is_inverse"].value == 1
