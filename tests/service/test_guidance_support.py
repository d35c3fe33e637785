"""What guidance may rest on: who must agree with whom before law is quoted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from guidance_samples import DAY, ENTRY, FOREIGN, TEXT, Asked, advise, triage
from service_fakes import FakeDirectory, fake_references

from legal_corpus.values import Resolution
from service.guidance.lock import Lock
from service.guidance.resident import advise_resident
from service.guidance.support import Support, fitting_entry, weigh
from triage.catalogue.dispatch import EntryMatch
from triage.entities import find_slots
from triage.policy.clocks import load_clocks
from triage.values import LegalBasis, MatterScore


def test_without_agreement_nothing_is_quoted_and_the_operator_is_told_what_to_check() -> None:
    found = advise(replace(triage("今天想问一件别的事，和油烟无关，谢谢你们"), entries=()))
    assert found.says == ()
    assert "适用的条文：〔待承办单位填写：依据的条文〕" in found.draft.text
    assert found.hints[-1].startswith("依据待核：检索最接近的是《")
    assert "依据待核" not in found.draft.text


def test_an_entry_that_disagrees_with_the_route_is_not_used() -> None:
    other = replace(ENTRY, lead="jiaoyu")
    found = replace(triage(), entries=(EntryMatch(other, 0.9, ("油烟",)), EntryMatch(ENTRY, 0.1, ())))
    assert fitting_entry(found) is None
    found = replace(found, entries=(EntryMatch(other, 0.9, ("油烟",)), EntryMatch(ENTRY, 0.1, ("油烟",))))
    match = fitting_entry(found)
    assert match is not None
    assert match.entry is ENTRY


def test_an_entry_that_nothing_bears_out_is_a_hint_and_not_a_voice() -> None:
    clocks = tuple(load_clocks().deadline(id, DAY) for id in ("hotline_5wd", "samr_accept_7wd"))
    asked = (Asked("facts", "哪一班船", ""),)
    slots = find_slots(TEXT)
    one = triage(
        entries=(EntryMatch(FOREIGN, 0.9, ("油烟",)),), deadlines=clocks, questions=asked, slots=slots
    )
    found = advise(one)
    assert [(actor.role, actor.why) for actor in found.actors] == [("lead", "")]
    assert found.tell == ()
    assert "哪一班船" not in [ask.text for ask in found.ask]
    assert [clock.id for clock in found.clocks] == ["hotline_5wd"]
    assert found.hints[0].startswith(
        "依据待核：可能是目录条目“别的事”建议《民法典》第九百四十二条、第九百四十三条；"
    )
    assert any(hint.startswith("时限待核：目录条目“别的事”") for hint in found.hints)
    for word in ("别的事", "九百四十二", "待核：", clocks[1].clock.name):
        assert word not in found.draft.text
    resident = advise_resident(
        one, (), Lock(fake_references().shelf), as_of=DAY, support=Support(doubted=FOREIGN)
    )
    assert resident.tell == ()
    assert len(resident.clocks) == 1


@pytest.mark.parametrize(
    ("score", "p", "basis", "sure", "quoted"),
    [
        (0.9, 0.6, "第二百五十条", True, True),
        (0.9, 0.3, "第二百五十条", True, True),
        # Only the search bears it out: its article may be quoted, the entry is no voice.
        (0.9, 0.1, "第二百五十条", False, True),
        (0.4, 0.9, "第二百五十条", False, False),
        # The router bears it out, the search does not: a voice, but nothing to quote.
        (0.9, 0.6, "第一条", True, False),
        (0.9, 0.3, "第一条", False, False),
    ],
)
def test_who_must_agree_with_whom(score: float, p: float, basis: str, sure: bool, quoted: bool) -> None:
    entry = replace(ENTRY, basis=(LegalBasis("生态环境法典", basis),))
    one = triage(entries=(EntryMatch(entry, score, ("油烟",)),))
    matter = (MatterScore(entry.level1, entry.level2, p),)
    one = replace(one, prediction=replace(one.prediction, matter=matter))
    references = fake_references()
    found = references.governing(TEXT, as_of=DAY, region="", k=10)
    wanted = [cited for cited in found if cited.cited == "《生态环境法典》第二百五十条"]
    # Not the first one found: that would be quoted for its law alone.
    citations = [*references.governing("公司拖欠工资", as_of=DAY, region="", k=1), *wanted]
    lock = Lock(references.shelf)
    support = weigh(one, citations, FakeDirectory(), lambda cited: lock.resolve(cited, DAY))
    assert wanted
    assert (support.entry is entry, support.doubted is entry) == (sure, not sure)
    assert [article.cited for article in support.articles] == [wanted[0].cited] * quoted
    assert bool(support.hints) == (not sure or not quoted)


def test_what_the_entry_names_and_the_search_puts_first_needs_one_shared_word() -> None:
    references = fake_references()
    lock = Lock(references.shelf)

    def find(cited: str) -> Resolution:
        return lock.resolve(cited, DAY)

    found = references.governing(TEXT, as_of=DAY, region="", k=10)
    first, other = found[0], references.governing("公司拖欠工资", as_of=DAY, region="", k=1)[0]
    entry = replace(ENTRY, basis=(LegalBasis(first.law, first.article),))
    one = triage(entries=(EntryMatch(entry, 0.9, ("油烟",)),))
    one = replace(one, masked=replace(one.masked, text="油烟", spans=()))
    for citations, count in (((first, other), 1), ((other, first), 0)):
        support = weigh(one, citations, _Expectless(), find)
        assert [article.id for article in support.articles] == [first.id] * count


class _Expectless(FakeDirectory):
    """Its matters expect no law."""

    def matter_basis(self, level1: str, level2: str):  # type: ignore[no-untyped-def]
        return ()


@pytest.mark.parametrize(("p", "law", "quoted"), [(0.6, True, True), (0.4, True, False), (0.6, False, False)])
def test_the_first_article_found_needs_a_believed_matter_that_expects_its_law(
    p: float, law: bool, quoted: bool
) -> None:
    references = fake_references()
    found = references.governing(TEXT, as_of=DAY, region="", k=10)
    entry = replace(ENTRY, basis=(LegalBasis(found[0].law if law else "民法典", "第一条"),), level2="别的")
    one = triage(entries=(EntryMatch(entry, 0.9, ("油烟",)),))
    matter = (MatterScore(entry.level1, entry.level2, p), MatterScore("商贸旅游", "旅游管理", 0.3))
    one = replace(one, prediction=replace(one.prediction, matter=matter))
    lock = Lock(references.shelf)
    support = weigh(one, found[:1], _Expectless(), lambda cited: lock.resolve(cited, DAY))
    assert [article.id for article in support.articles] == [found[0].id] * quoted


def test_an_article_whose_words_do_not_speak_of_the_matter_is_not_quoted() -> None:
    references = fake_references()
    found = references.governing(TEXT, as_of=DAY, region="", k=10)
    one = triage()
    elsewhere = replace(one, masked=replace(one.masked, text="甲乙丙丁", spans=()))
    lock = Lock(references.shelf)
    support = weigh(elsewhere, found, FakeDirectory(), lambda cited: lock.resolve(cited, DAY))
    assert support.articles == ()
    assert support.entry is ENTRY
    assert support.hints[0].startswith(
        "依据待核：目录条目“餐饮油烟扰民”和检索都指向《生态环境法典》第二百五十条"
    )
