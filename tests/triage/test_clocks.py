"""Clocks: the golden table (reasoned by hand), which clocks run, and the data behind them."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import CatalogueError
from triage.policy.clocks import ClockError, clocks_for, first_due, load_clocks
from triage.policy.workdays import UnknownCalendar

CASES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("clock_cases.toml").read_text("utf-8"))[
    "case"
]
CLOCKS = load_clocks()
IN_DAYS = [clock.id for clock in CLOCKS if clock.unit != "hour"]


def _name(case: dict[str, Any]) -> str:
    return f"{case['clock']} {case['start']} +{case.get('extended', 0)}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_golden_table(case: dict[str, Any]) -> None:
    ask = (case["clock"], case["start"])
    if "refused" in case:
        with pytest.raises((ClockError, UnknownCalendar)) as raised:
            CLOCKS.deadline(*ask, extended=case.get("extended", 0))
        assert raised.value.code == case["refused"], case["why"]
        return
    found = CLOCKS.deadline(*ask, extended=case.get("extended", 0))
    assert found.due == case["due"], case["why"]
    if "inform" in case:
        assert found.inform_by == case["inform"], case["why"]
    assert found.due_at == case.get("due_at"), case["why"]


def test_the_table_is_large_and_without_doubles() -> None:
    assert len(CASES) >= 125
    assert len({_name(case) for case in CASES}) == len(CASES)


def test_reasons_name_article_extension_and_rolling() -> None:
    reasons = " ".join(CLOCKS.deadline("fuyi_decide_60", date(2026, 6, 23)).reasons)
    assert "《行政复议法》第六十二条" in reasons
    assert "2026-08-22 是休息日，顺延到 2026-08-24" in reasons
    assert "《民事诉讼法》第八十五条" in reasons
    longer = " ".join(CLOCKS.deadline("xinfang_60", date(2026, 11, 23), extended=True).reasons)
    assert "情况复杂" in longer and "负责人批准" in longer and "《信访工作条例》第三十四条" in longer


def test_an_end_in_a_year_without_holidays_says_that_it_may_move() -> None:
    found = CLOCKS.deadline("sue_6m", date(2026, 8, 24))
    assert any("2027 年放假安排尚不掌握" in reason for reason in found.reasons)


def test_the_setting_of_the_model_city_is_not_shown_as_law() -> None:
    found = CLOCKS.deadline("hotline_5wd", date(2026, 11, 23))
    assert CLOCKS.clock("hotline_5wd").setting
    assert "不是对本市的规定" in found.reasons[0]


def test_errors_say_what_to_do() -> None:
    with pytest.raises(ClockError, match="zhili clock list"):
        CLOCKS.clock("xinfang_61")
    with pytest.raises(ClockError, match="最多延长1次，每次30日；实际：延长2次"):
        CLOCKS.deadline("xinfang_60", date(2026, 1, 1), extended=2)
    with pytest.raises(ClockError, match="带时刻的起点"):
        CLOCKS.deadline("telecom_fault_48h", date(2026, 1, 1))
    with pytest.raises(UnknownCalendar, match=r"2004—2026.*2027 年.*holidays\.toml"):
        CLOCKS.deadline("gov_info_20wd", date(2026, 12, 20))


def test_a_moment_elsewhere_is_the_day_in_china() -> None:
    evening = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    assert CLOCKS.deadline("xinfang_60", evening).start == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("entry", "kind", "channel", "region", "ids"),
    [
        ("", "投诉", "", "", ("hotline_5wd",)),
        ("", "投诉", "", "山东省潍坊市", ("weifang_5wd",)),
        ("hotline_5wd", "求助", "", "济南市", ("jinan_5wd",)),
        ("samr_accept_7wd", "投诉", "", "", ("hotline_5wd", "samr_accept_7wd", "samr_mediate_45wd")),
        ("samr_accept_7wd", "举报", "", "", ("hotline_5wd", "samr_lead_15wd")),
        ("gas_complaint_15wd", "投诉", "", "", ("hotline_5wd", "gas_complaint_15wd")),
        ("heat_3_shandong", "投诉", "", "山东省济南市", ("jinan_5wd", "heat_3_shandong")),
        ("heat_3_shandong", "投诉", "", "浙江省", ("hotline_5wd",)),
        ("", "投诉", "信访", "", ("xinfang_transfer_15", "xinfang_notice_15", "xinfang_60")),
        ("", "咨询", "政府信息公开", "", ("gov_info_20wd",)),
        ("labour_arb_45", "求助", "诉讼或仲裁", "", ("labour_arb_45",)),
        ("", "投诉", "纪检监察", "", ()),
        ("", "求助", "110/119/120", "", ()),
    ],
)
def test_which_clocks_run(entry: str, kind: str, channel: str, region: str, ids: tuple[str, ...]) -> None:
    assert clocks_for(entry, kind, channel, region) == ids


def test_running_clocks_tell_what_is_assumed_and_what_cannot_be_counted() -> None:
    ids = ("hotline_5wd", "samr_accept_7wd", "samr_mediate_45wd", "online_return_7", "injury_decide_60")
    running = CLOCKS.running(ids, datetime(2026, 11, 23, 9, 0))
    assert [one.clock.id for one in running.deadlines] == [
        "hotline_5wd",
        "samr_accept_7wd",
        "injury_decide_60",
    ]
    assert [bool(one.assumed) for one in running.deadlines] == [False, False, True]
    assert "受理申请之日" in running.deadlines[2].assumed
    assert len(running.notes) == 2
    assert "2027 年" in running.notes[0] and "消费者自己的期限" in running.notes[1]
    first = first_due(running.deadlines)
    assert first is not None and first.clock.id == "hotline_5wd"
    assert first_due(()) is None


def test_a_clock_in_hours_without_a_time_of_day_becomes_a_note() -> None:
    running = CLOCKS.running(("protection_72h",), date(2026, 11, 23))
    assert running.deadlines == () and "时刻未记录" in running.notes[0]
    assert CLOCKS.running(("protection_72h",), datetime(2026, 11, 23, 9)).deadlines[0].due_at is not None


def test_every_clock_is_read_dated_and_tells_who() -> None:
    clocks = list(CLOCKS)
    assert len(clocks) >= 45
    for clock in clocks:
        assert clock.source == "R" and clock.checked == date(2026, 11, 23), clock.id
        assert clock.bound and clock.starts and clock.basis.law and clock.basis.article, clock.id
        assert clock.unit != "hour" or "12345" not in clock.basis.law, "no hour figures of a hotline"
    assert not any("接诉即办" in clock.basis.law for clock in clocks), "the Beijing ordinance has no figures"
    assert any(clock.setting for clock in clocks)


def test_a_city_adds_and_replaces_clocks(tmp_path: Path) -> None:
    file = tmp_path / "clocks.toml"
    file.write_text(
        '[[clock]]\nid = "hotline_5wd"\nname = "工单"\nside = "duty"\nbound = "承办单位"\nstarts = "收到"\n'
        'length = 3\nunit = "working"\nbasis = "《某市热线条例》第一条"\nown = true\nfirst_day = true\n'
        '[[runs]]\nkind = "表扬"\nrun = []\n',
        "utf-8",
    )
    clocks = load_clocks(file)
    assert clocks.deadline("hotline_5wd", date(2026, 11, 23)).due == date(2026, 11, 25), "first day counts"
    assert clocks.for_ticket("", "表扬", "", "") == ()
    assert clocks.clock("xinfang_60").days == 60


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('unit = "week"', "calendar、working、month、year、hour"),
        ("length = 0", "1 到 1000 的整数"),
        ('basis = "某法第1条"', "《法律名称》第X条"),
        ("extension = 5", "没有写明条件"),
        ("rolles = []", "不认识的键 rolles"),
    ],
)
def test_a_broken_clock_is_told(tmp_path: Path, line: str, said: str) -> None:
    lines = ['id = "x"', 'name = "n"', 'side = "duty"', 'bound = "b"', 'starts = "s"', "length = 3"]
    lines += ['unit = "working"', 'basis = "《某法》第一条"']
    key = line.split(" ")[0]
    file = tmp_path / "c.toml"
    kept = [one for one in lines if not one.startswith(f"{key} ")]
    file.write_text("[[clock]]\n" + "\n".join([*kept, line]), "utf-8")
    with pytest.raises(CatalogueError, match=said):
        load_clocks(file)


def test_a_run_to_nowhere_is_told(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text('[[runs]]\nrun = ["nowhere_9"]\n', "utf-8")
    with pytest.raises(ClockError, match="nowhere_9"):
        load_clocks(file)


@given(
    st.sampled_from([c.id for c in CLOCKS if c.unit != "hour"]), st.dates(date(2005, 1, 1), date(2025, 6, 1))
)
def test_a_deadline_never_moves_back_when_the_start_moves_on(id: str, start: date) -> None:
    one, two = CLOCKS.deadline(id, start), CLOCKS.deadline(id, start + timedelta(days=1))
    assert start < one.due <= two.due
    clock = CLOCKS.clock(id)
    if clock.extension:
        assert CLOCKS.deadline(id, start, extended=1).due > one.due


@pytest.mark.data
def test_every_article_is_in_force(data_dir: Path) -> None:
    """Each article that a clock names stands in the collected law as current."""
    import json
    import lzma

    wanted = {
        (basis.law, basis.article)
        for clock in CLOCKS
        for basis in (clock.basis, *clock.counting, *clock.rolls)
    }
    laws = {law for law, _ in wanted}
    with lzma.open(data_dir / "law" / "articles.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.split('"law": "', 1)[1].split('"', 1)[0] in laws:
                row = json.loads(line)
                if row["current"]:
                    wanted.discard((row["law"], row["article_no"]))
    assert not wanted
