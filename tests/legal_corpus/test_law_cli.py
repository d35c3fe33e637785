from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from legal_corpus.errors import SourceError, StoreError
from service.cli.corpus import commands
from service.cli.law import law

RUNNER = CliRunner()
APP = typer.Typer()
APP.command("law")(law)
APP.add_typer(commands, name="corpus")


def run(*words: str, code: int = 0) -> str:
    result = RUNNER.invoke(APP, list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def test_ingest_status_and_law(collection: Path, own_home: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    said = run("corpus", "ingest", str(collection), "--report", str(report))
    assert "读入 9 个版本" in said
    assert "zhili index build" in said
    assert any("skipped" in json.loads(line) for line in report.read_text("utf-8").splitlines())
    assert "9 个版本" in run("corpus", "status")
    assert json.loads(run("corpus", "status", "--json"))["statuses"]["in_force"] == 4
    assert (own_home / "corpus.sqlite3").is_file()

    said = run("law", "样例管理法第二条第一款第（二）项")
    assert "（二）乙事。" in said and "原文" in said and "有效" in said
    assert "当时有效的版本" in run("law", "样例管理法第一条", "--as-of", "2018-01-01")
    assert "不是有效的法律" in run("law", "旧样例办法第一条")
    assert "只有 3 条" in run("law", "样例管理法第九条", code=1)
    assert (
        json.loads(run("law", "样例绿化条例第一条", "--region", "甲省", "--json"))["quote"] == "甲省的绿化。"
    )


def test_law_without_a_corpus_uses_the_digest() -> None:
    said = run("law", "不存在的样例法第一条", code=1)
    assert "尚未导入全文" in said


def test_without_a_corpus_the_errors_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="zhili corpus ingest"):
        run("corpus", "status")
    with pytest.raises(StoreError, match="zhili corpus ingest"):
        run("corpus", "check")
    with pytest.raises(SourceError, match="找不到"):
        run("corpus", "ingest", str(tmp_path / "nothing"))


def test_check_says_what_is_wrong(collection: Path) -> None:
    run("corpus", "ingest", str(collection))
    assert "处有问题" in run("corpus", "check", code=1)


def test_fetch_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch, own_home: Path) -> None:
    def fake(url: str, target: Path, **_: object) -> Path:
        target.parent.mkdir(parents=True)
        target.write_bytes(b"x")
        return target

    monkeypatch.setattr("legal_corpus.fetch.fetch", fake)
    said = run("corpus", "fetch")
    assert f"zhili corpus ingest {own_home / 'downloads' / 'master.zip'}" in said


def test_help_is_in_chinese() -> None:
    for words in (["corpus", "--help"], ["corpus", "ingest", "--help"], ["law", "--help"]):
        assert "法律" in run(*words)
