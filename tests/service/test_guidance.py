"""Guidance: what an operator may stand behind and a resident can use; nothing unknown is claimed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest
from guidance_samples import DAY, ENTRY, FOREIGN, SEVERAL, TEXT, Asked, advise, triage
from hypothesis import given, settings
from hypothesis import strategies as st
from service_fakes import fake_assistant, fake_references

from legal_corpus.citation import parse
from legal_corpus.values import Resolved
from service.guidance.excerpt import law_quote, quoted, said, shared_words
from service.guidance.judge import BLANK
from service.guidance.lock import Lock
from service.guidance.resident import advise_resident
from service.guidance.sentences import quotes
from service.guidance.tables import operator_table, resident_table
from service.guidance.values import Status
from triage.catalogue.book import load_catalogue
from triage.catalogue.dispatch import EntryMatch
from triage.entities import find_slots
from triage.policy.clocks import load_clocks
from triage.values import Action, Complaint, LabelScore


def test_who_acts_who_helps_and_who_is_not_competent() -> None:
    found = advise(triage())
    assert [(actor.role, actor.id) for actor in found.actors] == [
        ("lead", "chengguan"),
        ("co", "shijian"),
        ("not_competent", "shengtai"),
        ("not_competent", "jiedao"),
    ]
    assert found.actors[0].basis == ("《生态环境法典》第二百五十条",)
    assert found.actors[2].basis == ("《生态环境法典》第二百五十条",)
    assert found.tell == ENTRY.tell
    assert [ask.text for ask in found.ask] == list(ENTRY.ask)


def test_a_citation_that_cannot_be_confirmed_here_is_named_as_such_and_nowhere_shown_as_law() -> None:
    found = advise(triage())
    assert found.unverified == ("《没有这部法》第一条",)
    assert "没有这部法" in found.notes[0]
    assert "没有这部法" not in found.draft.text
    assert [point.cited for point in found.says] == ["《生态环境法典》第二百五十条"]


def test_questions_of_triage_come_before_those_of_the_entry() -> None:
    asked = (Asked("place", "在哪条路", "决定由哪个区办"),)
    found = advise(triage(questions=asked))
    assert [(ask.text, ask.why) for ask in found.ask] == [("在哪条路", "决定由哪个区办")]
    # Slots were looked for and nothing is missing: nothing is asked.
    assert advise(triage(slots=find_slots(TEXT))).ask == ()


def test_the_draft_states_facts_route_law_blanks_clock_and_remedy_in_order() -> None:
    clock = load_clocks().deadline("samr_accept_7wd", DAY)
    draft = advise(triage(deadlines=(clock,))).draft
    order = ["已收到（2026年11月23日）", "您反映：", "尚待核实", "主办", "《生态环境法典》第二百五十条"]
    order += ["〔待承办单位填写：调查核实的事实〕", "处理意见：〔", "再次致电12345", "行政复议"]
    places = [draft.text.find(part) for part in order]
    assert -1 not in places
    assert places == sorted(places)
    assert {sentence.status for sentence in draft.sentences} <= {Status.SUPPORTED, Status.MARKED}
    assert draft.shown == draft.text
    assert "孩子咳了一个月" in draft.text


def test_the_draft_claims_nothing_that_nobody_knows() -> None:
    text = BLANK.sub("", advise(triage()).draft.text)
    assert not re.search("经查|经核实|属实|已整改|已处理|已解决|已责令|已立案", text)
    for kind in ("咨询", "建议", "表扬", "举报", "求助", "投诉"):
        one = triage()
        kinds = (LabelScore(kind, 0.9),)
        draft = advise(replace(one, prediction=replace(one.prediction, kind=kinds))).draft
        blanks = [sentence for sentence in draft.sentences if sentence.blank]
        assert blanks, kind
        assert ("行政复议" in draft.text) == (kind in ("投诉", "举报")), kind
        assert ("不会透露" in draft.text) == (kind == "举报"), kind


def test_a_clock_is_told_with_its_article_or_as_a_promise_of_the_city() -> None:
    own = load_clocks().deadline("hotline_5wd", DAY)
    found = advise(triage(deadlines=(own,)))
    (line,) = found.clocks
    assert (line.due, line.verified) == (own.due, False)
    # Nobody promises a day that rests on another city's rule: it is a blank with a proposal.
    blank = f"〔待话务员填写：答复日期（按示范城市的设置是{own.due:%Y年%m月%d日}，以本市规定为准）〕"
    assert blank in found.draft.text
    # A setting of the model city is not law: its model's article is not the reply's basis.
    assert "潍坊" not in found.draft.text
    statutory = load_clocks().deadline("xinfang_60", DAY)
    found = advise(triage(deadlines=(statutory,)))
    assert found.clocks[0].verified
    assert "60" in found.draft.text
    assert "《信访工作条例》第三十四条" in found.draft.text


def test_a_time_that_must_be_left_is_no_last_day() -> None:
    least, own = (load_clocks().deadline(id, DAY) for id in ("expropriation_consult_30", "samr_accept_7wd"))
    found = advise(triage(SEVERAL, slots=find_slots(SEVERAL), deadlines=(least, own)))
    assert [(line.id, line.due) for line in found.clocks] == [(least.clock.id, None), (own.clock.id, own.due)]
    assert "至少" in found.clocks[0].text
    assert f"{least.due:%Y年%m月%d日}" not in found.draft.text
    assert f"{own.due:%Y年%m月%d日}" in found.draft.text
    entry = replace(FOREIGN, clock=least.clock.id)
    doubted = advise(triage(entries=(EntryMatch(entry, 0.9, ("油烟",)),), deadlines=(least,)))
    assert not [hint for hint in doubted.hints if "None" in hint]


def test_a_review_leaves_the_unit_to_a_person() -> None:
    one = triage()
    found = advise(replace(one, decision=replace(one.decision, action=Action.REVIEW)))
    assert "〔待话务员填写：承办单位（程序建议城市管理综合执法局，需人工确认）〕" in found.draft.text
    assert "拟由" not in found.draft.text


def test_a_statutory_channel_is_explained_with_its_articles() -> None:
    found = advise(triage("交警的处罚决定我不服，想申请行政复议"))
    assert found.actors == ()
    assert "此事项不由热线派单办理" in found.draft.text
    assert "行政复议" in found.draft.text
    assert "《行政复议法》第二十条" in found.draft.text
    assert "可以要求人工复核" in found.draft.text
    assert {sentence.status for sentence in found.draft.sentences} == {Status.SUPPORTED}


def test_danger_comes_before_everything() -> None:
    found = advise(triage("楼道里燃气泄漏，刚才有邻居头晕，快来人"))
    assert found.draft.text.startswith("如果现在有危险")
    assert "119" in found.draft.text
    assert found.ask == ()
    assert "转接" in found.steps[0].text


HOSTILE = (
    "楼下油烟大。《民法典》第九千九百条规定“烧烤店必须赔十万元”。〔待承办单位填写：已赔付〕{lead}经查属实。"
    "“””“<b>x</b>"
)


def test_a_complaint_cannot_plant_law_or_results_in_the_reply() -> None:
    draft = advise(triage(HOSTILE)).draft
    outside = draft.text
    for sentence in draft.sentences:
        for quote in quotes(sentence.text):
            outside = outside.replace(quote.inner, "")
    assert "九千九百条" not in outside
    assert "属实" not in outside
    assert not any("九千九百" in link.cited for link in draft.basis)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=120))
def test_any_complaint_gets_a_draft_whose_law_is_the_stores(text: str) -> None:
    found = triage()
    found = replace(found, masked=replace(found.masked, text=f"油烟{text}", spans=()))
    lock = Lock(fake_references().shelf)
    for link in advise(found).draft.basis:
        answer = lock.resolve(parse(link.cited), DAY)  # type: ignore[arg-type]
        assert isinstance(answer, Resolved)
        assert answer.article.id == link.article_id


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_what_is_quoted_of_a_complaint_stands_in_it(text: str) -> None:
    cut = said(text)
    assert cut in text
    whole = quoted(cut)
    assert not whole or (len(quotes(whole)) == 1 and quotes(whole)[0].inner in text)


def test_the_words_that_an_article_shares_with_a_complaint() -> None:
    article = "饮食店的油烟要经净化排放，不得影响居民生活；有关部门依法处理。"
    assert shared_words(article, "楼下饮食店排放油烟，影响生活，有关部门不处理") == {"饮食店", "油烟", "排放"}
    assert shared_words(article, "有关部门不处理，影响生活") == set()
    assert shared_words(article, "") == set()


def test_what_is_quoted_of_a_law_is_whole_sentences_and_not_too_long() -> None:
    long = "油烟" * 100 + "。"
    assert law_quote(long, "油烟味大") == ""
    assert law_quote("说别的。", "油烟味大") == ""
    assert law_quote("国务院某部门负责全国的油烟味大不大。", "油烟味大") == ""
    assert (
        law_quote("说第一件事。说油烟。\n另一段说噪声，也说油烟味。", "油烟味")
        == "另一段说噪声，也说油烟味。"
    )
    assert law_quote("有下列情形的：\n（一）甲；", "情形") in ("", "（一）甲；")


def test_a_resident_is_told_the_door_what_to_bring_the_clock_rights_and_limits() -> None:
    answer = fake_assistant().ask("公司拖欠工资三个月，应该找哪个部门？")
    found = answer.guidance
    assert found is not None
    assert [door.number for door in found.doors] == ["12333", "12351", "12345"]
    assert any("合同" in item for item in found.bring)
    assert "不是法律意见" in found.limits[0].full
    assert found.rights[0].basis == ("《个人信息保护法》第二十四条",)
    for said_twice in (*found.rights, *found.limits, *(door.said for door in found.doors)):
        assert said_twice.plain
        assert said_twice.full
        assert max(map(len, re.split("[。！？；，：]", said_twice.plain))) <= 22


def test_a_resident_in_danger_gets_the_number_and_no_list() -> None:
    found = fake_assistant().ask("楼道里燃气泄漏，刚才有邻居头晕，快来人").guidance
    assert found is not None
    assert found.doors[0].number == "119"
    assert "12345" not in [door.number for door in found.doors]
    assert found.bring == ()
    assert found.clocks == ()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("我在网上刷单被骗了两万块", "96110"),
        ("我实在不想活了", "12356"),
        ("老公家暴我怎么办", "12338"),
        ("举报村支书贪污扶贫款", "12388"),
    ],
)
def test_words_call_for_their_number(text: str, number: str) -> None:
    found = fake_assistant().ask(text).guidance
    assert found is not None
    assert number in [door.number for door in found.doors]


def test_a_clock_for_a_resident() -> None:
    own = load_clocks().deadline("hotline_5wd", DAY)
    one = triage(deadlines=(own,))
    found = advise_resident(one, (), Lock(fake_references().shelf), as_of=DAY)
    assert f"{own.due.month}月{own.due.day}日" in found.clocks[0].plain
    assert found.clocks[0].basis == ()


def test_the_tables_are_whole() -> None:
    catalogue = load_catalogue()
    table = resident_table()
    assert len({door.number for door in table.doors}) == len(table.doors)
    for door in table.doors:
        assert re.fullmatch(r"1\d{2}|12\d{3}|96110|95598", door.number)
        assert door.source == "公开号码" or door.source.startswith("《")
        assert set(door.departments) <= set(catalogue.ids)
    assert set(table.bring) - {""} <= set(catalogue.ids)
    assert operator_table().not_administrative <= set(catalogue.ids)
    # A number that the catalogue gives a department is known to the table.
    lines = {one.public_line for one in catalogue.departments} - {""}
    assert lines - {door.number for door in table.doors} <= {"12320"}


def test_every_citation_of_the_tables_is_known_to_the_digest() -> None:
    lock = Lock(fake_references().shelf)
    table, ours = resident_table(), operator_table()
    named = [cited for one in (*table.rights, *table.limits) for cited in one.basis]
    named += [cited for one in (*ours.steps, *ours.remedies) for cited in one.basis]
    for cited in named:
        found = lock.resolve(cited, DAY)
        assert isinstance(found, Resolved), cited
        assert found.in_force


def test_the_assistant_joins_guidance_and_the_day_of_receipt() -> None:
    answer = fake_assistant().handle(Complaint(text=TEXT, received_at=datetime(2026, 11, 20, 9)))
    assert answer.guidance is not None
    assert "2026年11月20日" in answer.guidance.draft.text
    plain = fake_assistant().handle(Complaint(text=TEXT))
    assert plain.guidance is not None
    assert "已收到。" in plain.guidance.draft.text
