"""What a search sees of a text: the signals, what was looked at, and that the search after it is free."""

from datetime import date

import pytest

from legal_corpus.digest import load_digest
from retrieval.dense import embedded
from retrieval.index import LexicalIndex
from retrieval.searcher import Searcher
from retrieval.sources import from_article
from retrieval.sufficiency import SIGNALS, observe

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    return Searcher(LexicalIndex.in_memory(map(from_article, load_digest().articles()), embedded()))


def test_every_signal_is_there_and_law_lies_nearer_to_law(searcher: Searcher) -> None:
    law = observe(searcher, "单位拖欠我三个月工资不给，也没有签劳动合同", as_of=DAY)
    other = observe(searcher, "周末想去海边看日出，哪条路风景好", as_of=DAY)
    assert law is not None and other is not None
    assert set(law.values) == set(other.values) == set(SIGNALS)
    assert not law.full and len(law.looked_at) == 5
    assert law.values["nearest"] > other.values["nearest"]
    assert law.values["best_words"] > other.values["best_words"]


def test_nothing_to_search_has_no_signals_and_words_alone_tell_nothing(searcher: Searcher) -> None:
    empty = observe(searcher, "？？")
    assert empty is not None and not empty.values and not empty.looked_at
    lexical = LexicalIndex.in_memory(map(from_article, load_digest().articles()))
    assert observe(Searcher(lexical), "拖欠工资") is None


def test_the_day_counts(searcher: Searcher) -> None:
    """Before there was any law of the digest, nothing is near."""
    now, before = (observe(searcher, "拖欠工资", as_of=day) for day in (DAY, date(1900, 1, 1)))
    assert now is not None and now.values
    assert before is not None and before.values != now.values


def test_the_search_afterwards_uses_what_was_gathered(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    observe(searcher, "楼上漏水谁来赔", as_of=DAY, region="全国")
    wanted = [hit.id for hit in searcher.search("楼上漏水谁来赔", as_of=DAY, region="全国")]
    monkeypatch.setattr(Searcher, "candidates", None)
    found = searcher.search("楼上漏水谁来赔", 20, as_of=DAY, region="全国")
    assert [hit.id for hit in found[:10]] == wanted
    with pytest.raises(TypeError):
        searcher.search("楼上漏水谁来赔", as_of=DAY, region="北京市")
