"""Router and dispatch catalogue joined: who moves what, that it stays a distribution, how it is fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.catalogue.book import load_catalogue
from triage.catalogue.entries import DispatchCatalogue, load_dispatch
from triage.catalogue.joining import Joined, Joiner, JoinWeights, load_joining
from triage.classifier.beliefs import Beliefs, beliefs_of, membership
from triage.classifier.conventions import Convention
from triage.classifier.router import Believer, Router
from triage.errors import ModelError
from triage.training.data import TrainingRow
from triage.training.joining import FEWEST, fit_joining
from triage.training.labels import current_labels
from triage.values import DepartmentScore, MatterScore, Prediction

LABELS = current_labels()
NAMES = {each.id: each.name for each in load_catalogue().departments}
GAS = "天然气\n燃气公司一直不给通气"
PLAIN = JoinWeights((1.0, 1.0, 0.2, 0.2, 0.2), (0.7, 0.5), {})


def said(department: dict[str, float], matter: dict[tuple[str, str], float]) -> Prediction:
    return Prediction(
        tuple(MatterScore(*pair, p) for pair, p in matter.items()),
        tuple(DepartmentScore(id, NAMES[id], p) for id, p in department.items()),
        kind=(),
        urgency=(),
    )


def join(
    text: str, found: Prediction, weights: JoinWeights = PLAIN, convention: Convention = "national"
) -> Joined:
    joiner = Joiner(load_dispatch().matcher, LABELS)
    return joiner.join([text], beliefs_of([found]), weights, convention)


def level1_of(joined: Joined, name: str) -> float:
    return float(joined.level1[0, LABELS.level1.index(name)])


def test_the_words_of_an_entry_move_the_department() -> None:
    router = said({"zhujian": 0.5, "gongshui": 0.3}, {("城乡建设", "城市建设和市政管理"): 0.7})
    moved = join(GAS, router).prediction(0, router, NAMES)
    assert moved.department[0].id == "gongshui"
    assert len(moved.department) == 2 and len(moved.matter) == 1
    assert sum(each.p for each in moved.department) <= 1


def test_the_words_of_an_entry_speak_on_level_1_too() -> None:
    router = said({"zhujian": 0.4, "jiaoyu": 0.4}, {("城乡建设", "城乡规划"): 0.5, ("教育文体", "其他"): 0.4})
    silent = JoinWeights((1.0, 1.0, 0.0, 0.0, 0.0), (1.0, 0.0), {})
    text = "幼儿园\n幼儿园老师体罚孩子，校车超员"
    assert level1_of(join(text, router), "教育文体") > level1_of(join(text, router, silent), "教育文体")
    assert join(text, router).level1[0].argmax() == LABELS.level1.index("教育文体")


def test_a_department_speaks_for_the_matters_that_it_leads() -> None:
    matters = {("城乡建设", "城市建设和市政管理"): 0.5, ("环境保护", "环境污染"): 0.45}
    by_city = said({"zhujian": 0.9}, matters)
    by_environment = said({"shengtai": 0.9}, matters)
    assert level1_of(join("嗯", by_environment), "环境保护") > level1_of(join("嗯", by_city), "环境保护")


def test_a_constant_raises_its_class_alone() -> None:
    router = said({"zhujian": 0.9}, {("城乡建设", "城乡规划"): 0.5, ("国土资源", "土地征收"): 0.5})
    raised = replace(PLAIN, bias={"国土资源": 1.0})
    assert level1_of(join("嗯", router, raised), "国土资源") > level1_of(join("嗯", router), "国土资源")


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=120), st.integers(0, len(LABELS.pairs) - 1), st.floats(0.01, 1.0))
def test_every_answer_is_a_distribution_whose_first_matter_lies_in_the_first_level_1(
    text: str, column: int, p: float
) -> None:
    joined = join(text, said({"zhujian": 0.5}, {LABELS.pairs[column]: p}), load_joining())
    assert joined.level1.sum() == pytest.approx(1.0) and joined.department.sum() == pytest.approx(1.0)
    assert (joined.paths >= 0).all() and joined.paths.sum() <= 1 + 1e-9
    first = LABELS.pairs[joined.paths[0].argmax()][0]
    assert first == LABELS.level1[joined.level1[0].argmax()]


def test_the_contest_convention_is_left_alone_and_auto_lies_between() -> None:
    router = beliefs_of([said({"zhujian": 0.9}, {("环境保护", "环境污染"): 0.8})])
    contest = np.zeros((1, len(LABELS.level1)))
    contest[0, LABELS.level1.index("城乡建设")] = 1.0
    both = replace(router, contest=contest, share=np.array([[0.25]]))
    joiner = Joiner(load_dispatch().matcher, LABELS)
    national, auto, asked = (
        joiner.join(["嗯"], both, PLAIN, one).level1 for one in ("national", "auto", "contest")
    )
    assert asked == pytest.approx(contest)
    assert auto == pytest.approx(0.25 * contest + 0.75 * national)


def test_a_department_of_the_city_that_the_router_does_not_know_can_come_out() -> None:
    entry = replace(load_dispatch().entry("cj_ludeng"), id="own", lead="city_light", words=("路灯",))
    city = replace(load_dispatch(), entries=(entry,))
    joiner = Joiner(city.matcher, LABELS, ("city_light",))
    router = said({"zhujian": 0.2, "chengguan": 0.2}, {("城乡建设", "城市建设和市政管理"): 0.2})
    weights = JoinWeights(PLAIN.matter, (0.2, 2.0), {})
    joined = joiner.join(["路灯\n路灯不亮"], beliefs_of([router]), weights, "national")
    assert joined.prediction(0, router, {**NAMES, "city_light": "路灯所"}).department[0].name == "路灯所"
    assert "city_light" not in {one.id for one in joined.prediction(0, router, NAMES).department}


def test_an_empty_catalogue_leaves_the_router_its_order() -> None:
    joiner = Joiner(DispatchCatalogue(()).matcher, LABELS)
    router = said({"zhujian": 0.6, "chengguan": 0.3}, {("城乡建设", "城乡规划"): 0.6, ("政法", "其他"): 0.2})
    joined = joiner.join([GAS], beliefs_of([router]), PLAIN, "national").prediction(0, router, NAMES)
    assert [one.id for one in joined.department] == ["zhujian", "chengguan"]
    assert joined.matter[0].level2 == "城乡规划"


def test_weights_come_back_and_a_missing_one_is_told(tmp_path: Path) -> None:
    assert JoinWeights.from_plain(load_joining().to_plain()) == load_joining()
    with pytest.raises(ModelError, match=r"目录与模型的合成参数不完整.*entry_paths"):
        JoinWeights.from_plain({"matter": {"level1": 1, "paths": 1}, "department": {}, "bias": {}})
    broken = tmp_path / "joining.toml"
    broken.write_text("bias = 3\n[matter]\n[department]\n", "utf-8")
    with pytest.raises(ModelError, match=r"重新训练模型，或恢复随附的 joining\.toml"):
        load_joining(broken)


def test_every_class_of_level_1_has_its_constant() -> None:
    assert set(load_joining().bias) == set(LABELS.level1)


def test_the_router_tells_what_its_lists_were_cut_from() -> None:
    router = Router.load()
    assert isinstance(router, Believer)
    texts = ["路灯\n小区门口的路灯坏了", "幼儿园\n幼儿园退费"]
    ranked, found = router.read(texts)
    assert ranked == router.predict(texts) and len(found) == 2
    for part in (found.level1, found.paths, found.department, found.contest):
        assert part is not None and part.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert found.level1 == pytest.approx(router.probabilities(texts, convention="national")["level1"])
    assert found.department == pytest.approx(router.probabilities(texts)["department"])


def _rows(count: int) -> tuple[list[TrainingRow], Beliefs]:
    """Messages (ours) of two matters; the router sees as through fog, and leans to one class of level 1."""
    matters = [("环境保护", "环境污染", "shengtai"), ("城乡建设", "城乡规划", "ziran")]
    chosen = [matters[number % 2] for number in range(count)]
    rows = [
        TrainingRow(f"gold:{number}", "嗯", "gold", f"{number}", one, two, unit)
        for number, (one, two, unit) in enumerate(chosen)
    ]
    random = np.random.default_rng(0)
    paths, department = (
        np.full((count, len(LABELS.pairs)), 1e-3),
        np.full((count, len(LABELS.departments)), 1e-3),
    )
    for row, (one, two, unit) in enumerate(chosen):
        paths[row, LABELS.pairs.index((one, two))] += random.random() * 0.5
        paths[row, LABELS.pairs.index(("城乡建设", "城乡规划"))] += 0.4
        department[row, LABELS.departments.index(unit)] += 0.5
    paths /= paths.sum(axis=1, keepdims=True)
    department /= department.sum(axis=1, keepdims=True)
    return rows, Beliefs(LABELS, paths @ membership(LABELS), paths, department)


def _right(rows: Sequence[TrainingRow], joined: Joined) -> float:
    first = joined.level1.argmax(axis=1)
    return float(
        np.mean([LABELS.level1[column] == row.level1 for column, row in zip(first, rows, strict=True)])
    )


def test_a_fit_mends_what_the_router_overrates() -> None:
    rows, found = _rows(2 * FEWEST)
    weights = fit_joining(found, rows)
    assert weights is not None and weights.bias["城乡建设"] < weights.bias["环境保护"]
    joiner = Joiner(load_dispatch().matcher, LABELS)
    texts = [row.text for row in rows]
    before = joiner.join(texts, found, JoinWeights((1.0, 0.0, 0.0, 0.0, 0.0), (1.0, 0.0), {}), "national")
    assert _right(rows, joiner.join(texts, found, weights, "national")) > _right(rows, before) + 0.1


def test_too_few_rows_fit_nothing() -> None:
    rows, found = _rows(FEWEST - 1)
    assert fit_joining(found, rows) is None
    blind = [replace(row, dept=None) for row in rows]
    assert fit_joining(found, blind) is None
