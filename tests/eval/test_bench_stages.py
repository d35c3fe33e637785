"""Where the milliseconds go: every stage is measured on the real router and assistant, on fresh texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval import bench_stages
from eval.bench_stages import stages
from service.assistant import Assistant
from service.settings import Settings
from triage.classifier.router import Router

MESSAGES = ("小区北门的路灯坏了一个星期，晚上看不见路。", "公司拖欠了三个月工资，去哪里投诉？")


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return Assistant.open(Settings(home=Path(tmp_path_factory.mktemp("home"))))


def test_every_stage_has_its_time(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_stages, "ROUNDS", 2)
    router = Router.load()
    found = stages(router, assistant, MESSAGES)
    for member in router.members:
        assert any(name.startswith(f"cpu_ms_route_{member}") for name in found)
    assert {"cpu_ms_route", "cpu_ms_answer", "cpu_ms_answer_search_after"} <= set(found)
    assert all(score.value >= 0 and score.n == 4 for score in found.values())
    whole, parts = found["cpu_ms_answer"].value, found["cpu_ms_route_calibrate"].value
    assert whole > parts > 0


def test_a_stage_is_measured_on_the_text_that_was_prepared() -> None:
    fresh = bench_stages._Fresh(MESSAGES)
    prepared: list[str] = []
    worked: list[str] = []
    bench_stages._after(fresh, prepared.append, worked.append, 2)
    assert prepared == worked
    assert len(set(worked)) == len(worked) == (bench_stages.ROUNDS + 1) * 2
