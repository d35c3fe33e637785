"""The text on which an encoder is pre-trained: complaints, replies, statutes and legal questions.

Only text is read, no label; the groups of the test part are left out (`outside_test_part`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation.errors import FileProblem
from foundation.tables import Row, read_table
from triage.text import compose, normalise
from triage.training.split import in_test_part

PETITIONS = (
    "petition/teddy_c2_train.jsonl",
    "petition/teddy_c3_hot.jsonl",
    "petition/teddy_c4_reply.jsonl",
    "petition/teddy_c_unlabelled.jsonl",
    "petition/dongguan_2018.jsonl",
    "petition/people_lmb_2025.jsonl",
)
QUESTIONS = ("law/qa_lecoqa.jsonl", "law/qa_lawyer_llama.jsonl", "law/qa_siat_legalqa.jsonl")
STATUTES = "law/articles.jsonl.xz"


@dataclass(frozen=True, slots=True)
class CorpusText:
    """One document to learn from: where it came from, and its normalised text."""

    source: str
    text: str


def outside_test_part(name: str, row: dict[str, Any]) -> bool:
    """Whether a row may be read: the groups of the router's test part are never learned from."""
    return "dup_group" not in row or not in_test_part(f"c2:{row['dup_group']}")


def read_corpus_texts(
    data: Path, keep: Callable[[str, dict[str, Any]], bool] = outside_test_part
) -> Iterator[CorpusText]:
    """Yield every text under `data` (laid out as its README says) for which `keep(file, row)` holds.

    Raises `FileProblem` where the folder holds none of the known files.
    """
    found = False
    for name in (*PETITIONS, *QUESTIONS, STATUTES):
        path = data / name
        if not path.is_file():
            continue
        found = True
        for row in read_table(path):
            if isinstance(row, Row) and keep(name, row.values):
                yield from _texts(name, row.values)
    if not found:
        raise FileProblem(
            f"{data} 中没有可用于预训练的文本",
            expected=f"{PETITIONS[0]} 等文件",
            found="一个也没有",
            remedy="检查 --data",
        )


def _texts(name: str, row: dict[str, Any]) -> Iterator[CorpusText]:
    if name == STATUTES:
        # National law in force: repealed wording would teach what is no longer said.
        if row.get("current") and row.get("region") == "全国" and row.get("kind") == "article":
            yield CorpusText("statute", normalise(f"{row['law']}{row['article_no']} {row['text']}"))
    elif name in QUESTIONS:
        yield CorpusText("question", normalise(f"{row.get('question') or ''}\n{row.get('answer') or ''}"))
    else:
        yield CorpusText("complaint", normalise(compose(row.get("title") or "", row.get("text") or "")))
        if row.get("reply"):
            yield CorpusText("reply", normalise(row["reply"]))
