from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from test_law_library import DIGEST

from legal_corpus.check import check_digest, longest_copy
from legal_corpus.digest import load_digest
from legal_corpus.errors import DigestError
from legal_corpus.store import LawStore
from legal_corpus.titles import canonical_title, replaced
from legal_corpus.values import Status

TODAY = date(2026, 11, 22)
GOOD = DIGEST.format(title="样例管理法", day="2021-04-02")


def write(folder: Path, text: str, name: str = "a.toml") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('article = "第一条"', 'article = "首条"', "a.toml（首条） 有误；应为：条号"),
        ('topics = ["样例"]', "topics = []", "第一条 topics"),
        ('text = "我们自己的话。"', 'text = " "', "非空文字"),
        ("2021-04-02", '"2021-04-02"', "日期"),
        ('level = "法律"\n', "", "键 level"),
        ('level = "法律"', 'level = "法律"\ncolour = 1', "多出 colour"),
        ("[law]", "[lex]", r"\[law\]"),
        ("[[article]]", "[[articel]]", "至少一个"),
        ('title = "', "title = ", "TOML"),
    ],
)
def test_a_broken_digest_names_file_and_entry(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(DigestError, match=message):
        load_digest(write(tmp_path, GOOD.replace(old, new, 1)))


def test_nothing_twice(tmp_path: Path) -> None:
    entry = GOOD[GOOD.index("[[article]]") :]
    with pytest.raises(DigestError, match="重复"):
        load_digest(write(tmp_path, GOOD + entry))
    with pytest.raises(DigestError, match=r"b.toml.*与另一个文件重复"):
        load_digest(write(write(tmp_path, GOOD), GOOD, "b.toml"))


def test_a_digest_of_an_overtaken_text_is_refused(tmp_path: Path) -> None:
    text = DIGEST.format(title="殡葬管理条例", day="2012-11-09")
    with pytest.raises(DigestError, match="以新法为准"):
        load_digest(write(tmp_path, text), today=TODAY)


def test_a_law_of_the_future(tmp_path: Path) -> None:
    digest = load_digest(write(tmp_path, GOOD), today=date(2021, 8, 31))
    assert digest.laws[0].status is Status.NOT_YET
    assert list(digest.articles(as_of=date(2021, 8, 31))) == []
    assert len(list(digest.articles(as_of=date(2021, 9, 1)))) == 1


def test_the_embedded_digest_loads() -> None:
    digest = load_digest()
    assert all(entry.topics and entry.text for entry in digest.entries)
    assert len({entry.id for entry in digest.entries}) == len(digest.entries)


def kinds(store: LawStore, folder: Path, text: str) -> list[str]:
    return [
        problem.kind
        for problem in check_digest(load_digest(write(folder, text), today=TODAY), store, today=TODAY)
    ]


def test_check_against_the_full_text(store: LawStore, tmp_path: Path) -> None:
    folder = tmp_path / "digest"
    folder.mkdir()
    assert kinds(store, folder, GOOD) == []
    assert kinds(store, folder, GOOD.replace("2021-04-02", "2015-03-01")) == ["outdated"]
    assert kinds(store, folder, GOOD.replace("2021-09-01", "2021-10-01")) == ["dates"]
    assert kinds(store, folder, GOOD.replace("第一条", "第八条")) == ["missing_article"]
    assert kinds(store, folder, GOOD.replace("样例管理法", "没有的法")) == ["missing_law"]
    assert "not_in_force" in kinds(store, folder, GOOD.replace("样例管理法", "失效样例条例"))
    copied = GOOD.replace("第一条", "第二条").replace("我们自己的话", "凡有下列情形之一的，责令改正甲事")
    assert kinds(store, folder, copied) == ["copied"]


def test_copies_are_counted_in_chinese_characters() -> None:
    official = "甲乙丙丁，戊己庚辛；壬癸子丑寅卯。"
    assert longest_copy("说：甲乙丙丁戊己庚辛壬癸子丑！", official, set()) == "甲乙丙丁戊己庚辛壬癸子丑"
    assert longest_copy("甲乙丙丁戊己另写庚辛壬癸", official, set()) == "甲乙丙丁戊己"
    assert longest_copy("甲乙丙丁戊己庚辛", official, {"丙丁戊己"}) == "甲乙"
    assert longest_copy("依《戊己庚辛壬癸》办", official, set()) == ""


def test_aliases_and_successors() -> None:
    assert canonical_title("道交法") == "道路交通安全法"
    assert canonical_title("《消法》") == "消费者权益保护法"
    assert canonical_title("没有的简称") == "没有的简称"
    successor = replaced("中华人民共和国合同法")
    assert successor is not None and (successor.by, successor.since) == ("民法典", date(2021, 1, 1))
    assert replaced("民法典") is None
