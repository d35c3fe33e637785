"""A centre's own tickets: its columns, what is wrong with them, replacing a router, corrections."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook
from router_samples import gold_rows, level1_rows, small_recipe, write_rows
from typer.testing import CliRunner

from foundation.tables import Row
from service.cli.train import commands
from triage.classifier.router import Router
from triage.errors import TrainingDataError
from triage.training.checks import check_rows
from triage.training.compare import _paired
from triage.training.corrections import continue_router
from triage.training.data import TrainingRow, load_rows
from triage.training.recipe import train_router
from triage.training.replace import put_in_place, train_and_replace
from triage.training.split import split_rows, twin_groups
from triage.training.tickets import ColumnMap

COLUMNS = {
    "工单编号": "id", "诉求标题": "title", "诉求内容": "text", "一级事项": "level1", "二级事项": "level2",
    "承办单位": "department", "诉求类型": "kind", "紧急程度": "urgency", "受理时间": "time",
}  # fmt: skip
NAMES = {
    "zhujian": "住房城乡建设局", "jiaotong": "交通运输局",
    "renshe": "人力资源社会保障局", "weijian": "卫生健康委",
}  # fmt: skip


def tickets(path: Path, copies: int = 4) -> Path:
    """Our sample messages as a centre's spreadsheet, with its own column names and department names."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*COLUMNS, "回访满意度"])
    for number, row in enumerate(gold_rows(copies)):
        values = [row[name] for name in ("uid", "title", "text", "level1", "level2")]
        day = f"20{17 + number % 3}-03-01 09:00:00"
        sheet.append([*values, NAMES[str(row["dept"])], row["type"], row["urgency"], day, "满意"])
    book.save(path)
    return path


def columns() -> ColumnMap:
    return ColumnMap.parse([f"{column}={name}" for column, name in COLUMNS.items()])


def test_a_spreadsheet_with_its_own_columns_and_names_is_read(tmp_path: Path) -> None:
    rows = load_rows([tickets(tmp_path / "tickets.xlsx")], columns=columns())
    assert {row.dept for row in rows} == set(NAMES)
    assert rows[0].level2 and rows[0].received == "2017-03-01 09:00:00"
    assert not any("满意" in row.text for row in rows)


@pytest.mark.parametrize("pair", ["没有等号", "=text", "内容=正文"])
def test_a_pair_that_cannot_be_understood_says_which_fields_there_are(pair: str) -> None:
    with pytest.raises(TrainingDataError, match="department"):
        ColumnMap.parse([pair])


def test_a_mapped_column_that_is_missing_is_named() -> None:
    with pytest.raises(TrainingDataError, match="诉求正文"):
        ColumnMap.parse(["诉求正文=text"]).apply(Row(1, {"内容": "x"}), "tickets.csv")


def test_a_split_by_time_puts_later_rows_into_the_test_part(tmp_path: Path) -> None:
    rows = load_rows([tickets(tmp_path / "tickets.xlsx")], columns=columns())
    undated = replace(rows[0], id="undated", received="", text="没有日期的一条留言，说的是别的事情。")
    split = split_rows([*rows, undated], test_from="2019-01-01")
    assert split.test and all(row.received >= "2019" for row in split.test)
    assert split.train and all(row.received < "2019" for row in split.train)
    assert undated in split.left_out


def message(id: str, text: str, dept: str) -> TrainingRow:
    return TrainingRow(id, text, "plain", id, dept=dept)


def test_the_check_finds_disputes_leaks_thin_labels_and_twins() -> None:
    text = "小区电梯坏了三天没有人修，老人上下楼十分不便，请有关部门督促物业尽快维修。"
    leak = "来电反映噪声扰民。办理结果：经核实，已责令整改，群众表示满意。"
    rows = [message("a", text, "zhujian"), message("b", text, "shijian"), message("c", leak, "shengtai")]
    found = check_rows(rows, twin_groups(rows))
    assert [(dispute.head, dispute.ids) for dispute in found.disputes] == [("department", ("a", "b"))]
    assert found.leaks == ("c",) and found.duplicates == 2 and found.undated == 3
    assert set(found.thin["department"]) == {"zhujian", "shijian", "shengtai"}
    assert any("标签冲突 1 组" in line for line in found.lines())
    assert not any("电梯" in line for line in found.lines()), "texts are never printed"


def test_two_conventions_of_level1_are_no_dispute() -> None:
    text = "楼下烧烤店油烟直排，晚上开窗全是味道，反映多次没有人处理，请帮忙解决。"
    one = TrainingRow("a", text, "c2", "a", level1="城乡建设")
    two = TrainingRow("b", text, "gold", "b", level1="环境保护", level2="大气污染防治", dept="chengguan")
    assert check_rows([one, two], [0, 0]).disputes == ()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small router, with the files that it was trained on beside it."""
    folder = tmp_path_factory.mktemp("trained")
    write_rows(folder / "gold.jsonl", gold_rows(4))
    write_rows(folder / "level1.jsonl", level1_rows(30))
    train_router([folder / "gold.jsonl", folder / "level1.jsonl"], folder / "router", small_recipe())
    return folder


def test_the_difference_of_two_routers_is_paired() -> None:
    one = np.array([True] * 50 + [False] * 50)
    better = np.array([True] * 80 + [False] * 20)
    found = _paired("level1", one, better)
    assert found.low > 0 and not found.worse and "变好" in found.line()
    assert _paired("level1", better, one).worse
    assert "无显著差别" in _paired("level1", one, one).line()


def test_a_worse_router_does_not_take_the_place(trained: Path, tmp_path: Path) -> None:
    """The new data calls every matter wrongly; the test part of it is right and unseen by both."""
    out = tmp_path / "router"
    shutil.copytree(trained / "router", out)
    before = Router.load(out).manifest.hash
    rows = load_rows([trained / "gold.jsonl", trained / "level1.jsonl"])
    test = {row.id.partition(":")[2] for row in split_rows(rows).test}
    wrong = [row if str(row["row"]) in test else {**row, "label": "环境保护"} for row in level1_rows(30)]
    write_rows(tmp_path / "wrong.jsonl", wrong)
    outcome = train_and_replace([trained / "gold.jsonl", tmp_path / "wrong.jsonl"], out, small_recipe())
    assert not outcome.replaced and any(found.worse for found in outcome.comparisons)
    assert Router.load(out).manifest.hash == before
    assert Router.load(outcome.folder).manifest.hash != before


def test_a_router_that_is_not_worse_replaces_and_keeps_the_old_one(trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "router"
    shutil.copytree(trained / "router", out)
    before = Router.load(out).manifest.hash
    outcome = train_and_replace([trained / "gold.jsonl", trained / "level1.jsonl"], out, small_recipe())
    assert outcome.replaced and outcome.folder == out
    assert Router.load(tmp_path / "router.previous").manifest.hash == before


def test_what_is_put_in_place_can_be_taken_back(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "mark").write_text("old")
    put_in_place(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old.previous" / "mark").read_text() == "old"
    assert not (tmp_path / "new").exists()


def test_corrections_are_learned_and_little_is_forgotten(trained: Path, tmp_path: Path) -> None:
    text = "路边共享雨伞架倒了压住盲道"
    corrections = [
        {"id": f"k{number}", "text": f"{text}，第{number}处", "department": "林业和园林局"}
        for number in range(4)
    ]
    path = write_rows(tmp_path / "corrections.jsonl", corrections)
    done = continue_router(trained / "router", [path], tmp_path / "new")
    assert done.after == 1.0 and done.after > done.before
    assert done.kept_after >= done.kept_before - 0.02
    router = Router.load(tmp_path / "new")
    assert router.predict([text])[0].department[0].id == "linye"
    assert router.manifest.details["corrections"][0]["rows"] == 4
    assert "Corrections" in (tmp_path / "new" / "README.md").read_text("utf-8")
    assert router.seen([f"{text}，第0处"]) == [True]


def test_corrections_without_a_label_are_refused(trained: Path, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "none.jsonl", [{"text": "没有标签的留言"}])
    with pytest.raises(TrainingDataError, match="0 条更正"):
        continue_router(trained / "router", [path], tmp_path / "new")


def test_corrections_as_a_user_types_them(trained: Path, tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "corrections.jsonl", [{"诉求": "共享雨伞架倒了压住盲道", "单位": "chengguan"}]
    )
    arguments = ["router", "--continue", str(trained / "router"), "--data", str(path)]
    arguments += ["--out", str(tmp_path / "new"), "--map", "诉求=text", "--map", "单位=department"]
    answer = CliRunner().invoke(commands, arguments)
    assert answer.exit_code == 0, answer.output
    assert "加入更正 1 条" in answer.output
