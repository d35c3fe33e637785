"""The command line: instant help, one line and an exit code for every expected fault, UTF-8 in any locale."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from service_fakes import fake_assistant
from typer.testing import CliRunner

from service.assistant import Assistant
from service.cli.main import build, run
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("serve", "triage", "ask", "law", "search", "corpus", "index", "train", "doctor", "version")
HEAVY = ("torch", "gradio", "sklearn", "transformers", "scipy", "numpy", "fastapi")


@pytest.fixture
def assistant(monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    found = fake_assistant()
    monkeypatch.setattr(Assistant, "open", classmethod(lambda cls, settings: found))
    yield found


def invoke(*arguments: str, input: bytes | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(build({}), list(arguments), input=input)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def real(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """`zhili …` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from service.cli.main import build, run; run(build({}))", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        timeout=120,
    )


def test_help_is_chinese_and_lists_every_command() -> None:
    code, out, _ = invoke("--help")
    assert code == 0
    assert not [name for name in COMMANDS if f"  {name} " not in out]
    assert "诉求" in out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    assert invoke(command, "--help")[0] == 0


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys; from service.cli.main import build; from typer.testing import CliRunner;"
        "assert CliRunner().invoke(build({}), ['--help']).exit_code == 0;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_triage_prints_a_readable_answer(assistant: Assistant) -> None:
    code, out, _ = invoke("triage", "楼下烧烤店油烟太大，电话13912345678")
    assert code == 0
    for part in ("建议直接派单", "城市管理", "83%", "█", "【摘要】", "〔手机号〕", "理由", "不是法律意见"):
        assert part in out
    assert "13912345678" not in out


def test_triage_json_is_the_whole_value(assistant: Assistant) -> None:
    code, out, _ = invoke("triage", "楼下油烟太大", "--received-at", "2019-03-05", "--json")
    found = json.loads(out)
    assert code == 0
    assert list(found)[:3] == ["id", "matter", "department"]
    assert found["as_of"] == "2019-03-05"
    # The code of 2026 was no law in 2019: what is cited must have been.
    assert all(cited["version_date"] <= "2019-03-05" for cited in found["citations"])


def test_triage_reads_standard_input_in_either_encoding(assistant: Assistant) -> None:
    for encoding in ("utf-8", "gb18030"):
        code, out, _ = invoke("triage", "-", "--json", input="楼下油烟太大".encode(encoding))
        assert code == 0
        assert json.loads(out)["masked_text"] == "楼下油烟太大"


def test_citizens_words_are_no_markup_in_the_terminal(assistant: Assistant) -> None:
    code, out, _ = invoke("triage", "[bold red]油烟[/] :smile: [link=http://x]点[/link]")
    assert code == 0
    assert "[bold red]" in out


def test_ask_prints_articles_and_doors(assistant: Assistant) -> None:
    code, out, _ = invoke("ask", "物业不让业主进门怎么办")
    assert code == 0
    for part in ("相关条文", "【摘要】", "该找谁", "12333"):
        assert part in out
    assert json.loads(invoke("ask", "物业费", "--json")[1])["sufficient"]


def test_a_batch_ends_with_its_exit_code(assistant: Assistant, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,text\n1,油烟\n2,\n", "utf-8")
    code, out, err = invoke("triage", "--batch", str(source), "--out", str(tmp_path / "out.jsonl"))
    assert code == 3
    assert "1 行出错" in err
    assert out == ""
    source.write_text("id,text\n1,油烟\n", "utf-8")
    assert invoke("triage", "--batch", str(source), "--out", str(tmp_path / "ok.jsonl"))[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("triage", ""), "诉求内容为空"),
        (("triage", "x", "--received-at", "昨天"), "received_at 无法识别"),
        (("triage", "x", "--out", "o.jsonl"), "--out 只用于批量"),
        (("triage", "x", "--batch", "i.jsonl", "--out", "o.jsonl"), "不能与单条诉求同用"),
        (("triage", "--batch", "i.jsonl"), "没有输出文件"),
        (("ask", " "), "问题为空"),
    ],
)
def test_expected_faults_are_one_line_and_exit_2(
    arguments: tuple[str, ...],
    message: str,
    assistant: Assistant,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["zhili", *arguments])
    with pytest.raises(SystemExit) as ended:
        run(build({}))
    error = capsys.readouterr().err
    assert ended.value.code == 2
    assert error.startswith("错误：")
    assert message in error
    assert error.count("\n") == 1


def test_faults_of_a_real_process_show_no_traceback_in_a_c_locale(tmp_path: Path) -> None:
    for environment in ({"ZHILI_PORT": "x"}, {"ZHILI_ROUTER": str(tmp_path / "none")}):
        done = real("triage", "油烟", LC_ALL="C", LANG="C", PYTHONUTF8="0", **environment)
        assert done.returncode == 2
        text = done.stderr.decode("utf-8")
        assert text.startswith("错误：")
        assert "Traceback" not in text


def test_version_and_a_reader_that_left() -> None:
    assert real("version", LC_ALL="C").stdout.decode().startswith("zhili ")
    code = "from service.cli.main import build, run; run(build({}))"
    command = f"{sys.executable} -c '{code}' --help | head -c 1"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, timeout=60)
    assert b"Traceback" not in done.stderr


def test_zhili_alone_serves(monkeypatch: pytest.MonkeyPatch, assistant: Assistant) -> None:
    served: list[tuple[str, int]] = []
    monkeypatch.setattr(
        "service.server.serve_forever",
        lambda settings, *, host, port, say: served.append((host, port)),
    )
    monkeypatch.setenv("ZHILI_PORT", "7999")
    assert invoke()[0] == 0
    assert invoke("serve", "--port", "0", "--host", "::1")[0] == 0
    assert served == [("127.0.0.1", 7999), ("::1", 0)]


def test_a_port_in_use_is_a_clear_fault(assistant: Assistant) -> None:
    import socket

    from service.errors import ServiceError
    from service.server import serve_forever

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ServiceError, match="无法监听") as error:
            serve_forever(Settings(), host="127.0.0.1", port=taken.getsockname()[1], say=lambda _: None)
    assert "--port 0" in error.value.remedy


def test_an_interrupt_leaves_with_130() -> None:
    import signal

    code = "from service.cli.main import build, run; run(build({}))"
    with subprocess.Popen(
        [sys.executable, "-c", code, "triage", "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in error
