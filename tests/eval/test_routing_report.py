"""The routing report: its figures are scikit-learn's, its page is whole, alone and safe."""

from __future__ import annotations

import json
import random
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support
from typer.testing import CliRunner

from eval.commands import commands
from eval.dispatch import cross_validate_dispatch
from eval.errors import BadPredictions, DataMissing
from eval.report.curves import promise_rows, reliability, risk_curve
from eval.report.learning import learning_curve
from eval.report.make import Wishes, make_report, stored_promises
from eval.report.measured import HeadReport, Report
from eval.report.page import report_html
from eval.report.predictions import Predicted, Predictions, printable, read_predictions, write_predictions
from eval.report.sections import learning_section
from eval.report.slices import quarters
from triage.classifier.router import Router
from triage.classifier.thresholds import Promise
from triage.training.data import load_rows
from triage.training.measure import calibration_error

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "triage"))

from router_samples import THEMES, gold_rows, level1_rows, small_recipe, write_rows

LEVELS = [theme[0][0] for theme in THEMES]
UNITS = [theme[0][2] for theme in THEMES]
HOSTILE = "<script>alert(1)</script>\"'&\u202eabc"
HOSTILE_LABEL = '"><img src=x onerror="alert(2)">'


def ranked(chance: random.Random, labels: list[str], true: str) -> tuple[tuple[str, float], ...]:
    """Probabilities whose first label is right in about three of four cases."""
    weights = [chance.random() + (2.0 if label == true and chance.random() < 0.75 else 0) for label in labels]
    found = [(label, round(weight / sum(weights), 4)) for label, weight in zip(labels, weights, strict=True)]
    return tuple(sorted(found, key=lambda pair: -pair[1]))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A file of messages of our own and predictions for them: 160 rows, one of them hostile."""
    folder, chance = tmp_path_factory.mktemp("report"), random.Random(3)
    rows = gold_rows(10)
    for number, row in enumerate(rows):
        row["region"] = ("甲区", "乙区", "<b>丙区</b>")[0 if number < 90 else 1 if number < 150 else 2]
        row["time"] = f"20{18 + number % 3}-05-01 08:00:00"
        row["dept_ok"] = [UNITS[number % 4]] if number % 5 == 0 and UNITS[number % 4] != row["dept"] else []
    rows[0]["uid"] = HOSTILE
    rows[0]["text"] = f"{rows[0]['text']}<i>联系电话13912345678</i>&1<2"
    data = write_rows(folder / "gold.jsonl", rows)
    predicted = []
    for row in rows:
        true = {"level1": str(row["level1"]), "department": str(row["dept"])}
        found = {
            "level1": ranked(chance, LEVELS, true["level1"]),
            "department": ranked(chance, UNITS, true["department"]),
        }
        others = tuple(str(one) for one in row["dept_ok"])  # type: ignore[attr-defined]
        predicted.append(Predicted(printable(f"gold:{row['uid']}"), true, others, found))
    worst = predicted[0]
    wrong = {**worst.ranked, "department": ((HOSTILE_LABEL, 0.99), (UNITS[0], 0.01))}
    predicted[0] = Predicted(worst.id, worst.true, (), wrong)
    path = folder / "predictions.jsonl"
    write_predictions(Predictions(tuple(predicted), {"recipe": "<u>linear</u>", "folds": 5}), path)
    return data, path


@pytest.fixture(scope="module")
def report(made: tuple[Path, Path]) -> Report:
    return make_report([made[0]], predictions=made[1])


@pytest.fixture(scope="module")
def page(report: Report) -> ET.Element:
    """The page, read by a strict parser: it is well-formed, or this fails."""
    return ET.fromstring(report_html(report))


def head_of(report: Report, name: str) -> HeadReport:
    return next(head for head in report.heads if head.head == name)


def answers(path: Path, head: str) -> tuple[list[str], list[str], list[float]]:
    """Labels, first labels and their probabilities, read from the file apart from our own reader."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()[1:]]
    first = [max(row["ranked"][head], key=lambda pair: pair[1]) for row in rows]
    return [row["true"][head] for row in rows], [label for label, _ in first], [p for _, p in first]


@pytest.mark.parametrize("head", ["level1", "department"])
def test_figures_are_those_of_scikit_learn(made: tuple[Path, Path], report: Report, head: str) -> None:
    true, predicted, confidence = answers(made[1], head)
    found = head_of(report, head)
    assert found.scores["accuracy"].value == pytest.approx(accuracy_score(true, predicted), abs=1e-6)
    macro = f1_score(true, predicted, labels=sorted(set(true)), average="macro", zero_division=0)
    assert found.scores["macro_f1"].value == pytest.approx(macro, abs=1e-6)
    labels = [row.label for row in found.classes]
    assert set(labels) == {*true, *predicted}
    precision, recall, f1, support = precision_recall_fscore_support(
        true, predicted, labels=labels, zero_division=0
    )
    assert [row.n for row in found.classes] == support.tolist()
    assert [row.precision or 0 for row in found.classes] == pytest.approx(precision.tolist(), abs=1e-6)
    assert [row.recall or 0 for row in found.classes] == pytest.approx(recall.tolist(), abs=1e-6)
    assert [row.f1 for row in found.classes] == pytest.approx(f1.tolist(), abs=1e-6)
    counts = confusion_matrix(true, predicted, labels=labels)
    for one in found.confusions:
        row, column = labels.index(one.true), labels.index(one.predicted)
        assert one.n == counts[row, column]
        assert one.share == pytest.approx(counts[row, column] / counts[row].sum(), abs=1e-6)
    assert sum(one.n for one in found.confusions) == counts.sum() - np.trace(counts)
    ece = calibration_error(np.array(confidence), np.array(true) == np.array(predicted))
    assert found.scores["ece"].value == pytest.approx(ece, abs=1e-6)


def test_the_heat_map_holds_every_message_of_its_classes(made: tuple[Path, Path], report: Report) -> None:
    true, predicted, _ = answers(made[1], "department")
    heat = head_of(report, "department").heat
    labels = list(heat.labels)
    expected = confusion_matrix(true, predicted, labels=labels)
    assert np.array(heat.counts)[:, :-1].tolist() == expected.tolist()
    assert np.array(heat.counts).sum() == sum(label in labels for label in true)
    assert sum(row[-1] for row in heat.counts) == 1  # The hostile label is no class of the map.


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=120))
def test_bins_and_curve_hold_every_message(pairs: list[tuple[int, bool]]) -> None:
    confidence = np.array([p / 20 for p, _ in pairs])
    right = np.array([good for _, good in pairs])
    bins = reliability(confidence, right)
    assert sum(one.n for one in bins) == len(pairs)
    gaps = sum(abs(one.confidence - one.accuracy) * one.n for one in bins) / len(pairs)
    assert gaps == pytest.approx(calibration_error(confidence, right), abs=1e-5)
    assert all(one.low <= one.accuracy <= one.high for one in bins)
    last = risk_curve(confidence, right)[-1]
    wrong = int((~right).sum())
    assert (last.n, last.coverage) == (len(pairs), 1.0)
    assert last.error == pytest.approx(wrong / len(pairs), abs=1e-6)
    bound = 1.0 if wrong == len(pairs) else beta.ppf(0.95, wrong + 1, len(pairs) - wrong)
    assert last.bound == pytest.approx(bound, abs=1e-6)
    for one in risk_curve(confidence, right):
        above = confidence >= one.threshold
        assert one.n == above.sum()
        assert one.error == pytest.approx((~right[above]).mean(), abs=1e-6)


def test_a_stored_threshold_is_judged_on_these_messages() -> None:
    confidence, right = np.linspace(0, 1, 1001), np.ones(1001, dtype=bool)
    right[:500] = False
    stored = [Promise("level1", 0.05, 0.05, threshold) for threshold in (0.6, 0.45, 0.1, 2.0, None)]
    rows = promise_rows("level1", confidence, right, stored, 0.05)
    assert [row.standing for row in rows] == ["kept", "broken", "broken", "empty", "never"]
    assert (rows[0].n, rows[0].wrong, rows[0].share) == (401, 0, pytest.approx(401 / 1001, abs=1e-6))
    some = promise_rows("level1", confidence[-30:], right[-30:], stored[:1], 0.05)
    assert some[0].standing == "open"


def test_without_a_model_thresholds_are_chosen_here(report: Report) -> None:
    rows = head_of(report, "level1").promises
    assert {row.alpha for row in rows} == {0.01, 0.03, 0.05, 0.1}
    assert not any(row.stored for row in rows)
    assert "阈值就在这批预测上选出" in report_html(report)


def test_slices(report: Report) -> None:
    rows = head_of(report, "department").slices
    for kind in ("length", "year", "region"):
        assert sum(row.n for row in rows if row.kind == kind) == 160
    region = {row.name: row for row in rows if row.kind == "region"}
    assert {name: row.n for name, row in region.items()} == {"甲区": 90, "乙区": 60, "<b>丙区</b>": 10}
    assert [row.few for row in region.values()] == [False, False, True]
    assert [row.name for row in rows if row.kind == "year"] == ["2018", "2019", "2020"]
    assert all(row.low <= row.value <= row.high for row in rows)
    assert not [row for row in rows if row.kind in ("channel", "source")]  # They divide nothing here.
    few = [row for head in report.heads for row in head.slices if row.few]
    assert few and report_html(report).count("（太少）") == len(few)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 3000), min_size=4, max_size=80))
def test_quarters_are_named_by_their_bounds(lengths: list[int]) -> None:
    for length, name in zip(lengths, quarters(lengths), strict=True):
        bounds = [int(found) for found in re.findall(r"\d+", name)]
        if name.startswith("至"):
            assert length <= bounds[0]
        elif name.endswith("以上"):
            assert length >= bounds[0]
        else:
            assert bounds[0] <= length <= bounds[-1]


def test_the_page_stands_alone(report: Report, page: ET.Element) -> None:
    text = report_html(report)
    assert len(text.encode()) < 3_000_000
    for element in page.iter():
        assert element.tag in ALLOWED, element.tag
        assert not [name for name in element.attrib if name.lower().startswith("on")]
        for name in ("src", "href", "data", "action", "srcset", "poster"):
            assert element.get(name, "#").startswith(("#", "data:,")), element.attrib
    assert "url(" not in text and "@import" not in text
    assert len(list(page.iter("script"))) == 1
    policy = page.find(".//meta[@http-equiv='Content-Security-Policy']")
    assert policy is not None and "default-src 'none'" in str(policy.get("content"))


TAGS = """html head meta link title style body main script h1 h2 h3 p b a nav div section span dl dt dd table
thead tbody tr th td details summary svg g line polyline rect circle text"""
ALLOWED = set(TAGS.split())


def test_what_strangers_wrote_is_never_markup(report: Report, page: ET.Element) -> None:
    text = report_html(report)
    assert (
        "alert(1)</script>" not in text and "<img" not in text and "<b>丙" not in text and "<u>" not in text
    )
    assert "\u202e" not in text
    said = "".join(page.itertext())
    assert "<script>alert(1)</script>\"'&\ufffdabc" in said  # Shown as it is, where it cannot harm.
    assert HOSTILE_LABEL in said and "<b>丙区</b>" in said and "<u>linear</u>" in said


def test_no_text_of_a_citizen_unless_it_is_asked_for(made: tuple[Path, Path], report: Report) -> None:
    assert "不得外传" not in report_html(report)
    marker = "联系电话〔手机号〕"
    plain = report_html(report) + json.dumps(report.result().to_dict(), ensure_ascii=False)
    assert "联系电话" not in plain
    asked = make_report([made[0]], predictions=made[1], wishes=Wishes(with_text=True))
    page = ET.fromstring(report_html(asked))
    said = "".join(page.itertext())
    assert marker in said and "＆1＜2" in said and "13912345678" not in said
    assert not list(page.iter("i")) and "不得外传" in said


def test_the_worst_errors_come_first_and_acceptable_ones_are_none(
    made: tuple[Path, Path], report: Report
) -> None:
    errors = head_of(report, "department").errors
    assert errors[0].predicted == HOSTILE_LABEL and errors[0].probability == 0.99
    assert [one.probability for one in errors] == sorted((one.probability for one in errors), reverse=True)
    rows = {row.id: row for row in read_predictions(made[1]).rows}
    assert not [one for one in errors if one.predicted in rows[one.id].acceptable]
    none = make_report([made[0]], predictions=made[1], wishes=Wishes(errors=0))
    assert "最有把握的错误" not in report_html(none)


def test_structure(page: ET.Element) -> None:
    titles = [(e.tag, "".join(e.itertext())) for e in page.iter() if e.tag in ("h1", "h2", "h3")]
    parts = [
        "谁的单派到了谁那里",
        "自报的把握可信吗（可靠性图）",
        "能自动派多少（风险—覆盖）",
        "各类的精确率与召回率",
        "分组：哪里较弱",
        "最有把握的错误",
    ]
    each = [("h3", part) for part in parts]
    assert titles == [("h1", "分派评测报告"), ("h2", "一级事项"), *each, ("h2", "主管单位"), *each]
    origin = [e.text for e in page.iter("dt")]
    assert origin[:7] == ["评测对象", "模型哈希", "数据", "件数", "代码", "时间", "命令"]
    plots = [e.get("aria-label", "") for e in page.iter("svg") if e.get("role") == "img"]
    assert len(plots) == 6 and all(plots)


def test_a_perfect_router_has_a_page_too(tmp_path: Path) -> None:
    rows = gold_rows(2)
    data = write_rows(tmp_path / "gold.jsonl", rows)
    right = tuple(
        Predicted(
            f"gold:{row['uid']}", {"level1": str(row["level1"])}, (), {"level1": ((str(row["level1"]), 1.0),)}
        )
        for row in rows
    )
    write_predictions(Predictions(right), tmp_path / "p.jsonl")
    found = make_report([data], predictions=tmp_path / "p.jsonl")
    assert [head.head for head in found.heads] == ["level1"]
    assert found.heads[0].scores["ece"].value == 0
    page = ET.fromstring(report_html(found))
    assert "没有一件派错" in "".join(page.itertext())


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1), st.floats(0, 1))
def test_predictions_survive_the_file(tmp_path_factory: pytest.TempPathFactory, name: str, p: float) -> None:
    row = Predicted(printable(name), {"level1": "交通运输"}, ("zhujian",), {"level1": (("交通运输", p),)})
    path = tmp_path_factory.mktemp("p") / "p.jsonl"
    write_predictions(Predictions((row,), {"folds": 5}), path)
    assert read_predictions(path) == Predictions((row,), {"folds": 5})


HEAD_LINE = '{"zhili": "predictions", "format": 1, "origin": {}}\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "第 1 行无法使用"),
        ('{"uid": 1}\n', "不是本版本的预测文件"),
        (HEAD_LINE, "没有一条预测"),
        (HEAD_LINE + "not json\n", "第 2 行.*不是 JSON"),
        (HEAD_LINE + '{"id": "a"}\n', "第 2 行.*KeyError"),
        (
            HEAD_LINE + '{"id": "a", "true": {}, "acceptable": [], "ranked": {"level1": [["x", 1.5]]}}\n',
            "概率不在",
        ),
        (
            HEAD_LINE + '{"id": "a", "true": {}, "acceptable": [], "ranked": {"level1": [["x", NaN]]}}\n',
            "概率不在",
        ),
        (
            HEAD_LINE + '{"id": "a", "true": {}, "acceptable": [], "ranked": {"level1": []}}\n',
            "标签为空或重复",
        ),
        (HEAD_LINE + '{"id": 7, "true": {}, "acceptable": [], "ranked": {}}\n', "应为非空文字"),
        (HEAD_LINE + '{"id": "a", "true": {}, "acceptable": [], "ranked": {}}\n' * 2, "重复的编号"),
    ],
)
def test_a_broken_file_of_predictions_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(BadPredictions, match=said) as caught:
        read_predictions(path)
    assert "请：重新生成预测文件" in str(caught.value)


def test_predictions_of_other_data_are_refused(made: tuple[Path, Path], tmp_path: Path) -> None:
    other = write_rows(tmp_path / "other.jsonl", [dict(row, uid=f"x{row['uid']}") for row in gold_rows(1)])
    with pytest.raises(BadPredictions, match=r"预测文件与数据不符.*编号不存在"):
        make_report([other], predictions=made[1])
    rows = [json.loads(line) for line in made[0].read_text("utf-8").splitlines()]
    rows[3]["dept"] = "jiaoyu"
    with pytest.raises(BadPredictions, match="标签不同"):
        make_report([write_rows(tmp_path / "changed.jsonl", rows)], predictions=made[1])
    with pytest.raises(DataMissing, match="找不到预测文件"):
        make_report([made[0]], predictions=tmp_path / "none.jsonl")
    with pytest.raises(DataMissing, match="找不到评测数据"):
        make_report([tmp_path / "none.jsonl"], predictions=made[1])


def test_the_command(made: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "new" / "report.html"
    words = ["report", "--data", str(made[0]), "--cross-validated", str(made[1]), "--out", str(out), "--json"]
    done = CliRunner().invoke(commands, words)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    true, predicted, _ = answers(made[1], "department")
    assert found["scores"]["department.accuracy"]["value"] == pytest.approx(
        accuracy_score(true, predicted), abs=1e-6
    )
    assert found["details"]["heads"]["level1"]["heat"]["labels"]
    assert out.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert CliRunner().invoke(commands, [*words, "--model", str(tmp_path)]).exit_code == 2


def test_a_router_is_measured_with_its_own_thresholds(made: tuple[Path, Path]) -> None:
    router = Router.load()
    found = make_report([made[0]])
    assert found.title == router.name and found.n + found.seen == 160
    for head in found.heads:
        held = stored_promises(router, head.head, 0.03)
        assert [(row.alpha, row.threshold) for row in head.promises] == [
            (one.alpha, one.threshold) for one in held
        ]
        assert all(row.stored for row in head.promises)
        assert head.marked is None or head.marked.threshold is not None
    assert head_of(found, "department").promises
    text = report_html(found)
    ET.fromstring(text)
    assert router.manifest.hash in text and "阈值是模型中存的" in text


@pytest.mark.slow
def test_out_of_fold_predictions_give_the_figures_of_the_benchmark(tmp_path: Path) -> None:
    data = write_rows(tmp_path / "gold.jsonl", gold_rows(3))
    other, path = write_rows(tmp_path / "level1.jsonl", level1_rows(3)), tmp_path / "folds.jsonl"
    result = cross_validate_dispatch(data, 2, also=[other], recipe=small_recipe(), predictions=path)
    found = make_report([data], predictions=path)
    assert found.n == len(gold_rows(3))
    for head in found.heads:
        for name, value in head.scores.items():
            assert value.value == pytest.approx(result.scores[f"{head.head}.{name}"].value, abs=1e-4)
    assert found.origin["folds"] == 2 and found.origin["files"] == ["gold.jsonl"]
    assert not re.search(r"物业|电梯", path.read_text("utf-8"))  # No text of a message.


@pytest.mark.slow
def test_the_learning_curve(tmp_path: Path) -> None:
    files = [write_rows(tmp_path / "g.jsonl", gold_rows(3)), write_rows(tmp_path / "l.jsonl", level1_rows(3))]
    found = learning_curve(load_rows(files), small_recipe())
    for head in ("level1", "department"):
        points = [one for one in found if one.head == head]
        assert [one.share for one in points] == [0.25, 0.5, 0.75, 1.0]
        taught = [one.trained_on for one in points]
        assert taught == sorted(taught) and taught[0] < taught[-1] / 2
        assert len({one.tested_on for one in points}) == 1
        assert points[-1].accuracy.value > 0.6
    section = ET.fromstring(learning_section(found, {"level1": "一级事项", "department": "主管单位"}))
    assert len([e for e in section.iter("svg") if e.get("role") == "img"]) == 2
    assert learning_section((), {}) == ""
