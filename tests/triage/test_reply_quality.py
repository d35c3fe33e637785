"""Quality of replies. Every complaint and reply here is ours."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.quality import cues
from triage.quality.reply import BadReply, judge_reply, only_forwards
from triage.quality.values import ReplyQuality

COMPLAINT = "小区楼下烧烤店半夜营业，油烟扰民。请责令它装净化器。什么时候能装好？为什么一直没人管？"
FULL = (
    "您好！经查，该烧烤店没有安装油烟净化器，情况属实。由于人手不足，此前巡查不够，深表歉意。11月3日我局现场检查，"
    "责令其整改，预计12月10日前装好净化器。根据《生态环境法典》第二百五十条的规定，逾期不改将处罚。咨询电话0731-82334455。"
    "感谢您的监督，如有疑问请联系我们。"
)
FORWARDED = "您好，您反映的问题已转城管局核实处理，感谢您的留言。"


def values(quality: ReplyQuality) -> dict[str, float | None]:
    return {score.name: score.value for score in quality.scores}


def parts(quality: ReplyQuality, score: str) -> dict[str, float]:
    return {part.name: part.value for part in getattr(quality, score).parts}


def test_a_reply_that_answers_is_above_one_that_forwards() -> None:
    good, poor = judge_reply(COMPLAINT, FULL), judge_reply(COMPLAINT, FORWARDED)
    for name in ("相关性", "完整性", "可解释性"):
        assert (values(good)[name] or 0) > 0.8, name
        assert (values(poor)[name] or 0) < 0.3, name
    assert values(good)["礼貌"] == 1.0


@pytest.mark.parametrize(
    ("cut", "score", "part"),
    [
        ("根据《生态环境法典》第二百五十条的规定，逾期不改将处罚。", "completeness", "依据"),
        ("咨询电话0731-82334455。", "completeness", "联系"),
        ("由于人手不足，此前巡查不够，深表歉意。", "explainability", "原因"),
        ("您好！", "courtesy", "问候"),
    ],
)
def test_what_is_taken_away_is_missed(cut: str, score: str, part: str) -> None:
    assert parts(judge_reply(COMPLAINT, FULL), score)[part] == 1.0
    less = FULL.replace(cut, "").replace("请联系我们", "")
    assert parts(judge_reply(COMPLAINT, less), score)[part] == 0.0


def test_each_demand_is_judged_for_itself() -> None:
    when = FULL.replace("11月3日", "").replace("预计12月10日前", "")
    demands = {d.asks: d for d in judge_reply(COMPLAINT, when).demands}
    assert demands["时间"].answer == 0.0
    assert demands["措施"].answer == demands["原因"].answer == 1.0
    assert [d.asks for d in judge_reply(COMPLAINT, FULL).demands] == ["措施", "时间", "原因"]


def test_a_reply_about_something_else_is_not_relevant() -> None:
    other = "您好！公交602路因道路施工临时改线，预计下月恢复，敬请谅解。"
    assert (values(judge_reply(COMPLAINT, other))["相关性"] or 0) < (
        values(judge_reply(COMPLAINT, FULL))["相关性"] or 0
    )
    assert judge_reply(COMPLAINT, other).demands[0].coverage < 0.2


def test_forwarding_with_facts_is_more_than_forwarding() -> None:
    assert only_forwards(FORWARDED)
    assert not only_forwards(FORWARDED + "经查，该店已停业整改。")
    assert not only_forwards("您好！")


def test_the_clock_decides_timeliness() -> None:
    def timely(replied: date, due: date | None) -> float | None:
        return judge_reply(
            COMPLAINT, FULL, received=date(2026, 11, 2), replied=replied, due=due
        ).timeliness.value

    assert timely(date(2026, 11, 12), date(2026, 11, 12)) == 1.0
    assert timely(date(2026, 11, 17), date(2026, 11, 12)) == 0.5
    assert timely(date(2027, 11, 17), date(2026, 11, 12)) == 0.0
    assert timely(date(2026, 11, 12), None) is None
    assert judge_reply(COMPLAINT, FULL).timeliness.value is None


def test_a_rude_reply_is_shown_as_such() -> None:
    courtesy = judge_reply(COMPLAINT, "您好，感谢来信。不要再来了，无理取闹。").courtesy
    assert courtesy.value == 0.0
    assert {span.text for span in courtesy.parts[-1].evidence} == {"无理取闹", "不要再来"}


def test_impossible_input_is_refused() -> None:
    with pytest.raises(BadReply, match="答复是空的"):
        judge_reply(COMPLAINT, " \n")
    with pytest.raises(BadReply, match="诉求是空的"):
        judge_reply("", FULL)
    with pytest.raises(BadReply, match="答复早于诉求"):
        judge_reply(COMPLAINT, FULL, received=date(2026, 11, 2), replied=date(2026, 11, 1))


def test_nothing_of_a_person_comes_back() -> None:
    quality = judge_reply("我叫王小红，电话13800138000，请回复", "王小红女士您好，已打13800138000联系。")
    assert "13800138000" not in repr(quality)
    assert "王小红" not in repr(quality)


@settings(max_examples=120, deadline=None)
@given(
    st.text(min_size=1, max_size=80),
    st.lists(st.sampled_from([FULL[:60], FORWARDED, "经查", "《", "0", "。"])),
)
def test_scores_are_bounded_and_spans_stand_in_the_reply(complaint: str, pieces: list[str]) -> None:
    reply = "".join(pieces) or "。"
    if not complaint.strip():
        return
    quality = judge_reply(complaint, reply)
    for score in quality.scores:
        assert score.value is None or 0.0 <= score.value <= 1.0
        for part in score.parts:
            assert 0.0 <= part.value <= 1.0
            assert all(quality.reply[s.start : s.end] == s.text for s in part.evidence)


def test_every_pattern_compiles_and_every_score_has_parts() -> None:
    path = Path(cues.__file__).with_name("cues.toml")
    assert tomllib.loads(path.read_text("utf-8"))["date"]
    assert [len(cues.parts(s)) for s in ("completeness", "explainability", "courtesy")] == [4, 3, 3]
    assert len(cues.asks()) == 5
