from __future__ import annotations

from dataclasses import replace
from datetime import date

from legal_corpus.judge import Evidence, RepealEvidence, Verdict, judge
from legal_corpus.values import Status

TODAY = date(2026, 11, 22)
OLD = Evidence("old", "甲法", "全国", date(2010, 1, 1), date(2010, 6, 1))
NEW = Evidence("new", "甲法", "全国", date(2020, 1, 1), date(2020, 6, 1))


def verdict(*versions: Evidence, repeals: tuple[RepealEvidence, ...] = ()) -> dict[str, Verdict]:
    return judge(versions, repeals, TODAY)


def test_the_newest_is_in_force_and_the_older_ends_when_it_begins() -> None:
    found = verdict(NEW, OLD)
    assert found["new"].status is Status.IN_FORCE
    assert (found["old"].status, found["old"].valid_to) == (Status.AMENDED, date(2020, 6, 1))
    assert "2020-01-01" in found["old"].reason


def test_a_version_that_is_not_yet_in_force_leaves_the_older_one_standing() -> None:
    found = verdict(OLD, replace(NEW, version_date=date(2026, 10, 1), given_from=date(2027, 1, 1)))
    assert found["new"].status is Status.NOT_YET
    assert found["old"].status is Status.IN_FORCE


def test_expired_and_repealed() -> None:
    assert verdict(replace(NEW, expired=True))["new"].status is Status.REPEALED
    by = Evidence("by", "乙法", "全国", date(2022, 1, 1), date(2022, 5, 1))
    found = verdict(NEW, by, repeals=(RepealEvidence(by, "甲法", None, "《乙法》第九条"),))
    assert (found["new"].status, found["new"].valid_to) == (Status.REPEALED, date(2022, 5, 1))
    assert "《乙法》第九条" in found["new"].reason


def test_what_does_not_repeal() -> None:
    later = Evidence("by", "乙法", "全国", date(2026, 11, 1), date(2027, 5, 1))
    local = Evidence("by", "乙条例", "甲省", date(2022, 1, 1), date(2022, 5, 1))
    older = Evidence("by", "乙法", "全国", date(2001, 1, 1), date(2001, 5, 1))
    for by in (later, local, older):
        found = verdict(NEW, by, repeals=(RepealEvidence(by, "甲法", None, "x"),))
        assert found["new"].status is Status.IN_FORCE
    own = verdict(NEW, repeals=(RepealEvidence(NEW, "甲法", date(2020, 6, 1), "x"),))
    assert own["new"].status is Status.IN_FORCE


def test_unknown_is_never_in_force() -> None:
    found = verdict(replace(NEW, version_date=None, given_from=None))
    assert found["new"].status is Status.UNKNOWN
    assert verdict(replace(NEW, amending=True))["new"].status is Status.UNKNOWN
    assert verdict(replace(NEW, given_status="strange"))["new"].status is Status.UNKNOWN


def test_a_judged_source_is_believed() -> None:
    assert verdict(replace(NEW, given_status="current"))["new"].status is Status.IN_FORCE
    assert verdict(replace(NEW, given_status="superseded"))["new"].status is Status.AMENDED
    found = verdict(replace(NEW, given_status="repealed", given_reason="某法废止"))
    assert (found["new"].status, found["new"].reason) == (Status.REPEALED, "某法废止")


def test_a_first_day_before_the_version_is_not_believed() -> None:
    assert verdict(replace(NEW, given_from=date(2010, 6, 1)))["new"].valid_from is None


def test_a_text_that_a_missing_version_has_overtaken_is_not_law() -> None:
    known = Evidence(
        "v", "村民委员会组织法", "全国", date(2018, 12, 29), date(2018, 12, 29), given_status="current"
    )
    found = verdict(known)["v"]
    assert (found.status, found.valid_to) == (Status.AMENDED, date(2026, 1, 1))
    assert "2025-10-28" in found.reason
    before = judge([known], (), date(2025, 12, 31))["v"]
    assert before.status is Status.IN_FORCE
    newer = replace(known, version_date=date(2025, 10, 28), given_from=date(2026, 1, 1))
    assert verdict(newer)["v"].status is Status.IN_FORCE
