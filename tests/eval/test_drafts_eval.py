"""The audit of reply drafts: sound ones pass, a planted fault is counted, an unreadable file is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.drafts import measure_drafts
from eval.errors import EvalError
from service.answers import Answer
from service.assistant import Assistant
from service.guidance.values import Draft, LockedSentence, Origin, Segment, Status
from service.settings import Settings
from triage.values import Complaint

# Written for this test; nobody's complaints.
TEXTS = [
    "楼下烧烤店的油烟直往家里灌，孩子咳了一个月，请尽快处理。",
    "公司拖欠工资三个月不发，老板电话也不接，我想要回工资。",
    "小区电梯坏了两个星期没人修，老人上不了楼。",
    "交警的处罚决定我不服，想申请行政复议。",
]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return Assistant.open(Settings(home=tmp_path_factory.mktemp("home") / "none"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "complaints.jsonl"
    rows = [{"uid": f"t-{n}", "text": text} for n, text in enumerate(TEXTS)] + [{"uid": "t-9", "text": "……"}]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


def test_our_drafts_claim_nothing_without_support(assistant: Assistant, data: Path) -> None:
    result = measure_drafts(assistant, data, limit=10)
    assert result.details["complaints"] == len(TEXTS)
    assert result.scores["unsupported_claims_shown_as_law"].value == 0
    assert result.scores["unsupported_claims_shown_as_law"].n > 0
    assert result.scores["drafts_without_such_a_claim"].value == 1
    assert result.scores["invented_articles_struck"].value == 1
    assert result.scores["answer_ms_p50"].value > 0


class Careless:
    """An assistant whose drafts went round the lock."""

    def __init__(self, inner: Assistant, text: str) -> None:
        self.inner, self.text = inner, text
        self.lock, self.model = inner.lock, inner.model

    def handle(self, complaint: Complaint) -> Answer:
        answer = self.inner.handle(complaint)
        assert answer.guidance is not None
        sentence = LockedSentence((Segment(self.text),), Status.SUPPORTED, Origin.PROGRAM)
        draft = Draft((sentence,), self.text, self.text, ())
        return replace(answer, guidance=replace(answer.guidance, draft=draft))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("依照《民法典》第九千条办理。", "citation does not resolve"),
        ("《民法典》第九百四十二条规定：“物业必须赔三倍。”", "quote differs from the store"),
        ("物业应当赔偿。", "speaks of law without an article"),
    ],
)
def test_the_audit_sees_what_a_broken_lock_lets_through(
    assistant: Assistant, data: Path, text: str, fault: str
) -> None:
    result = measure_drafts(Careless(assistant, text), data, limit=1)  # type: ignore[arg-type]
    assert result.details["faults"] == {fault: 1}
    assert result.scores["unsupported_claims_shown_as_law"].value == 1
    assert result.scores["drafts_without_such_a_claim"].value == 0


def test_a_file_without_complaints_is_refused(assistant: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_text('{"row": 1}\n', "utf-8")
    with pytest.raises(EvalError, match="没有诉求"):
        measure_drafts(assistant, path)
