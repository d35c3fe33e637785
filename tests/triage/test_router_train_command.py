"""`zhili train router` as a user types it."""

from __future__ import annotations

from pathlib import Path

import pytest
from router_samples import gold_rows, level1_rows, write_rows
from typer.testing import CliRunner

from service.cli.train import commands
from triage.classifier.router import Router
from triage.errors import TrainingDataError


def test_trains_reports_and_writes(tmp_path: Path) -> None:
    gold = write_rows(tmp_path / "gold.jsonl", gold_rows(4))
    level1 = write_rows(tmp_path / "level1.jsonl", level1_rows(4))
    out = tmp_path / "out"
    arguments = ["router", "--data", str(gold), "--data", str(level1), "--out", str(out)]
    answer = CliRunner().invoke(commands, arguments)
    assert answer.exit_code == 0, answer.output
    assert "交叉验证 department/gold" in answer.output and "留出测试 level1/c2" in answer.output
    assert Router.load(out).manifest.details["data"]["files"] == ["gold.jsonl", "level1.jsonl"]


def test_one_convention_alone_is_no_router(tmp_path: Path) -> None:
    level1 = write_rows(tmp_path / "level1.jsonl", level1_rows(4))
    answer = CliRunner().invoke(commands, ["router", "--data", str(level1), "--out", str(tmp_path / "out")])
    assert isinstance(answer.exception, TrainingDataError)
    assert "训练数据不足以训练 level2" in str(answer.exception)


@pytest.mark.parametrize("arguments", [["--kind", "encoder"], ["--kind", "linear", "--encoder", "x"]])
def test_kind_and_encoder_must_agree(tmp_path: Path, arguments: list[str]) -> None:
    base = ["router", "--data", str(tmp_path / "x.jsonl"), "--out", str(tmp_path / "out")]
    answer = CliRunner().invoke(commands, [*base, *arguments])
    assert answer.exit_code == 2
