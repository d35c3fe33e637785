"""Text for pre-training: what is read, and what is never learned from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from foundation.errors import FileProblem
from triage.training.corpus_text import read_corpus_texts
from triage.training.split import in_test_part


def _write(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def test_groups_of_the_test_part_are_never_learned_from(tmp_path: Path) -> None:
    rows = [{"title": "", "text": f"示例留言{group}", "dup_group": group} for group in range(60)]
    _write(tmp_path, "petition/teddy_c2_train.jsonl", rows)
    read = {text.text for text in read_corpus_texts(tmp_path)}
    held_back = {row["text"] for row in rows if in_test_part(f"c2:{row['dup_group']}")}
    assert held_back
    assert read == {row["text"] for row in rows} - held_back


def test_replies_questions_and_current_national_articles_are_read(tmp_path: Path) -> None:
    _write(tmp_path, "petition/teddy_c4_reply.jsonl", [{"title": "题", "text": "文", "reply": "答复"}])
    _write(tmp_path, "law/qa_lecoqa.jsonl", [{"question": "问", "answer": "答"}])
    found = [(text.source, text.text) for text in read_corpus_texts(tmp_path)]
    assert found == [("complaint", "题\n文"), ("reply", "答复"), ("question", "问\n答")]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="没有可用于预训练的文本"):
        list(read_corpus_texts(tmp_path))
