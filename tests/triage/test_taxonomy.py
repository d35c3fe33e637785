"""The taxonomy of matters: what ships, what a city may bring, and what every broken rule says."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from triage.catalogue.book import load_catalogue
from triage.errors import CatalogueError
from triage.taxonomy.tree import Taxonomy, check_departments, load_taxonomy
from triage.values import LegalBasis

# Ours, made up for these tests.
CITY = """
[[matter]]
level1 = "城市"
level2 = "路灯"
words = ["路灯不亮"]
department = ["zhujian", "gongdian"]
basis = ["《城市道路管理条例》第六条"]

[[matter]]
level1 = "城市"
level2 = "其他"
words = ["别的事"]
department = ["other"]

[[matter]]
level1 = "乡村"
level2 = "其他"
words = ["村里的事"]
department = ["jiedao"]
"""


@pytest.fixture
def taxonomy() -> Taxonomy:
    return load_taxonomy()


def write(folder: Path, text: str) -> Path:
    path = folder / "matters.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_tree_has_its_size(taxonomy: Taxonomy) -> None:
    assert len(taxonomy.level1) == 15
    assert len(taxonomy.pairs) == 118
    assert sum(len(taxonomy.children(name)) for name in taxonomy.level1) == 118


def test_every_matter_is_described(taxonomy: Taxonomy) -> None:
    for matter in taxonomy.matters:
        assert 6 <= len(matter.words) <= 15, matter
        assert 1 <= len(matter.department) <= 3, matter
        assert len(matter.basis) <= 3, matter


def test_every_department_is_in_the_catalogue(taxonomy: Taxonomy) -> None:
    check_departments(taxonomy, load_catalogue())


def test_every_department_has_a_matter(taxonomy: Taxonomy) -> None:
    named = {id for matter in taxonomy.matters for id in matter.department}
    # Repeated petitions may be about anything: no matter of the taxonomy is usually theirs.
    assert set(load_catalogue().ids) - named == {"xinfang"}


def test_paths_are_pairs_and_not_names(taxonomy: Taxonomy) -> None:
    assert taxonomy.is_path("经济管理", "安全生产")
    assert taxonomy.is_path("城乡建设", "安全生产")
    assert not taxonomy.is_path("教育文体", "安全生产")
    assert not taxonomy.is_path("安全生产", "经济管理")
    assert taxonomy.matter("经济管理", "安全生产") != taxonomy.matter("城乡建设", "安全生产")


def test_unknown_names_are_refused(taxonomy: Taxonomy) -> None:
    with pytest.raises(CatalogueError, match="没有一级分类“天文”"):
        taxonomy.children("天文")
    with pytest.raises(CatalogueError, match=r"没有“教育文体／天文”.*应为：教师队伍和待遇"):
        taxonomy.matter("教育文体", "天文")


def test_it_is_frozen_and_read_once(taxonomy: Taxonomy) -> None:
    assert load_taxonomy() is taxonomy
    with pytest.raises(dataclasses.FrozenInstanceError):
        taxonomy.matters[0].level1 = "别的"  # type: ignore[misc]


def test_a_city_brings_its_own(tmp_path: Path) -> None:
    taxonomy = load_taxonomy(write(tmp_path, CITY))
    assert taxonomy.level1 == ("城市", "乡村")
    assert taxonomy.children("城市") == ("路灯", "其他")
    assert taxonomy.pairs == (("城市", "路灯"), ("城市", "其他"), ("乡村", "其他"))
    assert taxonomy.matter("城市", "路灯").basis == (LegalBasis("城市道路管理条例", "第六条"),)
    assert taxonomy.matter("乡村", "其他").basis == ()


def test_a_department_that_is_nowhere_is_told(tmp_path: Path) -> None:
    taxonomy = load_taxonomy(write(tmp_path, CITY.replace("gongdian", "dianye")))
    with pytest.raises(CatalogueError, match=r"城市／路灯.*实际：dianye"):
        check_departments(taxonomy, load_catalogue())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('level1 = "乡村"', 'level1 = "城市"', "城市／其他.*重复.*第 2 个"),
        ('level2 = "路灯"', "", "第 1 个.*level2 不对.*缺失"),
        ('level2 = "路灯"', 'level2 = " "', "level2 不对"),
        ('words = ["别的事"]', "words = []", "城市／其他.*words 不对.*实际：空"),
        ('department = ["other"]', "", "department 不对"),
        ('department = ["other"]', 'departments = ["other"]', "不认识的键 departments"),
        ("第六条", "第 6 条", "法律依据无法识别"),
        ("[[matter]]", "[[item]]", "结构不对.*item"),
    ],
)
def test_a_broken_rule_says_where_and_what(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in CITY
    path = write(tmp_path, CITY.replace(old, new))
    with pytest.raises(CatalogueError, match=told) as caught:
        load_taxonomy(path)
    assert str(path) in str(caught.value)
    assert caught.value.expected and caught.value.found and caught.value.remedy


@pytest.mark.data
def test_the_pairs_are_exactly_those_of_the_national_taxonomy(data_dir: Path, taxonomy: Taxonomy) -> None:
    text = (data_dir / "petition" / "teddy_c1_taxonomy.jsonl").read_text("utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    assert taxonomy.pairs == tuple(dict.fromkeys((row["level1"], row["level2"]) for row in rows))


@pytest.mark.data
def test_every_pair_of_the_dispatch_gold_exists(data_dir: Path, taxonomy: Taxonomy) -> None:
    text = (data_dir / "petition" / "dispatch_gold_dev.jsonl").read_text("utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    assert {(row["level1"], row["level2"]) for row in rows} <= set(taxonomy.pairs)
    assert {row["dept"] for row in rows} <= set(load_catalogue().ids)
