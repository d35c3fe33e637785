"""The department catalogue: what ships, what a city may bring, and what every broken rule says."""

from __future__ import annotations

import dataclasses
import json
import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.catalogue.book import Catalogue, load_catalogue
from triage.errors import CatalogueError
from triage.taxonomy.tree import load_taxonomy
from triage.values import LegalBasis

# The ids of the dispatch guideline: models and gold data are labelled with exactly these.
IDS = [
    "gonganju", "jiaojing", "zhujian", "ziran", "chengguan", "shengtai", "jiaotong",
    "guidao", "jiaoyu", "renshe", "yibao", "weijian", "shijian", "minzheng",
    "nongye", "shuili", "linye", "wenlv", "fagai", "gongxin", "tongxin",
    "shangwu", "jinrong", "shuiwu", "yingji", "xiaofang", "sifa", "tuiyi",
    "gongjijin", "zhengwu", "canlian", "xinfang", "jiwei", "dangwei", "minzong",
    "sifajiguan", "gongdian", "gongshui", "youzheng", "guozi", "jiedao", "other",
]  # fmt: skip

# Ours, made up for these tests.
CITY = """
[[department]]
id = "lvhua"
name = "园林处"
duties = ["修剪行道树"]
words = ["树枝"]
not_here = [{ matter = "路灯不亮", goes_to = "ludeng" }]
basis = ["《城市绿化条例》第七条"]

[[department]]
id = "ludeng"
name = "路灯所"
public_line = "12345"
duties = ["修路灯"]
words = ["路灯不亮", "灯坏了"]
"""


@pytest.fixture
def catalogue() -> Catalogue:
    return load_catalogue()


def write(folder: Path, text: str) -> Path:
    path = folder / "departments.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_ids_are_those_of_the_guideline(catalogue: Catalogue) -> None:
    assert list(catalogue.ids) == IDS


def test_every_department_is_described_richly(catalogue: Catalogue) -> None:
    for department in catalogue.departments:
        assert 5 <= len(department.duties) <= 12, department.id
        assert len(department.words) >= 15, department.id
        assert department.not_here, department.id
        assert 1 <= len(department.basis) <= 4, department.id


def test_words_are_words(catalogue: Catalogue) -> None:
    for department in catalogue.departments:
        for word in department.words:
            assert 1 <= len(word) <= 12, (department.id, word)
            assert "(" not in word and "（" not in word, (department.id, word)


@pytest.mark.parametrize(
    ("word", "id"),
    [
        ("油烟", "chengguan"),
        ("夜间施工", "chengguan"),
        ("违章搭建", "chengguan"),
        ("广场舞", "gonganju"),
        ("拖欠工资", "renshe"),
        ("辅导班退费", "jiaoyu"),
        ("物业费", "zhujian"),
        ("征地款", "ziran"),
        ("公交线路", "jiaotong"),
        ("违停", "jiaojing"),
        ("消防通道", "xiaofang"),
        ("异地就医", "yibao"),
        ("业委会换届", "jiedao"),
    ],
)
def test_the_principles_of_the_guideline_hold(catalogue: Catalogue, word: str, id: str) -> None:
    assert [each.id for each in catalogue.departments if word in each.words] == [id]


def test_wrong_sendings_name_where_the_matter_belongs(catalogue: Catalogue) -> None:
    sent = {row.matter: row.goes_to for row in catalogue.department("zhujian").not_here}
    assert sent["农民工工资拖欠"] == "renshe"
    assert sent["业委会成立和换届"] == "jiedao"


def test_public_lines_are_short_numbers(catalogue: Catalogue) -> None:
    for department in catalogue.departments:
        line = department.public_line
        assert line == "" or (line.isdecimal() and 3 <= len(line) <= 5), department.id
    assert catalogue.department("shijian").public_line == "12315"
    assert catalogue.department("gongdian").public_line == "95598"


def test_it_is_frozen_and_read_once(catalogue: Catalogue) -> None:
    assert load_catalogue() is catalogue
    with pytest.raises(dataclasses.FrozenInstanceError):
        catalogue.department("zhujian").name = "别的"  # type: ignore[misc]


def test_an_unknown_id_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueError, match=r"单位目录中没有 haiguan.*应为：gonganju"):
        catalogue.department("haiguan")
    assert "haiguan" not in catalogue
    assert "zhujian" in catalogue


def test_a_city_brings_its_own(tmp_path: Path) -> None:
    catalogue = load_catalogue(write(tmp_path, CITY))
    assert catalogue.ids == ("lvhua", "ludeng")
    first, second = catalogue.departments
    assert first.basis == (LegalBasis("城市绿化条例", "第七条"),)
    assert first.not_here[0].goes_to == "ludeng"
    assert (second.basis, second.not_here, second.public_line) == ((), (), "12345")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('id = "ludeng"', 'id = "lvhua"', "id 重复"),
        ('id = "ludeng"', 'id = "路灯"', "id 不对"),
        ('name = "路灯所"', 'name = "园林处"', "name 重复"),
        ('name = "路灯所"', "", "name 不对.*缺失"),
        ('duties = ["修路灯"]', "duties = []", "duties 不对.*实际：空"),
        ('duties = ["修路灯"]', 'duties = "修路灯"', "duties 不对.*字符串列表"),
        ('["路灯不亮", "灯坏了"]', '["灯坏了", "灯坏了"]', "words 有重复.*灯坏了"),
        ('["路灯不亮", "灯坏了"]', '["路灯不亮", 3]', "words 中有一项不对.*实际：3"),
        ('goes_to = "ludeng"', 'goes_to = "guangdian"', "不存在的单位.*实际：guangdian"),
        ('goes_to = "ludeng"', 'goes_to = "lvhua"', "指向自己"),
        ('goes_to = "ludeng"', 'to = "ludeng"', "不认识的键 to"),
        ('[{ matter = "路灯不亮", goes_to = "ludeng" }]', '["路灯"]', "not_here 不对"),
        ("《城市绿化条例》第七条", "城市绿化条例第七条", "法律依据无法识别.*实际：城市绿化条例第七条"),
        ("《城市绿化条例》第七条", "《城市绿化条例》第7条", "法律依据无法识别"),
        ('public_line = "12345"', "public_line = 12345", "public_line 不对.*实际：12345"),
        ('public_line = "12345"', 'hotline = "12345"', "不认识的键 hotline"),
        ("[[department]]", "[[departments]]", "结构不对"),
        ("[[department]]", "[department", "不是合法的 TOML"),
    ],
)
def test_a_broken_rule_says_where_and_what(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in CITY
    path = write(tmp_path, CITY.replace(old, new))
    with pytest.raises(CatalogueError, match=told) as caught:
        load_catalogue(path)
    assert str(path) in str(caught.value)
    assert caught.value.expected and caught.value.found and caught.value.remedy


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"\x00\x01"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "departments.toml"
    path.write_bytes(data)
    with pytest.raises(CatalogueError, match=r"departments\.toml"):
        load_catalogue(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="无法读取"):
        load_catalogue(tmp_path / "nowhere.toml")


@given(st.text(max_size=20))
def test_only_whole_citations_are_taken(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("city")
    entry = CITY.replace('"《城市绿化条例》第七条"', json.dumps(f"《城市绿化条例》第七条{text}"))
    if not text.strip():
        assert load_catalogue(write(folder, entry)).departments[0].basis
    elif not text.startswith("之"):
        with pytest.raises(CatalogueError):
            load_catalogue(write(folder, entry))


def test_no_law_is_cited_whose_articles_moved(catalogue: Catalogue) -> None:
    # Revised and renumbered, while the collected law still holds the older text as current.
    moved = {"村民委员会组织法", "城市居民委员会组织法", "殡葬管理条例", "传染病防治法", "仲裁法"}
    cited = {basis.law for department in catalogue.departments for basis in department.basis}
    cited |= {basis.law for matter in load_taxonomy().matters for basis in matter.basis}
    assert not cited & moved


@pytest.mark.data
def test_every_cited_article_is_law_today(data_dir: Path, catalogue: Catalogue) -> None:
    """Each basis of the catalogue and of the taxonomy stands in the collected law, current and national."""
    cited = {basis for department in catalogue.departments for basis in department.basis}
    cited |= {basis for matter in load_taxonomy().matters for basis in matter.basis}
    missing = set(cited)
    with lzma.open(data_dir / "law" / "articles.jsonl.xz", "rt", encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            if row["status"] == "current" and row["region"] == "全国":
                missing.discard(LegalBasis(row["law"], row["article_no"]))
    assert cited and not missing
