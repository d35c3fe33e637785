"""What stands around an article: differences, later changes, references, the card, which law goes first."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from legal_corpus.card import corpus_card, missing_titles
from legal_corpus.compare import likeness
from legal_corpus.diff import DiffKind, PieceKind, diff_versions, pieces_of
from legal_corpus.digest import load_digest
from legal_corpus.drafts import ArticleDraft, DefectKind, LawDraft
from legal_corpus.errors import NoSuchVersion
from legal_corpus.ingest import ingest
from legal_corpus.library import Library
from legal_corpus.links import read_references, references
from legal_corpus.pick import pick_version
from legal_corpus.precedence import notes, precedence
from legal_corpus.relations import has_references, referrers
from legal_corpus.soundness import defects_in
from legal_corpus.store import LawStore
from legal_corpus.timeline import ChangeKind
from legal_corpus.values import Article, LawVersion, Resolved, Status, TextKind
from legal_corpus.view import look
from service.cli.corpus import commands
from service.cli.law import law
from service.references import References

APP = typer.Typer()
APP.command("law")(law)
APP.add_typer(commands, name="corpus")

TODAY = date(2026, 11, 22)
SAME = "街道办每周要看一次样本街道，看完记在本子上。"
BEFORE = "在样本街道放旧沙发的人，由街道办劝他搬走，不搬的罚十元。"
AFTER = "在样本街道放旧沙发或者旧冰箱的人，由街道办劝他搬走，不搬的罚二十元。"


def row(law: str, day: str, number: int, text: str, **more: object) -> str:
    value = {
        "id": f"{law}{day}-{number:04d}", "law": law, "full_title": law, "region": "全国", "level": "法律",
        "version_date": day, "effective_date": day, "kind": "article", "article_int": number,
        "article_suffix": 0, "text": text, **more,
    }  # fmt: skip
    return json.dumps(value, ensure_ascii=False) + "\n"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    rows = [
        row("样本街道法", "2010-01-01", 1, SAME),
        row("样本街道法", "2010-01-01", 2, BEFORE),
        row("样本街道法", "2010-01-01", 3, "街道办的本子放在门口的绿色柜子里面。"),
        row("样本街道法", "2020-01-01", 1, "本法所说的样本街道是画在图上的那几条。"),
        row("样本街道法", "2020-01-01", 2, SAME),
        row("样本街道法", "2020-01-01", 3, AFTER),
        row("样本街道法", "2020-01-01", 4, "违反本法第三条第一款的，依照前两条办理。本条第一款同样适用。"),
        row("样本街区法", "2024-01-01", 1, SAME),
        row("样本街区法", "2024-01-01", 2, "《样本街道法》第三条的罚款不再收。"),
        row("样本街区法", "2024-01-01", 3, "本法自2024年1月1日起施行。《样本街道法》同时废止。"),
        row("样本细则", "2021-01-01", 1, "按照样本街道法第三条和第四条办理。", level="行政法规"),
    ]
    (tmp_path / "a.jsonl").write_text("".join(rows), "utf-8")
    ingest(tmp_path / "a.jsonl", tmp_path / "c.sqlite3", today=TODAY)
    return Library([LawStore.open(tmp_path / "c.sqlite3")])


def article(library: Library, text: str, day: date) -> Article:
    found = library.resolve(text, day)
    assert isinstance(found, Resolved), found
    return found.article


def test_diff_finds_what_moved_changed_came_and_went(library: Library) -> None:
    new, old = library.history(library.versions("样本街道法")[0])
    found = diff_versions(old, new, library.articles_of(old), library.articles_of(new))
    kinds = {(one.old_label, one.new_label): one.kind for one in found.articles}
    assert kinds == {
        ("", "第一条"): DiffKind.ADDED,
        ("第一条", "第二条"): DiffKind.RENUMBERED,
        ("第二条", "第三条"): DiffKind.CHANGED_AND_RENUMBERED,
        ("第三条", ""): DiffKind.REMOVED,
        ("", "第四条"): DiffKind.ADDED,
    }
    changed = next(one for one in found.articles if one.kind is DiffKind.CHANGED_AND_RENUMBERED)
    assert "或者旧冰箱" in [piece.text for piece in changed.pieces if piece.kind is PieceKind.INSERTED]


@given(st.text("甲乙丙丁，。", max_size=40), st.text("甲乙丙丁，。", max_size=40))
def test_pieces_give_both_texts_back(old: str, new: str) -> None:
    pieces = pieces_of(old, new)
    assert "".join(one.text for one in pieces if one.kind is not PieceKind.INSERTED) == old
    assert "".join(one.text for one in pieces if one.kind is not PieceKind.DELETED) == new


@given(st.text("甲乙丙丁第三条，", max_size=30), st.text("甲乙丙丁第三条，", max_size=30))
def test_likeness_is_a_share_and_has_no_sides(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == 1


def test_changes_follow_versions_and_titles(library: Library) -> None:
    first = article(library, "样本街道法第一条", date(2015, 1, 1))
    moved, replaced = library.changes_since(first, date(2015, 1, 1), TODAY)
    assert (moved.kind, moved.day, moved.inferred) == (ChangeKind.RENUMBERED, date(2020, 1, 1), False)
    assert moved.article is not None and moved.article.label == "第二条"
    assert (replaced.kind, replaced.day) == (ChangeKind.REPLACED, date(2024, 1, 1))
    assert replaced.article is not None and replaced.article.cited == "《样本街区法》第一条"
    assert not replaced.inferred
    second = article(library, "样本街道法第二条", date(2015, 1, 1))
    reworded, gone = library.changes_since(second, date(2015, 1, 1), TODAY)
    assert (reworded.kind, reworded.inferred) == (ChangeKind.REWORDED, True)
    assert "推断第二条现为第三条" in reworded.text
    assert gone.article is None and "没有找到" in gone.text
    lost = article(library, "样本街道法第三条", date(2015, 1, 1))
    assert library.changes_since(lost, date(2015, 1, 1), TODAY)[0].kind is ChangeKind.NOT_FOUND
    assert library.changes_since(first, date(2015, 1, 1), date(2016, 1, 1)) == ()
    assert [one.kind for one in library.changes_since(first, date(2021, 1, 1), TODAY)] == [
        ChangeKind.REPLACED
    ]


def test_references_stand_where_they_say(library: Library) -> None:
    fourth = article(library, "样本街道法第四条", date(2021, 1, 1))
    found = references(fourth)
    assert all(fourth.text[one.start : one.end] == one.text for one in found)
    means = [(one.citation.article, one.citation.paragraph) for one in found]
    assert means == [(3, 1), (2, None), (3, None), (4, 1)]
    assert all(one.own_law and one.citation.law == "样本街道法" for one in found)
    text = "依照《甲法》第三条至第五条和本条例第二条之一第一款第（二）项"
    ranged = [(one.citation.law, one.citation.article) for one in read_references(text, "乙条例", 9)]
    assert ranged == [("甲法", 3), ("甲法", 4), ("甲法", 5), ("乙条例", 2)]
    assert [one.citation.paragraph for one in read_references("甲。\n依照前款。", "乙法", 1)] == [1]
    assert not list(read_references("依照前款。", "乙法", 1)), "the first paragraph has none before it"


def test_who_refers_to_an_article(library: Library) -> None:
    store = library.store
    assert store is not None and has_references(store)
    third = article(library, "样本街道法第三条", date(2022, 1, 1))
    found = [(one.article.cited, one.older) for one in referrers(store, third, date(2022, 1, 1))]
    # 第四条 refers to it twice: to its first paragraph, and among the two articles before.
    assert list(dict.fromkeys(found)) == [("《样本街道法》第四条", False), ("《样本细则》第一条", False)]
    later = [one.article.cited for one in referrers(store, third, date(2025, 1, 1))]
    assert "《样本街区法》第二条" in later


def test_an_older_store_says_that_references_are_unknown(library: Library) -> None:
    import sqlite3

    store = library.store
    assert store is not None
    with sqlite3.connect(store.path) as connection:
        connection.execute("DELETE FROM meta WHERE key = 'refs'")
    connection.close()
    found = library.resolve("样本街区法第一条")
    assert isinstance(found, Resolved)
    assert not look(library, found, TODAY, TODAY).referrers_known


def test_an_answer_names_the_later_change(library: Library) -> None:
    references_of = References(library, load_digest(), [])
    found = library.resolve("样本街道法第一条", date(2015, 1, 1))
    assert isinstance(found, Resolved)
    then = references_of.shown(found, date(2015, 1, 1))
    assert "第一条文字未变，现为第二条" in then.note and "由《样本街区法》取代" in then.note
    assert "现为" not in references_of.shown(found, date(2021, 1, 1)).note


def test_around(library: Library) -> None:
    found = library.resolve("样本街道法第三条", date(2022, 1, 1))
    assert isinstance(found, Resolved)
    seen = look(library, found, date(2022, 1, 1), TODAY)
    assert seen.previous is not None and seen.previous.label == "第二条"
    assert seen.following is not None and seen.following.label == "第四条"
    assert [str(one.version_date) for one in seen.versions] == ["2020-01-01", "2010-01-01"]
    assert [one.kind for one in seen.changes] == [ChangeKind.REPLACED]


@pytest.mark.parametrize(
    ("text", "day"),
    [("样本街道法@2010-01-01", "2010-01-01"), ("样本街道法@2015-06-01", "2010-01-01"),
     ("样本街道法（2020修订）", "2020-01-01"), ("样本街区法", "2024-01-01")],
)  # fmt: skip
def test_a_version_is_picked(library: Library, text: str, day: str) -> None:
    assert str(pick_version(library, text).version_date) == day


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "样本街道法@2001-01-01",
            r"没有这个版本.*写成其中一个：样本街道法@2020-01-01、样本街道法@2010",
        ),
        ("样本街道法@昨天", r"不是日期.*如 2025-06-27"),
        ("没有的法", "没有《没有的法》"),
    ],
)
def test_a_version_that_is_not_there(library: Library, text: str, message: str) -> None:
    with pytest.raises(NoSuchVersion, match=message):
        pick_version(library, text)


def test_the_card_hides_nothing(library: Library) -> None:
    store = library.store
    assert store is not None
    card = corpus_card(store, TODAY)
    for text in ("| 法律 | 1 | 1 | 1 | 0 | 0 | 3 |", "a.jsonl", "《民法典》", store.status().content_hash):
        assert text in card
    assert "民法典" in missing_titles(store, TODAY)


def test_diff_and_card_on_the_command_line(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = library.store
    assert store is not None
    monkeypatch.setenv("ZHILI_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    store.path.rename(tmp_path / "home" / "corpus.sqlite3")
    runner = CliRunner()
    shown = runner.invoke(APP, ["corpus", "diff", "样本街道法@2010-01-01", "样本街道法@2020-01-01"])
    assert shown.exit_code == 0 and "第一条 → 第二条　只改条号" in shown.output
    assert "{+或者旧冰箱+}" in shown.output
    as_json = runner.invoke(
        APP, ["corpus", "diff", "样本街道法@2010-01-01", "样本街道法@2020-01-01", "--json"]
    )
    assert json.loads(as_json.output)["counts"]["renumbered"] == 1
    said = runner.invoke(APP, ["law", "样本街道法第一条", "--as-of", "2015-01-01"])
    assert "后来：" in said.output and "邻条：后 第二条" in said.output
    card = tmp_path / "card.md"
    runner.invoke(APP, ["corpus", "check", "--card", str(card)])
    assert card.read_text("utf-8").startswith("# 法律库说明卡")


def version(title: str, level: str, day: str = "2020-01-01", region: str = "全国") -> LawVersion:
    when = date.fromisoformat(day)
    return LawVersion(title, title, title, level, region, when, when, None, Status.IN_FORCE, "")


def test_which_law_goes_first() -> None:
    code, consumer = version("民法典", "法律"), version("消费者权益保护法", "法律", "2013-10-25")
    property_rules = version("物业管理条例", "行政法规")
    local, ministry = version("甲省样本条例", "地方性法规", region="甲省"), version("样本办法", "部门规章")
    assert precedence(property_rules, code).first == code
    assert "《立法法》第九十九条" in precedence(property_rules, code).reason
    assert precedence(code, consumer).first == consumer
    assert "《民法典》第十一条" in precedence(code, consumer).reason
    undecided = precedence(local, ministry)
    assert undecided.first is None and "《立法法》第一百零六条" in undecided.reason
    newer = precedence(version("甲法", "法律", "2010-01-01"), version("乙法", "法律", "2015-01-01"))
    assert newer.first is not None and (newer.first.title, newer.rule) == ("乙法", "新法优于旧法")
    elsewhere = precedence(local, version("乙省样本规章", "地方政府规章", region="乙省"))
    assert elsewhere.first is None


def test_notes_name_each_rule_once() -> None:
    code, rules = version("民法典", "法律"), version("物业管理条例", "行政法规")
    articles = [
        Article(f"{law.id}{number}", law, number, 0, f"第{number}条", "", "文字", TextKind.OFFICIAL)
        for law in (code, rules)
        for number in (1, 2)
    ]
    assert len(notes(articles)) == 1
    assert notes(articles[:2]) == []


def draft(*articles: ArticleDraft) -> LawDraft:
    return LawDraft("样本法", "样本法", "法律", "全国", None, None, articles, "a")


def unit(number: int, text: str = "文字。", suffix: int = 0) -> ArticleDraft:
    return ArticleDraft(number, suffix, f"第{number}条", "", "article", text)


def test_soundness() -> None:
    assert not list(defects_in(draft(unit(1), unit(2), unit(2, suffix=1), unit(3, "自2020年1月1日起施行"))))
    found = {
        defect.kind: defect.what
        for defect in defects_in(draft(unit(1), unit(4), unit(4, suffix=2), unit(6, "还没有写完的")))
    }
    assert found[DefectKind.TRUNCATED].startswith("第6条末尾没有句号")
    gaps = [one.what for one in defects_in(draft(unit(1), unit(4), unit(4, suffix=2), unit(6)))]
    assert gaps == ["缺 3 个条号：第二条至第三条、第五条", "有第四条之二而没有第四条之一"]
    act = replace(draft(unit(264)), amending=True)
    assert not list(defects_in(act)), "an amending act prints the numbers of other laws"
