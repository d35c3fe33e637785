"""Guarantee, robustness, faithfulness, parts: arithmetic on known cases, the commands on our messages."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from eval.errors import DataMissing
from eval.faithfulness import delete, evaluate_faithfulness
from eval.guarantee import evaluate_guarantee, recheck, repeated, verdict
from eval.parts import detection_scores, evaluate_parts
from eval.perturb import NOISE, SWAPS, no_punctuation, swap_gender, swap_places, typos
from eval.robustness import changed_texts, robustness
from eval.router_slices import slice_names, slice_scores
from triage.classifier.member import Labels
from triage.classifier.places import fold_places
from triage.classifier.thresholds import Promise, Thresholds
from triage.training.data import TrainingRow
from triage.training.promises import choose_promise, choose_promises, clopper_pearson, convention_promises

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "triage"))

from router_samples import gold_rows, write_rows

SAID = "他在长沙市K3区的小区里被王先生骂了，父亲去居委会反映，没有人处理这个问题。"


def _calibrated(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Confidences and whether each was right, as a calibrated router would have them."""
    chance = np.random.default_rng(seed)
    confidence = chance.beta(6, 1, n)
    return confidence, chance.uniform(size=n) < confidence


@pytest.mark.parametrize(("wrong", "n", "delta"), [(0, 99, 0.05), (3, 200, 0.05), (7, 300, 0.1)])
def test_bound_is_exact(wrong: int, n: int, delta: float) -> None:
    assert binom.cdf(wrong, n, clopper_pearson(wrong, n, delta)) == pytest.approx(delta, abs=1e-6)


def test_a_promise_is_justified_by_its_data() -> None:
    confidence, right = _calibrated(3000, 1)
    promise = choose_promise("level1", confidence, right, alpha=0.05)
    assert promise.threshold is not None
    above = confidence >= promise.threshold
    assert (above.sum(), (above & ~right).sum()) == (promise.n, promise.wrong)
    assert clopper_pearson(promise.wrong, promise.n) <= 0.05
    assert promise.share == pytest.approx(promise.n / 3000)


def test_stricter_promises_dispatch_less() -> None:
    shares = [one.share for one in choose_promises("level1", *_calibrated(4000, 2), "sha256:x")]
    assert shares == sorted(shares) and shares[3] > shares[2] > 0


def test_no_promise_from_too_little_or_too_bad_data() -> None:
    assert choose_promise("x", np.full(50, 0.9), np.ones(50, bool), alpha=0.03).threshold is None
    coin = np.arange(1000) % 2 == 0
    assert choose_promise("x", np.linspace(0.5, 1, 1000), coin, alpha=0.1).threshold is None


def test_promises_are_kept_as_often_as_said() -> None:
    confidence, right = _calibrated(2000, 3)
    scores = repeated("level1", confidence, right, 0.05, 0.05)
    assert scores["level1.violations.population"].value <= 0.05
    assert 0.2 < scores["level1.auto_share"].value < 1
    assert scores["level1.violations.halves"].n == 200


def test_recheck_counts_above_the_stored_threshold() -> None:
    confidence = np.array([0.95] * 200 + [0.5] * 100)
    right = np.array([True] * 198 + [False] * 2 + [False] * 100)
    promise = Promise("level1", 0.05, 0.05, 0.9)
    scores = recheck("level1", confidence, right, promise)
    assert scores["level1.stored.share"].value == pytest.approx(2 / 3, abs=1e-5)
    assert scores["level1.stored.error"].value == pytest.approx(0.01)
    assert scores["level1.stored.error_bound"].value == pytest.approx(clopper_pearson(2, 200), abs=1e-5)
    assert "承诺成立" in verdict(confidence, right, promise, 0.05, 0.05)


@pytest.mark.parametrize(("wrong", "said"), [(60, "承诺被打破"), (9, "数据不足以再次证明"), (0, "承诺成立")])
def test_verdicts(wrong: int, said: str) -> None:
    right = np.arange(200) >= wrong
    promise = Promise("department", 0.05, 0.05, 0.5)
    assert said in verdict(np.full(200, 0.9), right, promise, 0.05, 0.05)
    assert "没有存" in verdict(np.full(200, 0.9), right, None, 0.05, 0.05)


def test_promises_survive_the_manifest() -> None:
    promises = choose_promises("level1", *_calibrated(1000, 4), "sha256:x")
    plain = {"auto": 0.8, "promises": [json.loads(json.dumps(_plain(one))) for one in promises]}
    again = Thresholds.from_plain(plain)
    assert again.promises == promises
    assert again.promise("level1", 0.05) == promises[2]
    assert again.promise("level1", 0.04) is None


def _plain(promise: Promise) -> dict[str, object]:
    return {name: getattr(promise, name) for name in Promise.__dataclass_fields__}


def test_swaps_change_who_and_where_alone() -> None:
    swapped = swap_gender(SAID, random.Random(1))
    assert swapped.startswith("她在") and "王女士" in swapped and "母亲" in swapped
    assert swap_gender(swapped, random.Random(1)) == SAID
    moved = swap_places(SAID, random.Random(1))
    assert "长沙" not in moved and "K3区" not in moved and len(moved) == len(SAID)
    assert swap_gender("其他人", random.Random(1)) == "其他人"


def test_noise_is_about_a_tenth_and_repeatable() -> None:
    said = "小区楼下的路灯坏了很久没有人来修理"
    text = said * 30
    assert typos(text, random.Random("a")) == typos(text, random.Random("a"))
    kept = sum(
        letter in "小区楼下的路灯坏了很久没有人来修理"
        for letter in NOISE["homophones"](text, random.Random(2))
    )
    assert 0.8 < kept / len(text) < 0.97
    assert no_punctuation("停水，三天！〔姓名〕\n急。", random.Random(1)) == "停水三天〔姓名〕\n急"


def test_traditional_characters_come_back() -> None:
    rows = [TrainingRow("a", "小区楼下的路灯坏了很久没有人来修理", "plain", "a")]
    assert changed_texts(rows, NOISE["traditional"]) == [rows[0].text]


LABELS = Labels(("城乡建设", "交通运输"), (), ("zhujian", "jiaotong"), (), ())


def _by_word(texts: Sequence[str]) -> dict:  # type: ignore[type-arg]
    """A router that looks for one word and, wrongly, at the gender of the writer."""
    first = np.array([[0.9, 0.1] if "灯" in text and "她" not in text else [0.2, 0.8] for text in texts])
    return {"level1": first, "department": first}


def test_flips_and_losses_of_a_router_that_looks_at_gender() -> None:
    rows = [
        TrainingRow(
            f"{n}",
            f"他说{'路灯' if n % 2 else '公交'}的事情没人管",
            "plain",
            f"{n}",
            LABELS.level1[1 - n % 2],
        )
        for n in range(40)
    ]
    scores = robustness(rows, _by_word, LABELS)
    assert scores["level1.flips.gender"].value == 0.5
    assert scores["level1.flips.places"].value == 0
    assert scores["level1.lost.no_punctuation"].value == 0
    assert scores["level1.lost.typos"].value > 0
    assert set(SWAPS) == {"names_and_phones", "places", "gender"}


def test_deletion_is_matched_in_number_and_length() -> None:
    text = "楼下烧烤店的油烟很大，烧烤店老板不听劝，我们一家人晚上都睡不着觉，请尽快处理"
    made = delete(text, ["烧烤店", "油烟"])
    assert made is not None
    assert "烧烤店" not in made.shown and "油烟" not in made.shown
    assert all(len(control) == len(made.shown) for control in made.controls)
    assert all("烧烤店" in control and "油烟" in control for control in made.controls)
    assert delete("油烟很大", ["油烟", "很大"]) is None
    assert delete(text, []) is None


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="长沙市A3区K县在湖南路上，\n", max_size=40))
def test_folding_places_keeps_the_length(text: str) -> None:
    folded = fold_places(text)
    assert len(folded) == len(text) and fold_places(folded) == folded
    assert "长沙" not in folded and "湖南" not in folded


def test_folded_places_are_the_same_everywhere() -> None:
    assert fold_places("K3区的长沙人") == fold_places("B3区的武汉人") == "某3区的某某人"
    assert fold_places("KTV和4S店") == "KTV和4S店"


def test_detection_figures() -> None:
    gold, found = np.array([1, 1, 0, 0], bool), np.array([1, 0, 1, 0], bool)
    scores = detection_scores(gold, found)
    assert [scores[f"parts.{name}"].value for name in ("precision", "recall", "f1")] == [0.5, 0.5, 0.5]
    assert detection_scores(gold, ~gold & False)["parts.f1"].value == 0


def test_slices_by_length_year_region_and_channel(tmp_path: Path) -> None:
    said = [
        {"row": n, "title": "", "text": "停水" * 40, "region": "北区" if n % 2 else ""} for n in range(80)
    ]
    data = write_rows(tmp_path / "rows.jsonl", said)
    rows = [
        TrainingRow(f"c2:{n}", "停水" * 40, "c2", f"{n}", received=f"20{18 + n % 2}-01-01") for n in range(80)
    ]
    names = slice_names(rows, data)
    assert set(names["length"]) == {"50-99"} and names["channel"] == [""] * 80
    target = np.arange(80) % 2
    scores = slice_scores("level1", target, np.zeros(80, np.int64), names)
    assert scores["level1.year=2018.accuracy"].value == 1 and scores["level1.year=2019.accuracy"].value == 0
    assert scores["level1.region=北区.accuracy"].n == 40
    assert not any("channel" in name for name in scores)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [dict(row, multi=False) for row in gold_rows(1)]
    return write_rows(tmp_path_factory.mktemp("ours") / "gold.jsonl", rows)


def test_the_commands_on_the_shipped_router(ours: Path) -> None:
    guarantee = evaluate_guarantee(ours, alpha=0.05)
    assert guarantee.scores["department.stored.share"].n == 16
    assert set(guarantee.details["verdict"]) == {"level1", "level1.national", "department"}
    parts = evaluate_parts(ours)
    assert parts.scores["parts.recall"].value == 0 and parts.details["several"] == 0
    shown = evaluate_faithfulness(ours)
    assert shown.scores["flips.difference"].value >= 0
    assert shown.scores["probability_lost.difference"].value > 0.1


def test_files_without_labels_are_named(tmp_path: Path) -> None:
    plain = write_rows(tmp_path / "plain.jsonl", [{"title": "停水", "text": "停水三天没有人管"}])
    with pytest.raises(DataMissing, match="没有一级事项或单位标签"):
        evaluate_guarantee(plain)
    with pytest.raises(DataMissing, match="没有 multi 列"):
        evaluate_parts(plain)
    for measure in (evaluate_guarantee, evaluate_parts, evaluate_faithfulness):
        with pytest.raises(DataMissing, match="找不到评测数据"):
            measure(tmp_path / "none.jsonl")


def test_a_promise_by_one_convention_counts_its_own_rows() -> None:
    labels = Labels(("甲", "乙"), (("甲", "一"), ("乙", "二")), ("a", "b"), ("投诉",), ("一般",))
    coarse = TrainingRow(id="c", text="停水", source="c2", group="c", level1="甲")
    fine = TrainingRow(id="f", text="停电", source="gold", group="f", level1="甲", level2="一")
    rows = [coarse] * 300 + [fine] * 300
    wrong_on_fine = np.repeat([[0.9, 0.1], [0.2, 0.8]], 300, axis=0)
    found = convention_promises("contest", {"level1": wrong_on_fine}, rows, labels, "sha256:0")
    assert {one.head for one in found} == {"level1.contest"}
    assert all(one.calibration_n == 300 and one.wrong == 0 for one in found)
    broken = convention_promises("national", {"level1": wrong_on_fine}, rows, labels, "sha256:0")
    assert all(one.threshold is None for one in broken)
