"""The dispatch catalogue: what ships, what a city may bring, what every broken rule says, and matching."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from foundation.errors import FileProblem
from triage.catalogue.book import load_catalogue
from triage.catalogue.dispatch import DispatchEntry
from triage.catalogue.entries import DispatchCatalogue, load_dispatch
from triage.catalogue.entry_table import write_table
from triage.catalogue.matching import Matcher
from triage.catalogue.word_counts import WordCounts, count_words, load_counts, write_counts
from triage.catalogue.word_finder import WordFinder
from triage.errors import CatalogueError
from triage.taxonomy.tree import load_taxonomy
from triage.values import DepartmentScore, MatterScore, Prediction

# Ours, made up for these tests.
CITY = """
mode = "override"
[[entry]]
id = "fc_wuye_fuwu"
name = "物业服务（本市）"
level1 = "城乡建设"
level2 = "住房保障与房地产"
lead = "chengguan"
basis = ["《物业管理条例》第五条"]
ask = ["哪个小区"]
tell = ["会转给主管单位"]
words = ["物业"]
"""


@pytest.fixture(scope="module")
def shipped() -> DispatchCatalogue:
    return load_dispatch()


def write(folder: Path, text: str, name: str = "city.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def prediction(department: dict[str, float], matter: dict[tuple[str, str], float]) -> Prediction:
    names = {each.id: each.name for each in load_catalogue().departments}
    return Prediction(
        matter=tuple(MatterScore(*pair, p) for pair, p in matter.items()),
        department=tuple(DepartmentScore(id, names[id], p) for id, p in department.items()),
        kind=(),
        urgency=(),
    )


def test_at_least_250_entries_ship_and_cover_every_matter(shipped: DispatchCatalogue) -> None:
    assert len(shipped) >= 250
    assert {(entry.level1, entry.level2) for entry in shipped.entries} == set(load_taxonomy().pairs)


def test_every_department_leads_an_entry(shipped: DispatchCatalogue) -> None:
    assert {entry.lead for entry in shipped.entries} >= set(load_catalogue().ids) - {"other"}


def test_every_entry_asks_twice_and_has_words(shipped: DispatchCatalogue) -> None:
    for entry in shipped.entries:
        assert len(entry.ask) >= 2, entry.id
        assert len(entry.words) >= 4, entry.id
        assert sum(map(len, entry.tell)) >= 12, entry.id


def test_a_city_overrides_one_entry_and_keeps_the_rest(tmp_path: Path, shipped: DispatchCatalogue) -> None:
    city = load_dispatch(write(tmp_path, CITY))
    assert len(city) == len(shipped)
    assert city.entry("fc_wuye_fuwu").lead == "chengguan"
    assert [entry.id for entry in city.entries] == [entry.id for entry in shipped.entries]


def test_a_city_adds_and_removes(tmp_path: Path, shipped: DispatchCatalogue) -> None:
    text = CITY.replace("fc_wuye_fuwu", "city_one")
    text = text.replace("[[entry]]", 'remove = ["jt_heiche"]\n[[entry]]')
    city = load_dispatch(write(tmp_path, text))
    assert "jt_heiche" not in city
    assert city.entries[-1].id == "city_one"
    assert len(city) == len(shipped)


def test_a_city_replaces_everything(tmp_path: Path) -> None:
    assert len(load_dispatch(write(tmp_path, CITY.replace("override", "replace")))) == 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('mode = "override"', "", "没有说明与随附目录的关系"),
        ("override", "merge", "没有说明与随附目录的关系"),
        ('id = "fc_wuye_fuwu"', 'id = "物业"', "的 id 不对"),
        ('lead = "chengguan"', "", "的 lead 不对"),
        ("第五条", "5条", "的法律依据无法识别"),
        ("ask =", "asks =", "有不认识的键 asks"),
        ('words = ["物业"]', "words = []", "的 words 不对"),
        ("[[entry]]", 'remove = ["nix"]\n[[entry]]', "的 remove 无从删除；应为：随附目录中的条目 id"),
        ("tell =", 'not_competent = ["x"]\ntell =', "的 not_competent 不对"),
    ],
)
def test_a_broken_file_is_told_with_its_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(CatalogueError, match=r"city\.toml") as caught:
        load_dispatch(write(tmp_path, CITY.replace(old, new)))
    assert says in str(caught.value)


def test_an_id_stands_once(tmp_path: Path) -> None:
    body = CITY.split("[[entry]]")[1]
    with pytest.raises(CatalogueError, match="id 重复"):
        load_dispatch(write(tmp_path, CITY + "[[entry]]" + body))


def test_an_unknown_entry_is_told(shipped: DispatchCatalogue) -> None:
    with pytest.raises(CatalogueError, match="派单目录中没有条目 nix"):
        shipped.entry("nix")


def test_the_table_gives_back_every_entry(tmp_path: Path, shipped: DispatchCatalogue) -> None:
    path = tmp_path / "city.xlsx"
    write_table(shipped.entries, load_catalogue(), path)
    assert load_dispatch(path).entries == shipped.entries


def test_a_table_with_a_strange_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"表头不对.*缺 名称.*多出 名字"):
        load_dispatch(write(tmp_path, "编号,名字\na,b\n", "city.csv"))


def test_only_xlsx_is_written(tmp_path: Path, shipped: DispatchCatalogue) -> None:
    with pytest.raises(FileProblem, match="不能导出为"):
        write_table(shipped.entries, load_catalogue(), tmp_path / "city.csv")


def test_words_alone_find_the_entry(shipped: DispatchCatalogue) -> None:
    (first, *_) = shipped.match("物业停水催费\n因为没有交物业费，物业把我家的水停了三天")
    assert first.entry.id == "cj_tingshui_tingdian_wuye"
    assert "物业停水" in first.words
    assert 0 < first.score <= 1


def test_nothing_to_go_on_gives_no_entry(shipped: DispatchCatalogue) -> None:
    assert shipped.match("嗯") == ()


def test_the_router_tips_the_balance_between_entries(shipped: DispatchCatalogue) -> None:
    text = "楼上\n天天有噪声，睡不着"
    said = prediction({"shengtai": 0.9, "gonganju": 0.1}, {("环境保护", "环境污染"): 0.9})
    assert shipped.match(text, said)[0].entry.lead == "shengtai"


def test_a_word_in_the_title_counts_more(shipped: DispatchCatalogue) -> None:
    one = replace(shipped.entry("jt_kuaidi"), id="one", words=("快递",))
    two = replace(shipped.entry("cj_ludeng"), id="two", words=("路灯",))
    matcher = Matcher([one, two], counts=WordCounts(100, {"快递": 5, "路灯": 5}))
    assert matcher.match("快递\n路灯", None, 2)[0].entry.id == "one"
    assert matcher.match("路灯\n快递", None, 2)[0].entry.id == "two"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("物业把水停水了", {"物业…停水": 0, "停水": 4}),
        ("物业" + "一" * 9 + "停水", {"停水": 11}),
        ("停水物业", {"停水": 0}),
    ],
)
def test_a_gap_is_close_and_in_order(text: str, found: dict[str, int]) -> None:
    assert WordFinder(["物业…停水", "停水"]).find(text) == found


def test_a_rare_word_tells_more_and_counts_come_back(tmp_path: Path) -> None:
    counts = count_words(["快递", "驿站"], ["快递丢了", "快递放驿站", "路灯"])
    assert counts.counts == {"快递": 2, "驿站": 1}
    assert counts.rarity("驿站") > counts.rarity("快递") > 0
    write_counts(counts, tmp_path / "counts.tsv")
    assert load_counts(tmp_path / "counts.tsv") == counts


def test_a_broken_count_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="无法读取词频文件"):
        load_counts(write(tmp_path, "快递\tviele\n", "counts.tsv"))


def test_entries_hold_no_text_that_a_table_could_not_carry(shipped: DispatchCatalogue) -> None:
    for entry in shipped.entries:
        assert "；" not in _all_text(entry), entry.id


def _all_text(entry: DispatchEntry) -> str:
    said = (*entry.ask, *entry.tell, *entry.words, *(each.why for each in entry.not_competent))
    return "".join(said)
