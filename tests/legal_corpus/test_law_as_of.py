"""Fifty dated cases on the real corpus: the law of the day, and what became of it since."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from eval.as_of import CASES, UNTIL, Case, load_cases, measure_as_of, problem_of
from legal_corpus.digest import load_digest
from legal_corpus.ingest import ingest
from legal_corpus.library import Library
from legal_corpus.store import LawStore
from legal_corpus.titles import canonical_title, title_key


def test_there_are_fifty_and_none_comes_twice() -> None:
    cases = load_cases(CASES)
    assert len(cases) >= 50
    assert len({(case.law, case.article, case.day) for case in cases}) == len(cases)


def _titles() -> set[str]:
    """The laws that the cases name, and their successors."""
    named = {case.law for case in load_cases()}
    named |= {change.by for case in load_cases() for change in case.changes}
    return {title_key(canonical_title(title)) for title in named}


def _rows(source: Path) -> Iterator[str]:
    wanted = _titles()
    with lzma.open(source, "rt", encoding="utf-8") as stream:
        for line in stream:
            if title_key(json.loads(line)["law"]) in wanted:
                yield line


@pytest.fixture(scope="module")
def store(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("as-of")
    with (folder / "part.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(_rows(data_dir / "law" / "articles.jsonl.xz"))
    (folder / "laws.jsonl.xz").symlink_to((data_dir / "law" / "laws.jsonl.xz").resolve())
    ingest(folder / "part.jsonl", folder / "corpus.sqlite3", today=UNTIL)
    return folder / "corpus.sqlite3"


@pytest.fixture(scope="module")
def library(store: Path) -> Library:
    return Library([LawStore.open(store), load_digest()])


@pytest.mark.data
@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case.name)
def test_the_law_of_the_day(library: Library, case: Case) -> None:
    assert problem_of(library, case) == ""


@pytest.mark.data
def test_the_measurement_counts_every_case(store: Path) -> None:
    result = measure_as_of(store)
    assert result.scores["right"].n == len(load_cases()) and result.details["wrong"] == {}


@pytest.mark.data
def test_whatever_is_wrong_is_found(library: Library) -> None:
    """Each field of a case is really asked for: a case that says otherwise is a wrong answer."""
    case = next(case for case in load_cases() if case.status == "in_force" and case.changes)
    assert problem_of(library, case) == ""
    (change, *more) = case.changes
    spoiled = {
        "应为 1999-01-01": replace(case, version=date(1999, 1, 1)),
        "repealed": replace(case, status="repealed"),
        "应不给": replace(case, status="refused"),
        "应为 0 处": replace(case, changes=()),
        "某某法": replace(case, changes=(replace(change, by="某某法"), *more)),
        "第九百条": replace(case, changes=(replace(change, now="第九百条"), *more)),
    }
    for told, wrong in spoiled.items():
        assert told in problem_of(library, wrong)
    refused = next(case for case in load_cases() if case.status == "refused")
    assert problem_of(library, refused) == ""
    assert "没有说出 样本" in problem_of(library, replace(refused, names="样本"))
    assert "没有给出" in problem_of(library, replace(refused, status="in_force"))
