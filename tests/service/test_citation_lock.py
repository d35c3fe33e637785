"""The citation lock: what is shown as law is byte-equal to the store; everything else is marked or struck."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from foundation.canonical import tagged_hash
from legal_corpus.digest import load_digest
from legal_corpus.library import Library
from legal_corpus.values import (
    Article,
    Citation,
    LawVersion,
    Resolution,
    Resolved,
    Status,
    TextKind,
    Unresolved,
)
from service.answers import Cited, cite
from service.guidance import judge as rules
from service.guidance.lock import Lock, as_draft, verify
from service.guidance.sentences import figures, quotes, split_sentences, without_hidden
from service.guidance.values import STRUCK_REMARK, LockedSentence, Origin, Sentence
from service.guidance.values import Status as Found

DAY = date(2026, 11, 23)
# A law that does not exist, in words of our own.
TEXT = (
    "小区的公共照明由管理人负责维护。管理人不得把坏灯留过五个工作日；确需延长的，先公示理由。\n"
    "住户发现灯不亮，可以告诉管理人：\n（一）当面说；\n（二）打电话说。"
)
LAW = LawVersion(
    "lamp@2024", "路灯试验法", "路灯试验法", "法律", "全国", date(2024, 1, 1), date(2024, 1, 1), None,
    Status.IN_FORCE, "",
)  # fmt: skip
ARTICLE = Article("lamp-9", LAW, 9, 0, "第九条", "", TEXT, TextKind.OFFICIAL)
OWN = Article("lamp-8", LAW, 8, 0, "第八条", "", "坏灯要修，别超过五个工作日。", TextKind.DIGEST)


class Shelf:
    """One law of two articles, 第九条 in official words and 第八条 in ours; 旧灯法 has ended."""

    def __init__(self, *articles: Article) -> None:
        self.articles = articles or (ARTICLE, OWN)

    def resolve(
        self, citation: Citation | str, as_of: date | None = None, region: str | None = None
    ) -> Resolution:
        assert isinstance(citation, Citation)
        for article in self.articles:
            ended = citation.law == "旧灯法"
            if (citation.law in ("路灯试验法", "旧灯法")) and citation.article == article.number:
                return Resolved(citation, article, article.text, not ended)
        return Unresolved(citation.law, "没有")

    def article(self, id: str) -> Article | None:
        return next((article for article in self.articles if article.id == id), None)

    def titles(self) -> list[str]:
        return ["路灯试验法", "旧灯法"]


SHELF = Shelf()
QUOTED = "管理人不得把坏灯留过五个工作日；确需延长的，先公示理由。"
SAID = "楼下路灯坏了半个月，物业说不归他们管。《路灯试验法》第九条规定“坏灯必须赔三倍”。经查实已整改。"


def one(text: str, origin: Origin = Origin.MODEL, said: str = SAID) -> LockedSentence:
    (found,) = verify([Sentence(text, origin)], SHELF, DAY, said=said).sentences
    return found


@pytest.mark.parametrize(
    "text",
    [
        f"《路灯试验法》第九条规定：“{QUOTED}”",
        f"根据《路灯试验法》第9条：“{QUOTED}”。",
        f"根据路灯试验法第九条第一款，“{QUOTED}”",
        "《路灯试验法》第九条：“小区的公共照明由管理人负责维护。”",
        "《路灯试验法》第九条规定：「打电话说。」",
        "《路灯试验法》第八条：坏灯要修，别超过五个工作日。",
        "您反映：“楼下路灯坏了半个月，物业说不归他们管。”",
    ],
)
def test_what_is_verbatim_is_supported_whoever_wrote_it(text: str) -> None:
    found = one(text)
    assert (found.status, found.reasons, found.mark) == (Found.SUPPORTED, (), "")
    assert found.shown == found.text == text


def test_a_supported_sentence_links_to_its_article_with_the_hash_of_its_words() -> None:
    (link,) = one(f"《路灯试验法》第九条规定：“{QUOTED}”").basis
    assert (link.cited, link.article_id, link.text_kind) == (
        "《路灯试验法》第九条",
        "lamp-9",
        TextKind.OFFICIAL,
    )
    assert link.text_hash == tagged_hash(TEXT)


@pytest.mark.parametrize(
    ("text", "struck", "reason"),
    [
        ("依照《路灯试验法》第九百条，请尽快办理。", "《路灯试验法》第九百条", rules.UNKNOWN_CITATION),
        ("依照《没有这部法》第一条，请尽快办理。", "《没有这部法》第一条", rules.UNKNOWN_CITATION),
        ("《旧灯法》第九条仍可参照。", "《旧灯法》第九条", rules.NOT_IN_FORCE),
        ("按第十二条办理。", "第十二条", rules.LOOSE_ARTICLE),
        ("本法第三条另有说明。", "本法第三条", rules.UNKNOWN_CITATION),
        ("《灯光噪声管理条例》对此很清楚。", "《灯光噪声管理条例》", rules.UNKNOWN_TITLE),
        ("国办发〔2020〕53号文件说得很清楚。", "国办发〔2020〕53号", rules.UNKNOWN_TITLE),
        ("《路灯试验法》第九条规定：“坏灯必须赔三倍”。", "“坏灯必须赔三倍”", rules.QUOTE_DIFFERS),
        (
            "《路灯试验法》第九条规定：“把坏灯留过五个工作日；”",
            "“把坏灯留过五个工作日；”",
            rules.QUOTE_DIFFERS,
        ),
        ("《路灯试验法》第八条规定：“坏灯要修”", "“坏灯要修”", rules.QUOTE_DIFFERS),
        (f"《路灯试验法》第九条：“{QUOTED}", f"“{QUOTED[:-1]}", None),
        ("法律规定“坏灯必须赔三倍”，请放心。", "“坏灯必须赔三倍”", rules.QUOTE_OF_NOBODY),
        ("“坏灯必须赔三倍”（《路灯试验法》第九条）。", "“坏灯必须赔三倍”", rules.QUOTE_DIFFERS),
        ("《路灯试验法》规定“坏灯必须赔三倍”。", "“坏灯必须赔三倍”", rules.QUOTE_OF_NOBODY),
        ("经现场核查，该处路灯已修好。", "经现场核查", rules.CLAIMS_RESULT),
        ("您反映的情况属实。", "属实", rules.CLAIMS_RESULT),
        ("《路灯试验法》第九条说坏灯要在三日内修好。", "三日", rules.FIGURE_DIFFERS),
    ],
)
def test_what_cannot_be_carried_is_struck_visibly(text: str, struck: str, reason: str | None) -> None:
    found = one(text)
    if reason is None:
        # An opening mark that is never closed quotes to the end: here that is still verbatim.
        assert found.status is Found.SUPPORTED
        return
    assert found.status is Found.STRUCK
    assert reason in found.reasons
    gone = "".join(part.text for part in found.segments if part.struck)
    assert struck in gone
    assert f"{STRUCK_REMARK}" in found.shown
    assert "".join(part.text for part in found.segments) == text
    assert found.basis == ()


def test_a_struck_citation_reads_as_promised() -> None:
    assert one("依照《某法》第九百条办理。").shown == "依照~~《某法》第九百条~~〔无法核实，已删去〕办理。"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("《路灯试验法》第九条说坏灯不能一直留着。", rules.IN_OTHER_WORDS),
        (f"《路灯试验法》第九条规定：“{QUOTED}”所以物业一定输。", rules.IN_OTHER_WORDS),
        ("物业应当赔偿。", rules.NO_BASIS_NAMED),
        ("我们会尽力。", rules.NOBODY_KNOWS),
        ("物业说“今天就修”。", rules.QUOTE_OF_NOBODY),
        ("依据〔待承办单位填写：调查结果〕，物业必须赔。", rules.NO_BASIS_NAMED),
    ],
)
def test_what_a_model_adds_is_marked(text: str, reason: str) -> None:
    found = one(text)
    assert (found.status, found.reasons) == (Found.MARKED, (reason,))
    assert found.shown == text + rules.MARKS[reason]


def test_our_own_sentences_may_paraphrase_the_article_that_they_name() -> None:
    program = Origin.PROGRAM
    assert one("坏灯应当五个工作日内修好（《路灯试验法》第九条）。", program).status is Found.SUPPORTED
    doubtful = one("坏灯应当七个工作日内修好（《路灯试验法》第九条）。", program)
    assert (doubtful.status, doubtful.reasons) == (Found.MARKED, (rules.FIGURE_DIFFERS,))
    assert one("物业应当修灯。", program).reasons == (rules.NO_BASIS_NAMED,)
    assert one("我们已经记下您的话。", program).status is Found.SUPPORTED
    assert one("坏灯要修（《路灯试验法》第九百条）。", program).status is Found.STRUCK
    blank = verify([Sentence("〔待承办单位填写：处理结果及依据的规定〕", blank=True)], SHELF, DAY).sentences[
        0
    ]
    assert blank.status is Found.SUPPORTED


def test_a_false_citation_inside_the_citizens_words_is_no_basis() -> None:
    text = "您反映：“《路灯试验法》第九条规定“坏灯必须赔三倍”。”"
    report = verify([Sentence(text)], SHELF, DAY, said=SAID)
    assert report.basis == ()
    # The same words, said by a model as if they were law, are struck.
    assert one("《路灯试验法》第九条规定“坏灯必须赔三倍”。").status is Found.STRUCK


def test_an_article_may_name_others_inside_its_own_words() -> None:
    words = "按本法第三条和第四条办；另见《别的法》第五条。"
    law = Shelf(Article("lamp-7", LAW, 7, 0, "第七条", "", words, TextKind.OFFICIAL))
    for origin in Origin:
        text = f"《路灯试验法》第七条规定：“{words}”"
        (found,) = verify([Sentence(text, origin)], law, DAY).sentences
        assert (found.status, len(found.basis)) == (Found.SUPPORTED, 1)
    (found,) = verify(
        "《路灯试验法》第七条规定：“按本法第三条和第四条办”。另见《别的法》第五条。", law, DAY
    ).sentences[1:]
    assert found.status is Found.STRUCK


def test_only_what_may_stand_is_copied() -> None:
    text = f"物业必须赔三倍。依照《某法》第一条。《路灯试验法》第九条规定：“{QUOTED}”\n经查实已修好。"
    report = verify(text, SHELF, DAY, said=SAID)
    assert [found.status for found in report.sentences] == [
        Found.MARKED,
        Found.STRUCK,
        Found.SUPPORTED,
        Found.STRUCK,
    ]
    assert report.copy_text == f"物业必须赔三倍。〔未附依据，请核对〕《路灯试验法》第九条规定：“{QUOTED}”"
    assert [link.cited for link in report.basis] == ["《路灯试验法》第九条"]
    draft = as_draft(report)
    assert "某法" in draft.shown
    assert "某法" not in draft.text
    assert report.count(Found.STRUCK) == 2


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u202e", "\ufeff", "\u00ad", "\ue000", "\U000e0041", "\u0301", "\ufe0f"]
)
def test_hidden_characters_are_taken_out_and_end_the_quote(hidden: str) -> None:
    text = f"《路灯试验法》第九条规定：“{QUOTED[:5]}{hidden}{QUOTED[5:]}”"
    found = one(text)
    assert (found.status, found.reasons) == (Found.STRUCK, (rules.HIDDEN,))
    assert hidden not in found.shown
    spread = one(f"依照《路灯试验法》第九{hidden}百条办理。")
    assert spread.status is Found.STRUCK


WIDER = {"；": ";", "，": ",", "。": "．", "不": "不\u200b", "五": "5", "灯": "燈", "个": "個", "日": "曰"}


@pytest.mark.parametrize("character", sorted(WIDER))
def test_one_character_wider_older_or_alike_is_caught(character: str) -> None:
    tampered = QUOTED.replace(character, WIDER[character], 1)
    assert one(f"《路灯试验法》第九条规定：“{tampered}”").status is Found.STRUCK


def is_whole(quote: str, text: str) -> bool:
    """Written apart from the lock: whether a run of whole sentences of the text reads exactly so."""
    parts = [part for part in re.split(r"(?<=[。；：\n])|(?<=（[一二]）)", text) if part]
    runs = {"".join(parts[i:j]) for i in range(len(parts)) for j in range(i + 1, len(parts) + 1)}
    ended = {run[:-1] for run in runs if run[-1] in "。；：\n"}
    begun = {run.lstrip("\n") for run in runs | ended}
    return quote in runs | ended | begun


characters = st.one_of(
    st.characters(), st.sampled_from("不没未的了一二三五，,。.；;“”‘\u200b\u3000 \n（）()０５")
)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.integers(0, 2), characters)
@example(0, 1, "\u200b")
@example(len(QUOTED), 0, "。")
def test_every_edit_of_a_quote_is_caught(at: int, how: int, character: str) -> None:
    edited = TEXT[:at] + ("", character, character + TEXT[at])[how] + TEXT[at + 1 :]
    found = one(f"《路灯试验法》第九条规定：“{edited}”", Origin.PROGRAM, said="")
    if is_whole(edited, TEXT):
        return
    spoken = "".join(part.inner for part in quotes(found.text) if found.status is Found.SUPPORTED)
    assert found.status is not Found.SUPPORTED or is_whole(spoken, TEXT), repr(found.shown)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.text(max_size=40))
def test_any_text_is_judged_without_error_and_nothing_hostile_is_supported(text: str, said: str) -> None:
    report = verify(text, SHELF, DAY, said=said)
    for found in report.sentences:
        assert found.shown.count("~~") % 2 == 0 or "~~" in text
        if found.status is Found.SUPPORTED:
            assert found.basis or quotes(found.text)


def test_a_shown_article_must_be_the_stores_own() -> None:
    lock = Lock(SHELF)
    good = cite(ARTICLE)
    assert lock.fault(good, DAY) == ""
    changed = Cited(good.law, good.article, good.version_date, good.text_kind, good.text + " ", id=good.id)
    assert lock.fault(changed, DAY) == rules.QUOTE_DIFFERS
    as_law = Cited(OWN.law.title, OWN.label, None, TextKind.OFFICIAL, OWN.text, id=OWN.id)
    assert lock.fault(as_law, DAY) == rules.QUOTE_DIFFERS
    renamed = Cited("另一部法", good.article, None, good.text_kind, good.text, id=good.id)
    assert lock.fault(renamed, DAY) == rules.QUOTE_DIFFERS
    assert lock.fault(cite(ARTICLE), date(2023, 1, 1)) == rules.NOT_IN_FORCE
    unknown = Cited("x", "第一条", None, TextKind.OFFICIAL, "", id="none")
    assert lock.fault(unknown, DAY) == rules.UNKNOWN_CITATION


def test_the_real_digest_is_never_quoted_as_the_law() -> None:
    library = Library([load_digest()])
    article = next(one for one in load_digest().articles(DAY) if one.law.title == "民法典")
    assert Lock(library).fault(cite(article), DAY) == ""
    as_law = verify(f"{article.cited}规定：“{article.text}”", library, DAY)
    assert Found.SUPPORTED not in {found.status for found in as_law.sentences}


def test_sentences_and_quotes_stay_whole() -> None:
    assert split_sentences("甲。乙“丙。丁”戊！\n己") == ["甲。", "乙“丙。丁”戊！", "己"]
    assert split_sentences("甲：“乙。”丙。") == ["甲：“乙。”", "丙。"]
    assert [found.inner for found in quotes("“甲“乙”丙”丁「戊」")] == ["甲“乙”丙", "戊"]
    assert quotes("甲“乙")[0].inner == "乙"


def test_figures_and_hidden_characters() -> None:
    assert figures("五个工作日、60日、六十天、百分之三十、30%、三倍") == {
        (5.0, "工作日"),
        (60.0, "日"),
        (30.0, "%"),
        (3.0, "倍"),
    }
    assert figures("2026-11-30 之前，11月30日") == set()
    assert without_hidden("甲\u200b乙\u2028丙\u0000丁") == "甲乙\n丙丁"


def test_a_huge_hostile_draft_is_judged_quickly() -> None:
    for text in (
        "第一条" * 20_000,
        "“" * 60_000,
        "《" * 60_000,
        "一" * 60_000,
        "《路灯试验法》第九条" * 2_000,
    ):
        verify(text, SHELF, DAY, said=text[:1000])


class Slow(Shelf):
    """While its titles are read for the first time, another thread asks for one of them."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = Lock(self)
        self.told: list[bool] = []

    def titles(self) -> list[str]:
        if self.told:
            return ["别的法", "路灯试验法"]
        return self._slowly()  # type: ignore[return-value]

    def _slowly(self) -> Iterator[str]:
        yield "别的法"
        self.told.append(True)
        with ThreadPoolExecutor(1) as pool:
            self.told.append(pool.submit(self.lock.knows, "路灯试验法").result())
        yield "路灯试验法"


def test_a_second_thread_never_sees_half_of_the_titles() -> None:
    shelf = Slow()
    assert shelf.lock.knows("路灯试验法")
    assert shelf.told == [True, True]
