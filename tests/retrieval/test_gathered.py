"""What a search gathers is gathered once for whoever asks about the text; the numbers stay the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import numpy as np
import pytest
from dense_samples import sample_encoder
from hypothesis import given
from hypothesis import strategies as st
from index_samples import DOCUMENTS

from retrieval.errors import BadQuery
from retrieval.index import LexicalIndex
from retrieval.query import weighted_tokens
from retrieval.searcher import TEXTS, Searcher
from retrieval.values import Expected

ENCODER = sample_encoder()
INDEX = LexicalIndex.in_memory(DOCUMENTS, ENCODER)
DAY = date(2026, 1, 1)
TEXT = "电梯坏了\n物业收费不公示。夜里装修噪声影响邻居！请处理"
WORDS = ("电梯", "物业", "收费", "噪声", "夜里装修", "鼋鼍", "北京", "办法", "，")


def fresh() -> Searcher:
    return Searcher(INDEX, ENCODER)


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=6).map("".join), min_size=1, max_size=5))
def test_scores_are_sums_over_the_postings(queries: list[str]) -> None:
    """By hand, token by token, and for some documents alone."""
    lexical = INDEX.lexical
    weighted = [weighted_tokens(query) for query in queries]
    by_hand = np.zeros((len(queries), lexical.documents), np.float32)
    for row, one in enumerate(weighted):
        for token in sorted(filter(lexical.vocabulary.__contains__, one), key=lexical.vocabulary.__getitem__):
            number = lexical.vocabulary[token]
            chosen = slice(int(lexical.starts[number]), int(lexical.starts[number + 1]))
            by_hand[row, lexical.positions[chosen]] += lexical.weights[chosen] * np.float32(one[token])
        np.testing.assert_array_equal(lexical.scores(one), by_hand[row])
    some = np.arange(0, lexical.documents, 2)
    np.testing.assert_array_equal(lexical.scores_at(weighted, some), by_hand[:, some])


def test_a_text_is_gathered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searcher, asked = fresh(), list[object]()
    gather = Searcher.candidates

    def counted(self: Searcher, *given: Any, **named: Any) -> object:
        asked.append(given[0])
        return gather(self, *given, **named)

    monkeypatch.setattr(Searcher, "candidates", counted)
    first = searcher.gathered(TEXT, as_of=DAY, region="全国")
    hits = searcher.search(TEXT, 3, as_of=DAY, region="全国")
    assert searcher.gathered(TEXT, 20, as_of=DAY, region="全国") is first
    assert asked == [TEXT]
    assert hits == fresh().search(TEXT, 3, as_of=DAY, region="全国")
    assert searcher.search(TEXT, 3, as_of=DAY, region="全国") == hits


def test_other_days_places_and_expectations_do_not_mix() -> None:
    searcher = fresh()
    asked = [
        {"as_of": DAY},
        {"as_of": date(2010, 1, 1)},
        {"region": "北京市"},
        {},
        {"prior": Expected({document.law: 1.0 for document in DOCUMENTS[:1]}, {})},
        {"explain": False},
    ]
    for _ in range(2):
        for one in asked:
            assert searcher.search(TEXT, 5, **one) == fresh().search(TEXT, 5, **one)  # type: ignore[arg-type]


def test_only_the_last_texts_are_remembered() -> None:
    searcher = fresh()
    first = searcher.gathered(TEXT)
    for number in range(TEXTS):
        searcher.gathered(f"电梯{number}")
    again = searcher.gathered(TEXT)
    assert again is not first and first is not None and again is not None
    np.testing.assert_array_equal(again.lexical, first.lexical)


@pytest.mark.parametrize("searcher", [fresh(), Searcher(LexicalIndex.in_memory(DOCUMENTS))])
def test_what_is_remembered_cannot_be_written_to(searcher: Searcher) -> None:
    gathered = searcher.gathered(TEXT, as_of=DAY)
    assert gathered is not None
    with pytest.raises(ValueError, match="read-only"):
        gathered.lexical[:] = 0.0
    assert searcher.search(TEXT, 5, as_of=DAY)


def test_nothing_to_search_is_nothing_gathered() -> None:
    searcher = fresh()
    assert searcher.gathered("，。！") is None
    with pytest.raises(BadQuery, match="没有可以检索的字词"):
        searcher.search("，。！")


def test_threads_share_a_searcher() -> None:
    searcher = fresh()
    queries = [f"{word}{number}" for number in range(12) for word in WORDS[:5]]
    wanted = [fresh().search(query, 4) for query in queries]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda query: searcher.search(query, 4), queries)) == wanted
