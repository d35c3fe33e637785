"""Grounding: figures worked out by hand on two complaints written for the purpose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.errors import DataMissing, EvalError
from eval.grounding import measure_grounding
from legal_corpus.values import TextKind
from service.answers import Answer, Cited, Role
from service.guidance.values import Draft, Guidance, LawPoint, Link
from triage.values import Action, Complaint

ARTICLES = [
    {"id": "a-1", "law": "甲法", "article_no": "第一条", "text": "示例"},
    {"id": "a-2", "law": "甲法", "article_no": "第二条", "text": "示例"},
    {"id": "b-1", "law": "乙条例", "article_no": "第一条", "text": "示例"},
]
GOLD = [
    {"uid": "1", "title": "", "text": "示例诉求一", "core": [{"id": "a-1"}, {"id": "b-1"}], "also": []},
    {"uid": "2", "title": "", "text": "示例诉求二", "core": [{"id": "a-2"}], "also": [{"id": "b-1"}]},
    {"uid": "3", "title": "", "text": "示例表扬", "core": [], "also": []},
]


class _Fixed:
    """Cites 甲法第一条 for everything, and 乙条例第一条 as the department's basis."""

    model = "fixed"

    def handle(self, complaint: Complaint) -> Answer:
        return _answer(complaint)


def _answer(complaint: Complaint, guidance: Guidance | None = None) -> Answer:
    citations = (
        Cited("甲法", "第一条", None, TextKind.OFFICIAL, "示例"),
        Cited("乙条例", "第一条", None, TextKind.DIGEST, "示例", role=Role.BASIS),
    )
    return Answer(
        complaint.id, (), (), (), (), Action.REVIEW, complaint.text, citations, (), "fixed", guidance=guidance
    )


class _Drafting(_Fixed):
    """... and rests the first reply on 乙条例第一条, the second on 甲法第一条 and 乙条例第一条."""

    def handle(self, complaint: Complaint) -> Answer:
        names = ["《乙条例》第一条"] if complaint.id == "1" else ["《甲法》第一条", "《乙条例》第一条"]
        # The last is told to the operator and not quoted.
        says = tuple(LawPoint(name, name, TextKind.OFFICIAL, "示例") for name in [*names, "《丙法》第一条"])
        links = tuple(Link(name, name, TextKind.OFFICIAL, "") for name in names)
        draft = Draft((), "", "", links)
        return _answer(complaint, Guidance(says, (), (), (), (), (), draft))


def _files(folder: Path, gold: list[dict[str, object]]) -> tuple[Path, Path]:
    for name, rows in (("gold.jsonl", gold), ("articles.jsonl", ARTICLES)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder / "gold.jsonl", folder / "articles.jsonl"


def test_figures_by_hand(tmp_path: Path) -> None:
    result = measure_grounding(_Fixed(), *_files(tmp_path, GOLD))
    values = {name: score.value for name, score in result.scores.items()}
    assert values == {
        "core_recall@5": 0.25,
        "core_recall@10": 0.25,
        "core_recall_shown": 0.5,
        "relevant_in_top5": 0.5,
        "relevant_shown": 1.0,
        "drafts_with_basis": 0.0,
    }
    assert result.details["without_governing_law"] == 1
    assert result.details["text_kinds"] == {"official": 2, "digest": 2}


def test_what_the_drafts_quote(tmp_path: Path) -> None:
    result = measure_grounding(_Drafting(), *_files(tmp_path, GOLD))
    values = {name: (score.value, score.n) for name, score in result.scores.items()}
    assert values["drafts_with_basis"] == (1.0, 2)
    assert values["quoted_relevant"] == (pytest.approx(2 / 3), 3)
    assert values["quoted_core"] == (pytest.approx(1 / 3), 3)
    assert values["drafts_all_relevant"] == (0.5, 2)


def test_a_gold_of_another_collection_is_refused(tmp_path: Path) -> None:
    alien = [{"uid": "1", "text": "示例", "core": [{"id": "zz"}], "also": []}]
    with pytest.raises(EvalError, match="不匹配"):
        measure_grounding(_Fixed(), *_files(tmp_path, alien))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    gold, _ = _files(tmp_path, GOLD)
    with pytest.raises(DataMissing, match=r"none\.jsonl"):
        measure_grounding(_Fixed(), gold, tmp_path / "none.jsonl")
