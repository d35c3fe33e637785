"""The promises of the house: who may import whom, what the README shows, what the commands say."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("foundation", "legal_corpus", "retrieval", "triage", "service", "eval")
MAY_IMPORT = {
    "foundation": set(),
    "legal_corpus": {"foundation"},
    "retrieval": {"foundation", "legal_corpus"},
    "triage": {"foundation"},
    "service": {"foundation", "legal_corpus", "retrieval", "triage"},
    "eval": {"foundation", "legal_corpus", "retrieval", "triage", "service"},
}


def _modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def _imported(path: Path) -> set[str]:
    """Full names of the modules that a file imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: write absolute imports"
            names.add(node.module)
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    for path in _modules(room):
        found = {name.split(".")[0] for name in _imported(path)} & {*ROOMS, "app", "tests"}
        assert found <= MAY_IMPORT[room] | {room}, f"{path.relative_to(ROOT)} imports {found}"


def test_inference_never_imports_training() -> None:
    for part in ("triage", "retrieval"):
        for path in _modules(part):
            if "training" in path.parts:
                continue
            wrong = {name for name in _imported(path) if name.startswith(f"{part}.training")}
            assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


def _tree_in_readme() -> set[str]:
    """Paths named in the README's annotated tree; two spaces (or a branch) an indent."""
    block = re.search(r"```text\n(zhili/.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert block, "the README has no ```text file tree that begins with zhili/"
    paths: set[str] = set()
    stack: list[str] = []
    for line in block.group(1).splitlines()[1:]:
        match = re.match(r"^((?:[│ ] {2,3}|[├└]─+ )+)(\S+)", line)
        if not match:
            continue
        depth = len(match.group(1)) // 3
        name = match.group(2)
        stack = [*stack[: depth - 1], name.rstrip("/")]
        paths.add("/".join(stack))
    return paths


def test_the_tree_in_the_readme_is_the_tree_on_disk() -> None:
    """Every folder of ours stands in it; the files in a folder say themselves what they do."""
    shown = _tree_in_readme()
    missing = sorted(path for path in shown if not (ROOT / path).exists())
    assert not missing, f"the README shows what is not there: {missing}"
    ours = {str(path.parent.relative_to(ROOT)) for room in ROOMS for path in _modules(room)}
    assert ours <= shown, f"the README does not show: {sorted(ours - shown)}"


@pytest.mark.parametrize("room", ROOMS)
def test_every_file_says_in_its_first_line_what_it_does(room: str) -> None:
    silent = [path for path in _modules(room) if path.stat().st_size and not _first_line(path)]
    assert not silent, f"no docstring: {[str(path.relative_to(ROOT)) for path in silent]}"


def _first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]


def _documented_commands() -> list[str]:
    """Every `zhili …` line in the README's and the docs' code blocks."""
    found: set[str] = set()
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for block in re.findall(r"```(?:sh|bash|console)\n(.*?)```", path.read_text("utf-8"), re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                match = re.match(r"^(?:\$ )?(?:\.venv/bin/)?(zhili\b[^|>#]*)", line.strip())
                if match:
                    found.add(match.group(1).strip())
    return sorted(found)


def test_every_documented_command_exists() -> None:
    """The verbs and the options of each documented line are known to the command's own help."""
    commands = _documented_commands()
    assert commands, "no command is documented"
    helps: dict[tuple[str, ...], str] = {}
    for command in commands:
        words = shlex.split(command)[1:]
        verbs = _verbs(words)
        if verbs not in helps:
            done = subprocess.run(
                [sys.executable, "-m", "app", *verbs, "--help"],
                cwd=ROOT,
                capture_output=True,
                text=True,
                env={"PATH": "", "COLUMNS": "200", "PYTHONUTF8": "1", "NO_COLOR": "1"},
            )
            assert done.returncode == 0, f"{command}: {done.stderr}"
            helps[verbs] = done.stdout
        for option in (word.split("=")[0] for word in words if word.startswith("--")):
            assert option in helps[verbs], f"{command}: {option} is not an option of {verbs}"


GROUPS = {"corpus", "index", "train", "eval", "privacy", "clock", "catalogue"}


def _verbs(words: list[str]) -> tuple[str, ...]:
    depth = 2 if words and words[0] in GROUPS else 1
    return tuple(word for word in words[:depth] if not word.startswith("-"))


def test_the_changelog_names_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_constraints_name_no_host_and_no_build() -> None:
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line), line


def test_help_is_light() -> None:
    """`--help` loads none of the heavy libraries."""
    script = (
        "import sys\nimport app, service.cli.main\n"
        "from eval.commands import commands\nservice.cli.main.build(extra={'eval': commands})\n"
        "heavy = {'torch', 'gradio', 'sklearn', 'transformers', 'faiss', 'bm25s'} & set(sys.modules)\n"
        "sys.exit(','.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
