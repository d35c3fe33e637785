"""`zhili clock`: what it prints, and how it refuses."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from foundation.errors import ZhiliError
from service.cli.clock import commands


def _run(*words: str) -> str:
    done = CliRunner().invoke(commands, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_due_tells_day_word_and_article() -> None:
    out = _run("due", "xinfang_60", "--start", "2026-11-23", "--extended", "1")
    assert "最迟 2027-02-21" in out
    assert "最迟 2027-01-22" in out, "the citizen is told before the first sixty days are over"
    assert "《信访工作条例》第三十四条" in out


def test_due_by_the_hour_and_as_json() -> None:
    assert "最迟 2026-11-25 09:30" in _run("due", "telecom_fault_48h", "--start", "2026-11-23T09:30")
    found = json.loads(_run("due", "xinfang_60", "--start", "2026-11-23", "--json"))
    assert found["due"] == "2027-01-22" and found["clock"]["basis"]["law"] == "信访工作条例"


def test_list_filters() -> None:
    out = _run("list", "燃气")
    assert "gas_complaint_15wd" in out and "xinfang_60" not in out
    assert len(json.loads(_run("list", "--json"))) >= 45


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("due", "xinfang_60", "--start", "昨天"), "起点不是日期"),
        (("due", "nothing", "--start", "2026-11-23"), "没有这个时限"),
        (("due", "gov_info_20wd", "--start", "2026-12-20"), "2027 年的节假日安排尚不掌握"),
    ],
)
def test_refusals(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(ZhiliError, match=said):
        _run(*words)
