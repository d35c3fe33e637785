"""A citizen's text is never markup; what the page shows is what the answer says."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_fakes import fake_assistant

from legal_corpus.values import TextKind
from service.answers import Answer, Cited, Door, LegalAnswer, Role
from service.guidance.values import (
    Actor,
    Ask,
    ClockLine,
    DemandLine,
    DoorAdvice,
    Draft,
    Guidance,
    LawPoint,
    Link,
    LockedSentence,
    Origin,
    ResidentGuidance,
    Said,
    Segment,
    Status,
    Step,
)
from service.ui.html import answer_html, problem_html
from service.ui.resident_html import legal_answer_html
from service.words import UNSURE_DOOR
from triage.values import (
    Action,
    Clause,
    Complaint,
    DepartmentScore,
    Evidence,
    LabelScore,
    LegalBasis,
    MatterScore,
    Signal,
)

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&${alert(1)}</details>"
TAGS = {"article", "section", "div", "details", "summary", "blockquote", "mark", "h3", "p", "b", "i", "small"}
TAGS |= {"span", "ol", "ul", "li", "dl", "dt", "dd", "footer", "a", "s", "br", "button", "pre"}


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[str]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, [name for name, _ in attrs]))

    def handle_data(self, data: str) -> None:
        self.text += data


def parse(html: str) -> Tags:
    found = Tags()
    found.feed(html)
    return found


def cited(word: str, kind: TextKind = TextKind.OFFICIAL) -> Cited:
    return Cited(
        word,
        word,
        date(2020, 5, 28),
        kind,
        word,
        role=Role.BASIS,
        plain=word,
        note=word,
        why=(word,),
        id=word,
    )


def answer(word: str) -> Answer:
    return Answer(
        id=word,
        matter=(MatterScore(word, word, 0.5),),
        department=(DepartmentScore(word, word, 0.5),),
        kind=(LabelScore(word, 0.5), LabelScore(word, 0.4)),
        urgency=(LabelScore(word, 0.5),),
        action=Action.OTHER_CHANNEL,
        masked_text=word,
        citations=(cited(word), cited(word, TextKind.DIGEST)),
        reasons=(word,),
        model=word,
        evidence=(Evidence(word[1:4], 1, 4, 1.0),),
        channel=word,
        notes=(word,),
        as_of=date(2026, 11, 22),
        signals=(Signal(word, word, 0, 1, "紧急", word),),
        clauses=(Clause(word, word, (LegalBasis(word, word),), "bar", word),),
        trace=(word,),
        guidance=guidance(word),
    )


def draft(word: str) -> Draft:
    link = Link(word, word, TextKind.OFFICIAL, word)
    segments = (Segment(word), Segment(word, struck=True))
    sentence = LockedSentence(segments, Status.STRUCK, Origin.MODEL, (link,), (word,), word, opens=True)
    return Draft((sentence,), word, word, (link,), Origin.MODEL, word)


def guidance(word: str) -> Guidance:
    day = date(2026, 11, 30)
    return Guidance(
        says=(LawPoint(word, word, TextKind.OFFICIAL, word, word),),
        actors=(Actor(word, word, "co", word, (word,)), Actor(word, word, "not_competent", word)),
        steps=(Step(word, (word,)),),
        clocks=(ClockLine(word, word, day, day, day, word, (word,), True, (word,)),),
        ask=(Ask(word, word),),
        tell=(word,),
        draft=draft(word),
        demands=(
            DemandLine(word, "wish", word, True, (word,), day),
            DemandLine(word, "part", word, False, (), None),
        ),
        hints=(word,),
        model_draft=draft(word),
        unverified=(word,),
        notes=(word,),
    )


def resident(word: str) -> ResidentGuidance:
    said = Said(word, word + word, (word,))
    door = DoorAdvice(word, word, said, word)
    return ResidentGuidance((door,), (word,), (said,), (said,), (said,), (word,), draft(word), (word,))


def legal_answer(word: str) -> LegalAnswer:
    return LegalAnswer(
        question=word,
        sufficient=True,
        message=word,
        articles=(cited(word), cited(word, TextKind.DIGEST), dataclasses.replace(cited(word), plain="")),
        doors=(Door(word, word, 0.5, (word,), word),),
        channel=word,
        reasons=(word,),
        notes=(word,),
        as_of=date(2026, 11, 22),
        region=word,
        model=word,
        guidance=resident(word),
    )


@pytest.mark.parametrize(
    "html",
    [answer_html(answer(HOSTILE)), legal_answer_html(legal_answer(HOSTILE)), problem_html(HOSTILE)],
)
def test_hostile_words_stay_words(html: str) -> None:
    found = parse(html)
    assert {tag for tag, _ in found.tags} <= TAGS
    assert not [name for _, names in found.tags for name in names if name.startswith("on") or name == "src"]
    assert HOSTILE in found.text


@given(st.text(min_size=4, max_size=60))
def test_any_words_stay_words(word: str) -> None:
    # As the parser and every browser do, U+0000 and line ends apart.
    word = re.sub(r"[\0\r]", "", word)
    for html in (answer_html(answer(word)), legal_answer_html(legal_answer(word))):
        assert {tag for tag, _ in parse(html).tags} <= TAGS


def test_evidence_is_marked_where_it_stands_and_only_there() -> None:
    html = answer_html(dataclasses.replace(answer("甲乙丙丁"), evidence=(Evidence("乙丙", 1, 3, 1.0),)))
    assert "甲<mark>乙丙</mark>丁" in html
    wrong = answer_html(dataclasses.replace(answer("甲乙丙丁"), evidence=(Evidence("丁戊", 1, 3, 1.0),)))
    assert "<mark>" not in wrong


def test_a_real_answer_shows_all_its_parts() -> None:
    assistant = fake_assistant()
    found = assistant.handle(Complaint(text="楼下烧烤店油烟太大，电话13912345678", id="1"))
    text = parse(answer_html(found)).text
    for part in (
        "建议直接派单",
        "83%",
        "〔手机号〕",
        "投诉",
        "一般",
        "摘要",
        found.citations[0].text,
        found.citations[0].cited,
        found.reasons[0],
        "不是法律意见",
    ):
        assert part in text
    assert "13912345678" not in text


def test_the_glance_names_what_the_reply_rests_on() -> None:
    """Of a statutory channel that is the gate's own rule, not the first article that a search found."""
    gated = fake_assistant().handle(Complaint(text="交警的处罚决定我不服，想申请行政复议"))
    assert gated.guidance is not None and gated.guidance.says
    glance = parse(answer_html(gated)).text.split("主管部门")[0]
    assert f"依据{gated.guidance.says[0].cited}" in glance
    unsure = answer("甲")
    assert unsure.guidance is not None
    without = dataclasses.replace(unsure.guidance, says=())
    for hints, told in ((("乙",), "依据待核"), ((), "")):
        hinted = dataclasses.replace(unsure, guidance=dataclasses.replace(without, hints=hints))
        found = answer_html(hinted).split("</dl>")[0]
        assert told in parse(found).text and ("依据" in parse(found).text) == bool(told)


def test_a_door_that_is_only_possible_is_called_so() -> None:
    sure, unsure = (
        legal_answer_html(dataclasses.replace(legal_answer("甲"), doors=(Door("a", "甲局", p),)))
        for p in (0.9, 0.2)
    )
    assert UNSURE_DOOR not in sure
    assert UNSURE_DOOR in unsure


def test_danger_comes_first() -> None:
    found = fake_assistant().ask("楼道里燃气泄漏，刚才有邻居头晕，快来人")
    assert found.channel
    assert parse(legal_answer_html(found)).text.startswith("请先：119")
