"""`zhili catalogue`: check, show, export and count through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli.catalogue import commands

run = CliRunner()


@pytest.fixture(autouse=True)
def no_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHILI_HOME", str(tmp_path / "home"))


def test_the_shipped_catalogue_has_no_error_against_the_digest() -> None:
    result = run.invoke(commands, ["check", "default"])
    assert result.exit_code == 0, result.output
    assert "0 个错误" in result.output


def test_export_edit_check_finds_an_unknown_department(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    table = tmp_path / "city.xlsx"
    assert run.invoke(commands, ["export", str(table)]).exit_code == 0
    book = load_workbook(table)
    sheet = book.worksheets[0]
    sheet.cell(2, 6).value = "不存在的局"
    book.save(table)
    result = run.invoke(commands, ["check", str(table), "--json"])
    assert result.exit_code == 1
    assert "不存在的局" in result.output


def test_an_entry_and_a_matter_are_shown() -> None:
    card = run.invoke(commands, ["show", "jt_kuaidi"])
    assert "主办：邮政管理局" in card.output
    listed = run.invoke(commands, ["show", "--matter", "交通运输/出租车管理"])
    assert "jt_heiche" in listed.output
    assert "jt_kuaidi" not in listed.output


def test_words_are_counted_without_the_left_out_messages(tmp_path: Path) -> None:
    tickets = tmp_path / "tickets.csv"
    tickets.write_text("title,text\n快递,丢件一\n快递,丢件二\n", "utf-8")
    gold = tmp_path / "gold.csv"
    gold.write_text("title,text\n快递,丢件二\n", "utf-8")
    out = tmp_path / "counts.tsv"
    args = ["count", "--data", str(tickets), "--out", str(out), "--without", str(gold)]
    result = run.invoke(commands, args)
    assert result.exit_code == 0, result.output
    assert "messages\t1" in out.read_text("utf-8")
