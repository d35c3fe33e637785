"""The check of a dispatch catalogue: the shipped one is clean; each planted defect is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from triage.catalogue.book import load_catalogue
from triage.catalogue.check import Finding, Severity, Standing, check_dispatch
from triage.catalogue.dispatch import DispatchEntry, NotCompetent
from triage.catalogue.entries import load_dispatch
from triage.policy.clocks import load_clocks
from triage.taxonomy.tree import load_taxonomy
from triage.values import LegalBasis

REPEALED = LegalBasis("已废止的条例", "第一条")


def resolve(basis: LegalBasis) -> tuple[Standing, str]:
    return (Standing.NOT_LAW, "已废止") if basis == REPEALED else (Standing.IN_FORCE, "")


def findings(entries: list[DispatchEntry]) -> tuple[Finding, ...]:
    return check_dispatch(entries, load_catalogue(), load_taxonomy(), tuple(load_clocks().by_id), resolve)


def changed(id: str, **values: object) -> list[DispatchEntry]:
    return [
        replace(entry, **values) if entry.id == id else entry  # type: ignore[arg-type]
        for entry in load_dispatch().entries
    ]


def test_the_shipped_catalogue_has_no_finding() -> None:
    assert findings(list(load_dispatch().entries)) == ()


@pytest.mark.parametrize(
    ("id", "values", "kind"),
    [
        ("jt_kuaidi", {"lead": "kuaidiju"}, "未知单位"),
        ("jt_kuaidi", {"co": ("kuaidiju",)}, "未知单位"),
        ("jt_kuaidi", {"level2": "快递"}, "未知事项"),
        ("jt_kuaidi", {"clock": "sofort"}, "未知时限"),
        ("jt_kuaidi", {"basis": (REPEALED,)}, "引用悬空"),
        ("jt_kuaidi", {"not_competent": (NotCompetent("shijian", "x", (REPEALED,)),)}, "引用悬空"),
        ("jt_kuaidi", {"lead": "shijian", "co": ()}, "自相矛盾"),
        ("jt_kuaidi", {"co": ("youzheng",)}, "自相矛盾"),
        (
            "jt_kuaidi",
            {"co": ("shijian",), "not_competent": (NotCompetent("shijian", "不是它的事"),)},
            "自相矛盾",
        ),
        ("fc_yeweihui", {"basis": ()}, "下推基层无依据"),
        ("jt_kuaidi", {"name": "邮局服务、邮件投递、信报箱"}, "名称重复"),
    ],
)
def test_each_planted_defect_is_found(id: str, values: dict[str, object], kind: str) -> None:
    found = findings(changed(id, **values))
    assert kind in {finding.kind for finding in found if finding.entry == id}
    assert all(finding.severity is Severity.ERROR for finding in found)


def test_a_unit_that_helps_and_is_told_where_its_part_ends_is_no_contradiction() -> None:
    why = NotCompetent("shijian", "价格违法才归市场监管")
    found = findings(changed("jt_kuaidi", co=("shijian",), not_competent=(why,)))
    assert not [finding for finding in found if finding.entry == "jt_kuaidi"]


def test_same_class_and_words_with_another_lead_is_a_conflict() -> None:
    entry = load_dispatch().entry("jt_kuaidi")
    twin = replace(entry, id="twin", name="快递之二", lead="jiaotong", not_competent=())
    (found,) = findings([*load_dispatch().entries, twin])
    assert (found.kind, found.entry) == ("主办冲突", "jt_kuaidi")
    assert "twin" in found.text


def test_gaps_are_told() -> None:
    without = [entry for entry in load_dispatch().entries if entry.lead != "guozi" and entry.level2 != "优抚"]
    told = [finding.text for finding in findings(without) if finding.kind == "缺口"]
    assert "事项“民政／优抚”没有条目" in told
    assert "国资委（guozi）没有主办任何条目" in told


def test_what_could_not_be_checked_is_a_warning() -> None:
    entries = list(load_dispatch().entries)
    found = check_dispatch(
        entries,
        load_catalogue(),
        load_taxonomy(),
        tuple(load_clocks().by_id),
        lambda basis: (Standing.UNCHECKED, "摘要未收"),
    )
    assert {(finding.severity, finding.kind) for finding in found} == {(Severity.WARNING, "引用未核")}
