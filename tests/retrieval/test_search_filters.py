"""Filters of day and place; the same answer as `LawVersion.in_force_on` and `applies_in`."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legal_corpus.source import applies_in
from legal_corpus.values import Article, LawVersion, Status, TextKind
from retrieval.errors import BadQuery
from retrieval.filters import Facets
from retrieval.sources import from_article
from retrieval.values import Document

DAYS = st.none() | st.dates(date(1990, 1, 1), date(2030, 1, 1))
REGIONS = st.sampled_from(["全国", "北京", "上海", "广西", "杭州"])
ASKED = st.sampled_from(["北京市", "北京", "上海市浦东新区", "广西壮族自治区", "杭州市", "浙江省", "全国"])


def version(status: Status, start: date | None, end: date | None, adopted: date | None) -> LawVersion:
    return LawVersion("v", "甲法", "甲法", "法律", "全国", adopted, start, end, status, "")


def article(law: LawVersion) -> Article:
    return Article("v-1", law, 1, 0, "第一条", "", "甲说乙。", TextKind.DIGEST, ("丙",))


@given(st.sampled_from(Status), DAYS, DAYS, DAYS, st.dates(date(1990, 1, 1), date(2030, 1, 1)))
def test_a_document_is_in_force_exactly_when_its_version_is(
    status: Status, start: date | None, end: date | None, adopted: date | None, day: date
) -> None:
    law = version(status, start, end, adopted)
    mask = Facets.of([from_article(article(law))]).allowed(day, None)
    assert mask is not None
    assert bool(mask[0]) == law.in_force_on(day)


@given(REGIONS, st.sampled_from(["甲法", "杭州市物业条例"]), ASKED)
def test_a_document_applies_exactly_where_its_version_does(own: str, title: str, asked: str) -> None:
    law = replace(version(Status.IN_FORCE, None, None, None), region=own, title=title)
    mask = Facets.of([from_article(article(law))]).allowed(None, asked)
    assert mask is not None
    assert bool(mask[0]) == applies_in(law, asked)


def test_no_question_no_filter_and_unknown_region_passes() -> None:
    facets = Facets.of([Document("a", "甲", "", "乙"), Document("b", "甲", "", "乙", region="上海")])
    assert facets.allowed(None, None) is None
    assert facets.allowed(None, "  ") is None
    mask = facets.allowed(None, "北京市")
    assert mask is not None and mask.tolist() == [True, False]


def test_a_day_that_is_no_date_is_refused_and_never_means_no_filter() -> None:
    facets = Facets.of([Document("a", "甲", "", "乙")])
    with pytest.raises(BadQuery, match="日期无法识别；应为：年-月-日"):
        facets.allowed("2026-01-01", None)  # type: ignore[arg-type]


def test_an_article_keeps_its_words_as_a_document() -> None:
    found = from_article(article(version(Status.IN_FORCE, None, None, date(2020, 1, 1))))
    assert (found.id, found.law, found.article, found.topics) == ("v-1", "甲法", "第一条", ("丙",))
    assert found.valid_from == date(2020, 1, 1)
