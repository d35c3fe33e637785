"""The guard of lawful dispatch: 124 rule cases of our own, each with the clause that decides."""

from __future__ import annotations

import json
import lzma
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.catalogue.book import load_catalogue
from triage.catalogue.dispatch import DispatchEntry, NotCompetent
from triage.errors import CatalogueError
from triage.policy.accused import find_accused
from triage.policy.guard import RouteContext, check_route
from triage.policy.guard_rules import GUARD_FILE, load_guard, parse_guard

CASES: dict[str, list[list[Any]]] = tomllib.loads(
    (Path(__file__).parent / "guard_cases.toml").read_text("utf-8")
)
ALL = [(group, case) for group, listed in CASES.items() for case in listed]


def entry(known: dict[str, Any]) -> DispatchEntry | None:
    if "lead" not in known:
        return None
    refused = tuple(NotCompetent(unit, why) for unit, why in known.get("not", {}).items())
    co = tuple(known.get("co", ()))
    return DispatchEntry("x", "试", "一", "二", "", known["lead"], co, refused, (), "", (), (), ())


def context(text: str, known: dict[str, Any]) -> RouteContext:
    return RouteContext(
        text=text,
        step=known.get("step", "dispatch"),
        level=known.get("level", "city"),
        entry=entry(known),
        candidates=tuple(known.get("candidates", ())),
        designated=known.get("designated", ""),
        returned_by=tuple(known.get("returned_by", ())),
    )


@pytest.mark.parametrize(("group", "case"), ALL, ids=[f"{c[0]}-{c[3][:12]}" for _, c in ALL])
def test_the_clause_that_decides(group: str, case: list[Any]) -> None:
    clause, asked, use, text = case[:4]
    verdict = check_route(asked, context(text, case[4] if len(case) > 4 else {}))
    found = {one.id: one.effect for one in verdict.clauses}
    assert clause in found, found
    assert verdict.department == use
    assert verdict.allowed == (load_guard().clauses[clause].effect != "bar"), found
    if group.startswith("hard"):
        assert "bar" not in found.values()


def test_there_are_124_and_the_clauses_are_all_tried() -> None:
    assert len(ALL) == 124
    assert {case[0] for _, case in ALL} == set(load_guard().clauses)
    barred = [case for _, case in ALL if load_guard().clauses[case[0]].effect == "bar"]
    assert 50 <= len(barred) <= 70


def test_a_local_rule_binds_at_home_and_is_a_model_elsewhere() -> None:
    known = {"step": "return", "designated": "zhujian"}
    for region, said in (("潍坊市", ""), ("", "潍坊"), ("广东", "潍坊")):
        clause = check_route("zhujian", RouteContext(**{**known, "region": region})).clauses[0]  # type: ignore[arg-type]
        assert clause.region == said
        assert ("参照" in clause.text) == bool(said)


def test_a_national_article_stands_alone_where_the_local_one_does_not_bind() -> None:
    clause = check_route("chengguan", RouteContext(text="投诉城管局不作为", region="广东")).clauses[0]
    assert [str(basis) for basis in clause.basis] == ["《信访工作条例》第三十条"]
    at_home = check_route("chengguan", RouteContext(text="投诉城管局不作为", region="济南市")).clauses[0]
    assert len(at_home.basis) == 2


def test_competence_comes_before_recusal() -> None:
    known = {"lead": "chengguan", "not": {"shijian": "不管市容"}}
    verdict = check_route("shijian", context("举报城管局乱罚款", known))
    assert verdict.department == "xinfang"
    assert [one.id for one in verdict.clauses][:2] == ["not_competent", "not_to_accused"]


def test_blame_in_passing_bars_nothing() -> None:
    verdict = check_route("chengguan", RouteContext(text="夜宵摊占道，城管局不作为，请处理"))
    assert verdict.allowed
    accused = find_accused("夜宵摊占道，城管局不作为，请处理")
    assert accused is not None and not accused.is_direct


def test_an_unknown_department_is_named() -> None:
    with pytest.raises(CatalogueError, match="单位目录中没有 nowhere"):
        check_route("nowhere", RouteContext())


def test_every_unit_and_every_instead_is_in_the_catalogue() -> None:
    rules, known = load_guard(), load_catalogue()
    named = {*rules.units, *(one for unit in rules.units.values() for one in unit.beneath)}
    assert {*named, *rules.above.values()} <= set(known.ids)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('effect = "allow"', 'effect = "perhaps"', "effect = perhaps"),
        ("列为{department}", "列为{departement}", "departement"),
        ('id = "catalogue_duty"', 'id = "entry_names_lead"', "条款 id重复"),
        ('department = "jiaojing"', 'department = "gonganju"', "单位重复"),
        ("[above]", "[beyond]", "above"),
        ('names = ["信访局"]', 'names = [""]', "空项"),
        ('graft = ["贪污"', 'graft = ["(贪污"', "unterminated"),
    ],
)
def test_a_broken_rule_is_named(old: str, new: str, said: str) -> None:
    source = GUARD_FILE.read_text("utf-8")
    with pytest.raises(CatalogueError) as caught:
        parse_guard(source.replace(old, new, 1))
    assert said in str(caught.value)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300), st.sampled_from(load_catalogue().ids))
def test_a_verdict_always_names_a_unit_and_quotes_the_text(text: str, department: str) -> None:
    verdict = check_route(department, RouteContext(text=text))
    assert verdict.department in load_catalogue()
    accused = find_accused(text)
    assert accused is None or text[accused.start : accused.end] == accused.name


@pytest.mark.parametrize("piece", ["举报", "公安局", "投诉A3区", "向", "镇镇", "的"])
def test_a_long_hostile_text(piece: str) -> None:
    started = time.perf_counter()
    check_route("gonganju", RouteContext(text=piece * (50_000 // len(piece))))
    assert time.perf_counter() - started < 1.0


@pytest.mark.data
def test_every_basis_is_current_law(data_dir: Path) -> None:
    rules = load_guard().clauses.values()
    wanted = {(one.basis.law, one.basis.article) for rule in rules for one in rule.basis}
    laws = {law for law, _ in wanted}
    with lzma.open(data_dir / "law" / "articles.jsonl.xz", "rt", encoding="utf-8") as lines:
        articles = (json.loads(line) for line in lines if any(f'"{law}"' in line for law in laws))
        current = {(one["law"], one["article_no"]) for one in articles if one["current"]}
    assert wanted - current == set()
