"""Real input, whole: 893 messages in, 893 answers out, and no telephone or identity number in them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from service.assistant import Assistant
from service.batch import run_batch
from service.settings import Settings

NUMBERS = re.compile(r"(?<!\d)(1[3-9]\d{9}|[1-9]\d{16}[\dXx])(?!\d)")


@pytest.mark.data
@pytest.mark.slow
def test_the_gold_messages_are_all_answered(data_dir: Path, tmp_path: Path) -> None:
    source, target = data_dir / "petition" / "dispatch_gold_dev.jsonl", tmp_path / "out.jsonl"
    report = run_batch(Assistant.open(Settings.from_environment()), source, target)
    lines = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert report.errors == 0
    assert len(lines) == len(source.read_text("utf-8").splitlines()) == 893
    assert [line["row"] for line in lines] == list(range(1, 894))
    assert all(line["department"] and line["matter"] and line["reasons"] for line in lines)
    assert not NUMBERS.search(target.read_text("utf-8"))
    # Two cores that do nothing else need a third of it; a neighbour may take the rest.
    assert report.seconds < 180
