"""The analyzer: Chinese is never one token, and both sides of a search see the same tokens."""

from hypothesis import given
from hypothesis import strategies as st

from retrieval.analyzer import FUNCTION_CHARACTERS, LONGEST, analyze, words
from retrieval.query import CHARACTER_WEIGHT, LONGEST_QUERY, weighted_tokens


def test_a_clause_is_never_one_token() -> None:
    # The trap: a default English tokenizer makes it one token, and every score is 0.
    tokens = analyze("物业公司不维修电梯")
    assert "电梯" in tokens and "物业" in tokens
    assert max(map(len, tokens)) == 2


def test_characters_and_pairs_without_function_characters_alone() -> None:
    assert analyze("修的路") == ["修", "路", "修的", "的路"]


def test_a_pair_never_crosses_punctuation() -> None:
    assert "业电" not in analyze("物业，电梯")
    assert "业电" in analyze("物业电梯")


def test_full_width_and_capitals_are_folded() -> None:
    assert analyze("ＷｉＦｉ１２３４５") == ["wifi12345"]


def test_an_article_label_is_one_token_in_either_numerals() -> None:
    assert analyze("第35条") == ["第三十五条"] == analyze("第三十五条") == analyze("第３５条")
    assert analyze("第一百二十条之一") == ["第一百二十条之一"]
    assert "第三十五条" in analyze("物业管理条例第三十五条怎么说")
    assert "例第" not in analyze("物业管理条例第三十五条怎么说")


def test_numbers_and_latin_stay_whole_and_noise_is_cut() -> None:
    assert analyze("PM2.5 超标 3.5 倍")[:1] == ["pm2.5"]
    assert analyze("x" * 1000) == ["x" * LONGEST]


def test_nothing_searchable_gives_nothing() -> None:
    for text in ("", "  \n", "，。！？", "吗呢", "😀😀", "____"):
        assert not [token for token in analyze(text) if len(token) == 1], text
    assert analyze("，。！？😀") == []


@given(st.text(max_size=200))
def test_any_text_gives_clean_tokens(text: str) -> None:
    for token in analyze(text):
        assert token and not any(character.isspace() for character in token)
        assert token not in FUNCTION_CHARACTERS


@given(st.text(alphabet="电梯物业噪音，。 的第一二三条", max_size=60))
def test_analysis_does_not_depend_on_what_stands_around_a_clause(text: str) -> None:
    assert sorted(analyze(f"{text}。{text}")) == sorted(analyze(text) * 2)


def test_words_are_for_reading() -> None:
    found = words("小区的电梯坏了，物业不修")
    assert {"小区", "电梯", "物业"} <= set(found)
    assert all(len(word) > 1 for word in found)


def test_a_repeated_word_counts_with_the_root_of_its_frequency() -> None:
    weighted = weighted_tokens("噪音。噪音。噪音。噪音。")
    assert weighted["噪音"] == 2.0
    assert weighted["噪"] == 2.0 * CHARACTER_WEIGHT


def test_only_the_first_part_of_a_huge_query_is_read() -> None:
    assert "电梯" not in weighted_tokens("。" * LONGEST_QUERY + "电梯")
    assert "电梯" in weighted_tokens("。" * (LONGEST_QUERY - 2) + "电梯")
