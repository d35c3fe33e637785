"""Refusal over the digest: the held half of our own out-of-scope texts, and in-scope questions of ours."""

import tomllib
from pathlib import Path

import pytest

from legal_corpus.digest import load_digest
from retrieval.dense import embedded
from retrieval.index import LexicalIndex
from retrieval.searcher import Searcher
from retrieval.sources import from_article
from retrieval.sufficiency import SIGNALS, Asked, judge, load_scales

TEXTS = tomllib.loads((Path(__file__).parent / "out_of_scope.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    return Searcher(LexicalIndex.in_memory(map(from_article, load_digest().articles()), embedded()))


@pytest.mark.parametrize(("name", "kind"), [("questions", Asked.QUESTION), ("complaints", Asked.COMPLAINT)])
def test_nine_of_ten_held_texts_are_refused(searcher: Searcher, name: str, kind: Asked) -> None:
    verdicts = [judge(searcher, text, kind) for text in TEXTS[f"{name}_held"]]
    refused = [verdict is not None and not verdict.sufficient for verdict in verdicts]
    assert sum(refused) / len(refused) >= 0.9


def test_what_the_digest_governs_is_not_refused(searcher: Searcher) -> None:
    asked = [
        "单位拖欠我三个月工资不给，也没有签劳动合同，我可以要求公司支付工资和双倍工资差额吗",
        "房东到期不退押金，说墙面有污渍要全部扣掉，租赁合同里没有约定，我该怎么办",
        "物业公司把小区电梯广告收入据为己有，从不公布账目，业主能要求公开并返还吗",
    ]
    for text in asked:
        verdict = judge(searcher, text, Asked.QUESTION)
        assert verdict is not None and verdict.sufficient, text
        assert 0 <= verdict.probability <= 1 and len(verdict.looked_at) == 5


def test_nothing_to_search_is_no_basis_and_words_alone_tell_nothing(searcher: Searcher) -> None:
    verdict = judge(searcher, "？？", Asked.QUESTION)
    assert verdict is not None and not verdict.sufficient and verdict.probability == 0
    lexical = LexicalIndex.in_memory(map(from_article, load_digest().articles()))
    assert judge(Searcher(lexical), "拖欠工资", Asked.QUESTION) is None


def test_the_scales_name_every_signal() -> None:
    for scale in load_scales().values():
        assert tuple(scale.signals) == SIGNALS and set(scale.thresholds) == {"question", "complaint"}


def test_no_text_is_both_chosen_on_and_held() -> None:
    everything = [text for texts in TEXTS.values() for text in texts]
    assert len(everything) == len(set(everything)) == 160
