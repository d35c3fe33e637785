from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from legal_corpus.digest import Digest, load_digest
from legal_corpus.library import Library
from legal_corpus.quote import cut
from legal_corpus.reasons import not_in_force
from legal_corpus.store import LawStore
from legal_corpus.values import Citation, LawVersion, Resolved, Status, TextKind, Unresolved

TODAY = date(2026, 11, 22)
DIGEST = """[law]
title = "{title}"
full_title = "中华人民共和国{title}"
level = "法律"
region = "全国"
version_date = {day}
valid_from = 2021-09-01
[[article]]
article = "第一条"
topics = ["样例"]
text = "我们自己的话。"
"""


@pytest.fixture
def digest(tmp_path: Path) -> Digest:
    folder = tmp_path / "digest"
    folder.mkdir()
    (folder / "a.toml").write_text(DIGEST.format(title="样例管理法", day="2021-04-02"), "utf-8")
    (folder / "b.toml").write_text(DIGEST.format(title="只有摘要法", day="2020-01-01"), "utf-8")
    return load_digest(folder, today=TODAY)


@pytest.fixture
def library(store: LawStore, digest: Digest) -> Library:
    return Library([store, digest])


def found(
    library: Library, text: str | Citation, day: date | None = TODAY, region: str | None = None
) -> Resolved:
    result = library.resolve(text, day, region)
    assert isinstance(result, Resolved), result
    return result


def refused(
    library: Library, text: str | Citation, day: date | None = TODAY, region: str | None = None
) -> Unresolved:
    result = library.resolve(text, day, region)
    assert isinstance(result, Unresolved), result
    return result


@pytest.mark.parametrize(
    "text",
    [
        "样例管理法第二条",
        "《中华人民共和国样例管理法》第2条",
        "样例管理法（2021年修订）2条",
        "样例管理法2021年版第二条",
    ],
)
def test_the_article_in_force(library: Library, text: str) -> None:
    result = found(library, text)
    assert result.article.law.version_date == date(2021, 4, 2)
    assert result.quote == result.article.text
    assert (result.in_force, result.note, result.citation.law) == (True, "", "样例管理法")


def test_paragraphs_and_items_are_exact_parts(library: Library) -> None:
    text = found(library, "样例管理法第二条").article.text
    for citation, quote in {
        "第二条第一款": "有下列情形之一的，责令改正：\n（一）甲事；\n（二）乙事。",
        "第二条第二款": "情节严重的，处罚款。",
        "第二条第一款第（二）项": "（二）乙事。",
        "第二条第一项": "（一）甲事；",
        "第二条之一": "插入的一条。",
    }.items():
        result = found(library, "样例管理法" + citation)
        assert result.quote == quote
        assert result.quote in text or "之一" in citation
    assert "只有 2 款" in refused(library, "样例管理法第二条第三款").reason
    assert "没有第（9）项" in refused(library, "样例管理法第二条第九项").reason


def test_items_in_one_line_and_in_two_paragraphs() -> None:
    text = "有下列：（一）甲；（二）乙。\n又有：（一）丙。"
    assert cut(text, 1, 2) == "（二）乙。"
    assert cut(text, 2, 1) == "（一）丙。"
    with pytest.raises(LookupError, match="请写明第几款"):
        cut(text, None, 1)


def test_the_version_of_the_day(library: Library) -> None:
    old = found(library, "样例管理法第一条", date(2018, 1, 1))
    assert (old.quote, old.in_force) == ("旧的第一条。", True)
    assert (
        old.note == "这是 2018-01-01 当时有效的版本（2015-03-01），自 2021-09-01 起被 2021-04-02 的版本取代"
    )
    named = found(library, "《样例管理法》（2015年）第一条")
    assert (named.quote, named.in_force) == ("旧的第一条。", False)
    assert "已被后来的版本取代" in named.note
    assert "不能确认" in refused(library, "样例管理法第一条", date(2010, 1, 1)).reason
    assert "没有 1999 年的版本" in refused(library, "样例管理法（1999年）第一条").reason


def test_repealed_law_is_found_but_marked(library: Library) -> None:
    result = found(library, "旧样例办法第一条", None)
    assert not result.in_force
    assert result.note.startswith("已废止，自 2021-09-01 起：《样例管理法》")
    assert not found(library, "旧样例办法第一条", TODAY).in_force
    assert not found(library, "失效样例条例第一条", None).in_force


def test_not_yet_and_unknown_are_marked(library: Library) -> None:
    assert found(library, "将来样例条例第一条", None).note == "尚未施行，自 2027-01-01 起施行"
    unknown = found(library, "无日期样例规定第一条", None)
    assert (unknown.in_force, "效力不明" in unknown.note) == (False, True)


def test_a_version_ends_where_the_newer_one_of_another_source_begins() -> None:
    # The full text held 2012, the digest 2025: both were said to last 至今.
    def version(start: date) -> LawVersion:
        return LawVersion(
            str(start), "甲法", "甲法", "法律", "全国", start, start, None, Status.IN_FORCE, "", ""
        )

    said = not_in_force(
        "甲法第一条", date(2010, 1, 1), [version(date(2026, 1, 1)), version(date(2013, 1, 1))]
    )
    assert "2026-01-01 至 今" in said.reason
    assert "2013-01-01 至 2026-01-01" in said.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("样例管理法第九条", "只有 3 条，没有第九条"),
        ("样例管理法第一条之五", "没有第一条之五"),
        ("不存在的法第一条", "库中没有《不存在的法》"),
        ("物权法第七十条", "自 2021-01-01 起废止，被《民法典》（物权编）取代，条号不能沿用"),
        ("本法第一条", "没有说明是哪部法律"),
        ("样例管理法", "没有写第几条"),
        ("样例管理法第一条、第二条", "不止一条引用，请逐条查：《样例管理法》第一条、《样例管理法》第二条"),
        ("样例管理法1999年版第一条", "没有 1999 年的版本"),
        ("样例绿化条例第一条", "请写全名或指明地区"),
    ],
)
def test_honest_refusals(library: Library, text: str, reason: str) -> None:
    assert reason in refused(library, text).reason


def test_a_citation_inside_a_sentence(library: Library) -> None:
    assert found(library, "这件事应当依据样例管理法第一条").quote == "新的第一条。"


def test_a_digest_newer_than_the_full_text(store: LawStore, tmp_path: Path) -> None:
    (tmp_path / "newer").mkdir()
    (tmp_path / "newer/a.toml").write_text(DIGEST.format(title="样例管理法", day="2025-01-01"), "utf-8")
    library = Library([store, load_digest(tmp_path / "newer", today=TODAY)])
    assert found(library, "样例管理法第一条").quote == "我们自己的话。"
    reason = refused(library, "样例管理法第二条").reason
    assert "只有内置摘要，没有收第二条；全文库中是 2021-04-02 的旧版" in reason
    old = [one.law for one in library.articles() if one.law.version_date == date(2021, 4, 2)]
    assert {(law.status, law.valid_to) for law in old} == {(Status.AMENDED, date(2021, 9, 1))}
    today = {one.text for one in library.articles(as_of=TODAY) if one.law.title == "样例管理法"}
    assert today == {"我们自己的话。"}


def test_suggestions(library: Library) -> None:
    assert "样例管理法" in refused(library, "样例管理条例法第一条").suggestions
    assert set(refused(library, "样例绿化条例第一条").suggestions) == {"甲省样例绿化条例", "乙省样例绿化条例"}


def test_local_law_by_region(library: Library) -> None:
    assert found(library, "样例绿化条例第一条", TODAY, "乙省").quote == "乙省的绿化。"
    assert found(library, "甲省样例绿化条例第一条").article.law.region == "甲省"


def test_one_title_in_two_regions(tmp_path: Path) -> None:
    from test_law_ingest import ROW, write_rows

    from legal_corpus.ingest import ingest

    rows: list[object] = [
        ROW | {"id": f"{place}-1", "region": place, "text": place} for place in ("甲省", "乙省")
    ]
    ingest(write_rows(tmp_path / "two.jsonl", rows), tmp_path / "two.sqlite3", today=TODAY)
    library = Library([LawStore.open(tmp_path / "two.sqlite3")])
    assert "请指明地区" in refused(library, "某法第一条").reason
    assert found(library, "某法第一条", TODAY, "甲省").quote == "甲省"


def test_full_text_before_digest(library: Library) -> None:
    assert found(library, "样例管理法第一条").article.text_kind is TextKind.OFFICIAL
    only = found(library, "只有摘要法第一条")
    assert (only.article.text_kind, only.in_force) == (TextKind.DIGEST, True)
    assert "内置摘要没有收" in refused(library, "只有摘要法第七条").reason
    assert "不分款、项" in found(library, "只有摘要法第一条第一款").note
    kinds = {(one.law.title, one.text_kind) for one in library.articles(as_of=TODAY)}
    assert ("样例管理法", TextKind.OFFICIAL) in kinds
    assert ("样例管理法", TextKind.DIGEST) not in kinds
    assert ("只有摘要法", TextKind.DIGEST) in kinds


def test_without_a_store(digest: Digest) -> None:
    library = Library([digest])
    assert found(library, "样例管理法第一条").article.id == "digest:样例管理法:第一条"
    assert "尚未导入全文" in refused(library, "旧样例办法第一条").reason
    article = library.article("digest:只有摘要法:第一条")
    assert article is not None and article.topics == ("样例",)


def test_every_article_of_the_store_resolves_to_itself(library: Library, store: LawStore) -> None:
    for article in store.articles(as_of=TODAY):
        if article.number is not None:
            assert found(library, article.cited).article == article
