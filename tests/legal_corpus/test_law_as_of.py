"""Fifty dated cases on the real corpus: the law of the day, and what became of it since."""

from __future__ import annotations

import json
import lzma
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from legal_corpus.digest import load_digest
from legal_corpus.ingest import ingest
from legal_corpus.library import Library
from legal_corpus.store import LawStore
from legal_corpus.titles import canonical_title, title_key
from legal_corpus.values import Citation, Resolved, Unresolved

pytestmark = pytest.mark.data
TODAY = date(2026, 11, 23)
CASES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("as_of_cases.toml").read_text("utf-8"))[
    "case"
]


def _titles() -> set[str]:
    """The laws that the cases name, and their successors."""
    named = {case["law"] for case in CASES}
    named |= {change["by"] for case in CASES for change in case.get("changes", ())}
    return {title_key(canonical_title(title)) for title in named}


def _rows(source: Path) -> Iterator[str]:
    wanted = _titles()
    with lzma.open(source, "rt", encoding="utf-8") as stream:
        for line in stream:
            if title_key(json.loads(line)["law"]) in wanted:
                yield line


@pytest.fixture(scope="module")
def library(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("as-of")
    with (folder / "part.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(_rows(data_dir / "law" / "articles.jsonl.xz"))
    (folder / "laws.jsonl.xz").symlink_to((data_dir / "law" / "laws.jsonl.xz").resolve())
    ingest(folder / "part.jsonl", folder / "corpus.sqlite3", today=TODAY)
    return Library([LawStore.open(folder / "corpus.sqlite3"), load_digest()])


def test_there_are_fifty() -> None:
    assert len(CASES) >= 50
    assert len({(case["law"], case["article"], case["day"]) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['law'][:8]}{case['article']}@{case['day']}")
def test_the_law_of_the_day(library: Library, case: dict[str, Any]) -> None:
    found = library.resolve(Citation(case["law"], case["article"]), case["day"])
    if case["status"] == "refused":
        assert isinstance(found, Unresolved), found
        assert case.get("names", "") in found.reason
        return
    assert isinstance(found, Resolved), found
    assert found.article.law.version_date == case["version"]
    assert found.in_force == (case["status"] == "in_force")
    if case["status"] != "in_force":
        assert found.article.law.status.value == case["status"]
    changes = library.changes_since(found.article, case["day"], TODAY)
    expected = case.get("changes", [])
    assert [(note.kind.value, note.day) for note in changes] == [
        (change["kind"], change["since"]) for change in expected
    ]
    for note, change in zip(changes, expected, strict=True):
        assert change["by"] in note.by
        if "now" in change:
            assert (note.article.label if note.article else "") == change["now"]
        assert note.inferred == ("推断" in note.text)
