"""The verbs of the assistant: what governs, what is shown as law, and what is never shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from service_fakes import TODAY, FakeDesk, fake_assistant, fake_references

from foundation.canonical import to_plain
from legal_corpus.clock import CHINA
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
from retrieval.values import Expected, Hit
from service.answers import NO_BASIS, NOTHING_TO_JUDGE, Cited, Role, at_a_glance
from service.assistant import Assistant
from service.guidance.support import Support
from service.references import References, Wing
from service.scope import Basis
from service.settings import Settings
from triage.catalogue.book import load_catalogue
from triage.classifier.parts import Part
from triage.values import Action, Complaint, Decision, LegalBasis, Triage


def law(title: str, *, kind: TextKind, start: date = date(2020, 1, 1), label: str = "第一条") -> Article:
    version = LawVersion(
        f"{title}@{start}", title, title, "法律", "全国", start, start, None, Status.IN_FORCE, "", ""
    )
    return Article(f"{kind}:{title}:{label}", version, 1, 0, label, "", f"{kind} {title} {label}", kind)


class Shelf:
    """Resolves what it was given; everything else is unknown."""

    def __init__(self, *articles: Article, repealed: Sequence[str] = ()) -> None:
        self.articles = {article.id: article for article in articles}
        self.repealed = repealed

    def article(self, id: str) -> Article | None:
        return self.articles.get(id)

    def resolve(
        self, citation: Citation | str, as_of: date | None = None, region: str | None = None
    ) -> Resolution:
        wanted = citation if isinstance(citation, str) else f"《{citation.law}》第一条"
        # The full text comes first, as in the library.
        found = sorted(self.articles.values(), key=lambda article: article.text_kind is TextKind.DIGEST)
        for article in found:
            if article.cited == wanted:
                in_force = article.law.title not in self.repealed
                return Resolved(Citation(article.law.title, 1), article, article.text, in_force)
        return Unresolved(wanted, "没有这部法律")


class Digest:
    def __init__(self, *articles: Article) -> None:
        self.own = articles

    def articles(self, as_of: date | None = None, region: str | None = None) -> Sequence[Article]:
        return self.own


class Finder:
    """Finds the same ids for every query, and remembers what it was asked."""

    def __init__(self, *ids: str) -> None:
        self.ids = ids
        self.asked: list[tuple[str, date | None, str | None]] = []

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        as_of: date | None = None,
        region: str | None = None,
        prior: Expected | None = None,
    ) -> list[Hit]:
        self.asked.append((query, as_of, region))
        return [Hit(id, rank, 9.0 - rank) for rank, id in enumerate(self.ids[:k], start=1)]


OWN = law("甲法", kind=TextKind.DIGEST)
FULL = law("甲法", kind=TextKind.OFFICIAL)
GONE = law("乙法", kind=TextKind.DIGEST)


def test_the_full_text_is_shown_where_the_digest_was_hit_with_our_words_beside_it() -> None:
    references = References(Shelf(OWN, FULL), Digest(OWN), [Wing(Finder(OWN.id, FULL.id))])
    found = references.governing("问", as_of=TODAY, region="")
    assert [(cited.law, cited.text_kind, cited.plain) for cited in found] == [
        ("甲法", TextKind.OFFICIAL, OWN.text)
    ]


def test_a_digest_of_a_law_that_has_ended_is_not_shown() -> None:
    references = References(
        Shelf(OWN, GONE, repealed=["乙法"]), Digest(OWN, GONE), [Wing(Finder(GONE.id, OWN.id))]
    )
    assert [cited.law for cited in references.governing("问", as_of=TODAY, region="")] == ["甲法"]


def test_what_both_wings_find_comes_first_and_the_louder_wing_wins() -> None:
    third = law("丁法", kind=TextKind.OFFICIAL)
    shelf = Shelf(OWN, GONE, third)
    wings = [Wing(Finder(OWN.id, GONE.id), 2.0), Wing(Finder(third.id, GONE.id), 1.0)]
    found = References(shelf, Digest(), wings).governing("问", as_of=TODAY, region="")
    assert [cited.law for cited in found] == ["乙法", "甲法", "丁法"]


def test_only_bases_that_resolve_and_are_in_force_and_are_not_shown_already() -> None:
    shelf = Shelf(OWN, GONE, law("丙法", kind=TextKind.OFFICIAL), repealed=["乙法"])
    references = References(shelf, Digest(OWN, GONE), [Wing(Finder(OWN.id))])
    beside = references.governing("问", as_of=TODAY, region="")
    bases = [LegalBasis(title, "第一条") for title in ("甲法", "乙法", "无此法", "丙法", "丙法")]
    found = references.basis(bases, as_of=TODAY, region="", beside=beside)
    assert [(cited.law, cited.role) for cited in found] == [("丙法", Role.BASIS)]


def test_placeholders_are_not_searched_and_no_region_means_national_law() -> None:
    finder = Finder()
    references = References(Shelf(), Digest(), [Wing(finder)])
    references.governing("油烟〔手机号〕扰民", as_of=TODAY, region="")
    references.governing("油烟", as_of=TODAY, region="广东省")
    assert finder.asked == [("油烟 扰民", TODAY, "全国"), ("油烟", TODAY, "广东省")]


@pytest.mark.parametrize(
    ("received_at", "day"),
    [
        (None, TODAY),
        (datetime(2019, 3, 5), date(2019, 3, 5)),
        (datetime(2019, 3, 5, 23, tzinfo=CHINA), date(2019, 3, 5)),
        (datetime.fromisoformat("2019-03-05T20:00:00+00:00"), date(2019, 3, 6)),
    ],
)
def test_the_law_of_the_day_of_receipt_governs(received_at: datetime | None, day: date) -> None:
    finder = Finder()
    assistant = fake_assistant(references=References(Shelf(), Digest(), [Wing(finder)]))
    answer = assistant.handle(Complaint(text="油烟", received_at=received_at))
    assert answer.as_of == day
    assert finder.asked[0][1] == day


def test_the_search_sees_masked_text_only() -> None:
    finder = Finder()
    assistant = fake_assistant(references=References(Shelf(), Digest(), [Wing(finder)]))
    assistant.handle(Complaint(text="油烟，电话13912345678", title="13912345678"))
    assistant.ask("我的电话13912345678，油烟归谁管")
    assert finder.asked
    assert not [query for query, _, _ in finder.asked if "13912345678" in query]


def test_many_are_answered_in_order_and_as_one_by_one() -> None:
    desk = FakeDesk()
    assistant = fake_assistant(desk)
    complaints = [Complaint(text=text, id=text) for text in ("油烟扰民", "拖欠工资", "油烟太大")]
    many = assistant.handle_many(complaints)
    assert desk.calls == 1
    # A batch is answered without guidance.
    assert many == [replace(assistant.handle(complaint), guidance=None) for complaint in complaints]


def test_citations_are_few_governing_first_and_none_twice() -> None:
    answer = fake_assistant().handle(Complaint(text="楼下烧烤店油烟太大"))
    roles = [cited.role for cited in answer.citations]
    assert roles == sorted(roles, key=lambda role: role is Role.BASIS)
    assert roles.count(Role.GOVERNING) <= 10
    assert roles.count(Role.BASIS) <= 2
    assert len({cited.cited for cited in answer.citations}) == len(answer.citations)


# Bases of the fake desk's department, in the catalogue's order.
CHENGGUAN = [(basis.law, basis.article) for basis in load_catalogue().department("chengguan").basis]


def bases_of(desk: FakeDesk, *governing: Article) -> list[str]:
    """Titles of the bases shown with an answer, where these articles govern."""
    shelf = Shelf(
        *governing, *(law(title, kind=TextKind.OFFICIAL, label=label) for title, label in CHENGGUAN)
    )
    references = References(shelf, Digest(), [Wing(Finder(*(article.id for article in governing)))])
    answer = fake_assistant(desk, references).handle(Complaint(text="楼下油烟太大"))
    return [cited.law for cited in answer.citations if cited.role is Role.BASIS]


class Guessing(FakeDesk):
    """Is unsure, and routing names the department's basis nevertheless."""

    def handle_many(self, complaints: Sequence[Complaint]) -> list[Triage]:
        basis = (LegalBasis(*CHENGGUAN[0]),)
        return [replace(one, decision=Decision(Action.REVIEW, ("不确定",), basis),
                        prediction=replace(one.prediction, matter=(),
                                           department=(replace(one.prediction.department[0], p=0.2),)))
                for one in super().handle_many(complaints)]  # fmt: skip


def test_a_guessed_department_lends_no_basis_also_where_routing_names_one() -> None:
    assert bases_of(FakeDesk())
    assert bases_of(Guessing()) == []


def test_bases_of_a_law_that_governs_come_first() -> None:
    last = CHENGGUAN[-1][0]
    assert last not in bases_of(FakeDesk())
    assert bases_of(FakeDesk(), law(last, kind=TextKind.OFFICIAL, label="第九条"))[0] == last


def test_no_sufficient_basis_is_said_and_nothing_is_claimed() -> None:
    answer = fake_assistant(references=References(Shelf(), Digest(), [Wing(Finder())])).ask("随便问问")
    assert not answer.sufficient
    assert answer.message == NO_BASIS
    assert answer.articles == ()
    assert answer.doors


@pytest.mark.parametrize("question", ["你好", "帮我写一首诗", "量子力学是什么", "一加一等于几"])
def test_what_the_law_is_silent_on_gets_no_law(question: str) -> None:
    assert not fake_assistant().ask(question).sufficient


@pytest.mark.parametrize("question", ["物业费", "工地欠薪", "房东不退押金", "楼上漏水邻居不修找谁"])
def test_a_short_question_that_names_its_matter_gets_law(question: str) -> None:
    assert fake_assistant().ask(question).articles


def test_punctuation_alone_finds_nothing() -> None:
    assert fake_references().governing("？！……", as_of=TODAY, region="") == ()


def test_an_article_is_looked_up_for_its_day() -> None:
    assistant = fake_assistant()
    found = assistant.article("民法典第二百七十八条")
    assert isinstance(found, Resolved)
    assert found.in_force
    before = assistant.article("民法典第二百七十八条", as_of=date(2019, 1, 1))
    assert isinstance(before, Unresolved) or not before.in_force


def test_answers_are_plain_json_values() -> None:
    plain = to_plain(fake_assistant().handle(Complaint(text="油烟", id="7")))
    assert plain["id"] == "7"
    assert plain["citations"][0]["text_kind"] in ("official", "digest")


def test_five_governing_articles_and_every_basis_are_read_at_a_glance() -> None:
    def cited(number: int, role: Role) -> Cited:
        return Cited("示例法", f"第{number}条", None, TextKind.DIGEST, "示例", role=role)

    governing = [cited(number, Role.GOVERNING) for number in range(8)]
    basis = [cited(90, Role.BASIS)]
    shown, folded = at_a_glance([*governing, *basis])
    assert (shown, folded) == ([*governing[:5], *basis], governing[5:])


def test_praise_is_thanked_without_a_single_article() -> None:
    answer = Assistant.open(Settings(home=Path("/nonexistent"))).handle(
        Complaint(text="感谢社区工作人员的热情帮助")
    )
    assert answer.kind[0].label == "表扬"
    assert answer.citations == () and NOTHING_TO_JUDGE in answer.notes


SEVERAL = "楼下烧烤店油烟太大，要求查处。另外公司拖欠三个月工资，没有签劳动合同。"


class InParts(FakeDesk):
    """A message of two parts; a part read by itself has none."""

    def handle(self, complaint: Complaint) -> Triage:
        found = super().handle(complaint)
        at = found.masked.text.find("另外")
        if at <= 0:
            return found
        spans = ((0, at, "chengguan"), (at, len(found.masked.text), "renshe"))
        parts = (Part(start, end, found.masked.text[start:end], unit, 0.9) for start, end, unit in spans)
        return replace(found, parts=tuple(parts))


@pytest.mark.parametrize("refused", [False, True])
def test_a_part_that_no_law_governs_gets_none_either(monkeypatch: pytest.MonkeyPatch, refused: bool) -> None:
    weighed: list[tuple[str, bool]] = []

    def weigh(triage: Triage, found: Sequence[Cited], *_: object) -> Support:
        weighed.append((triage.masked.text, bool(found)))
        return Support()

    def judged(triage: Triage, _: object) -> Basis:
        return Basis.NONE if refused and triage.masked.text.startswith("另外") else Basis.FOUND

    monkeypatch.setattr("service.assistant.weigh", weigh)
    monkeypatch.setattr("service.assistant.basis_of", judged)
    assert fake_assistant(InParts()).handle(Complaint(text=SEVERAL)).citations
    assert weighed == [(SEVERAL[SEVERAL.index("另外") :], not refused)]


def test_a_gate_that_cites_its_rule_does_not_say_that_nothing_was_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("service.assistant.basis_of", lambda *_: Basis.NONE)
    gated = fake_assistant().handle(Complaint(text="交警的处罚决定我不服，想申请行政复议"))
    assert gated.action is Action.OTHER_CHANNEL and gated.citations
    assert not [note for note in gated.notes if note.startswith(NO_BASIS)]
    plain = fake_assistant().handle(Complaint(text="公司拖欠工资"))
    assert [note for note in plain.notes if note.startswith(NO_BASIS)] and not plain.citations
