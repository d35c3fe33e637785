"""The sections of a report: a sentence that says what is to be seen, then the drawing or the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from eval.report.curves import PromiseRow
from eval.report.heat import heat_plot
from eval.report.learning import CurvePoint
from eval.report.measured import HeadReport
from eval.report.slices import FEWEST as FEW
from eval.report.slices import SliceRow
from eval.report.svg import esc, floor_of, learning_plot, percent, range_mark, reliability_plot, risk_plot
from eval.report.tables import cells, folded, header, key, row, table
from eval.report.tallies import FEWEST
from eval.result import Score
from triage.training.measure import BINS

Name = Callable[[str], str]

SHOWN = 15
"""Confusions in the open part of the list; the others are folded."""
FIGURES = {
    "accuracy": "首选正确率",
    "acceptable": "首选可接受率",
    "top3": "前三命中率",
    "macro_f1": "宏平均 F1",
    "ece": f"校准误差 ECE（{BINS} 档）",
}
SOURCES = {
    True: "阈值是模型中存的，在这批留言上复核",
    False: "没有指定模型，阈值就在这批预测上选出",
    None: "模型没有为这一项存阈值，图中无从标出",
}
"""Where the thresholds come from: a model, these messages, nowhere."""
WITHOUT_TEXT = "不含留言文字，按编号到原系统中查看。"
WITH_TEXT = "<b>以下含留言文字：虽已脱敏，难免遗漏，本报告不得外传。</b>"
VERDICTS = {
    "never": "数据证明不了任何阈值，一律人工",
    "empty": "没有达到阈值的留言",
    "kept": "守住",
    "broken": "被打破：错误率显著高于允许值，应重新校准",
    "open": "未见违背，但数据不足以再次证明",
}
KINDS = {
    "length": "长度（四分）",
    "year": "年份",
    "region": "地区",
    "channel": "途径（channel 列）",
    "source": "来源",
}


def tiles(report: HeadReport) -> str:
    """The main figures with their intervals."""
    found = [(FIGURES[key], report.scores[key]) for key in FIGURES if key in report.scores]
    cells = "".join(
        f'<div class="tile"><span>{esc(name)}</span><b>{value.value:.3f}</b>'
        f"<span>{_interval(value)}</span></div>"
        for name, value in found
    )
    return f'<p class="dim">{report.n} 件带此标签。</p><div class="tiles">{cells}</div>'


def confusion_section(report: HeadReport, name: Name) -> str:
    """Who loses tickets to whom: the ordered list and the heat map."""
    found, title = report.confusions, "<h3>谁的单派到了谁那里</h3>"
    if not found:
        return f"{title}<p>没有一件派错。</p>"
    fine = report.head == "department"
    head = header(["应派", "派到", "#件数", "#占应派类", *(["#其中也可接受"] if fine else [])])
    rows = [
        row(
            [esc(name(one.true)), esc(name(one.predicted))],
            [str(one.n), percent(one.share, 0), *([str(one.acceptable)] if fine else [])],
        )
        for one in found
    ]
    left_out = f"，另有 {report.heat.left_out} 类未画" if report.heat.left_out else ""
    return (
        f"{title}{_lost(report, name)}"
        f'<div class="card">{table(head, rows[:SHOWN])}{folded(head, rows[SHOWN:])}</div>'
        f'<p class="dim">热图：行是应派，列是所派；格中是件数，橙色越深占该行越多，灰色对角线是派对的。'
        f"只画不少于 {FEWEST} 件的类{left_out}。</p>"
        f'<div class="card">{heat_plot(report.heat, name)}</div>'
    )


def _lost(report: HeadReport, name: Name) -> str:
    """How many went astray, and between whom most; acceptable departments are no loss."""
    found = report.confusions
    differ, fine = sum(one.n for one in found), sum(one.acceptable for one in found)
    said = f"{report.n} 件中 {differ} 件的首选与标注不同"
    if fine:
        said += f"，其中 {fine} 件派到的单位也可接受，真正派错 {differ - fine} 件"
    worst = max(found, key=lambda one: one.n - one.acceptable)
    lost = worst.n - worst.acceptable
    if lost:
        true, predicted = esc(name(worst.true)), esc(name(worst.predicted))
        said += f"。派错最多的一类：应派 <b>{true}</b> 却派到 <b>{predicted}</b>，{lost} 件"
    return f"<p>{said}。</p>"


def reliability_section(report: HeadReport) -> str:
    """Does a claimed certainty of 80 % mean that 80 % are right?"""
    mean = sum(one.confidence * one.n for one in report.bins) / report.n
    right = sum(one.accuracy * one.n for one in report.bins) / report.n
    gap = mean - right
    judged = "大体相符" if abs(gap) < 0.01 else "偏于自信" if gap > 0 else "偏于保守"
    said = (
        f"<p>模型平均自报 {percent(mean, 1)} 的把握，实际对 {percent(right, 1)}：{judged}。"
        f"每点约 {report.bins[0].n} 件（等量分 {len(report.bins)} 档），竖线是该档正确率的 95% 区间；"
        f"点在虚线下方是过于自信。{_strict(report)}</p>"
    )
    head = header(["#件数", "#自报", "#实际", "#95% 区间"])
    rows = [
        row(
            [],
            [
                str(one.n),
                percent(one.confidence, 1),
                percent(one.accuracy, 1),
                f"{percent(one.low, 1)}–{percent(one.high, 1)}",
            ],
        )
        for one in report.bins
    ]
    return (
        f"<h3>自报的把握可信吗（可靠性图）</h3>{said}"
        f'<div class="card pair">{reliability_plot(report.bins)}<div>{table(head, rows)}</div></div>'
    )


def risk_section(report: HeadReport) -> str:
    """How much may be dispatched without a person, and at which error."""
    counted = "派到可接受的单位也算对。" if report.head == "department" else ""
    source = SOURCES[next((one.stored for one in report.promises), None)]
    marked, said = report.marked, ""
    if marked is not None and marked.alpha != report.alpha:
        said = f"允许 {percent(report.alpha)} 时没有可用的阈值，图中标的是允许 {percent(marked.alpha)} 的。"
    head = header(["#允许错误率", "#阈值", "#自动派的件数", "#占比", "#错", "#错误率", "#95% 上界", "结论"])
    listed = table(head, [_promise(one) for one in report.promises]) if report.promises else ""
    plot = risk_plot(report.risk, marked, marked.alpha if marked else report.alpha)
    return (
        "<h3>能自动派多少（风险—覆盖）</h3>"
        f"<p>从最有把握的留言起依次自动派出：横轴是派出的占比，纵轴是其中派错的占比。{counted}"
        f"虚线是错误率的上界（Clopper–Pearson，单侧 95%）。{source}。{said}</p>"
        f'<div class="card">{plot}{listed}</div>'
    )


def _promise(one: PromiseRow) -> str:
    """One threshold and how it stands on these messages."""
    threshold = "—" if one.threshold is None else f"{one.threshold:.3f}"
    found = [percent(one.alpha), threshold, str(one.n), percent(one.share, 1)]
    if one.bound is None:
        found += ["—", "—", "—"]
    else:
        found += [str(one.wrong), percent(one.wrong / one.n, 2), percent(one.bound, 2)]
    return f"<tr>{cells([], found)}<td>{VERDICTS[one.standing]}</td></tr>"


def class_table(report: HeadReport, name: Name) -> str:
    """Every class: precision, recall, F1; sortable where script runs."""
    head = header(["类别", "#件数", "#被派到", "#精确率", "#召回率", "#F1"])
    rows = []
    for one in report.classes:
        figures = [one.precision, one.recall, one.f1]
        shown = [key(str(one.n)), key(str(one.predicted)), *(key(_figure(value)) for value in figures)]
        rows.append(f"<tr><td>{esc(name(one.label))}</td>{''.join(shown)}</tr>")
    return (
        '<h3>各类的精确率与召回率</h3><p class="dim">按件数排列；点表头可重排。'
        "精确率：派到这里的有多少该来；召回率：该来的有多少来了。</p>"
        f'<div class="card">{table(head, rows, "sortable")}</div>'
    )


def slices_section(report: HeadReport) -> str:
    """Length, year, region, channel, source: where it is weaker."""
    if not report.slices:
        return "<h3>分组</h3><p>数据没有可用来分组的列。</p>"
    what = "首选可接受率" if report.head == "department" else "首选正确率"
    lows = [one.low for one in report.slices if not one.few]
    start = floor_of(min(lows, default=0.0))
    rows = []
    last = ""
    for one in report.slices:
        kind = KINDS[one.kind] if one.kind != last else ""
        last = one.kind
        rows.append(_slice(one, kind, start))
    head = header(["分组", "", "#件数", f"#{what}", "#95% 区间", f"（{percent(start)} 至 100%）"])
    return (
        f'<h3>分组：哪里较弱</h3><p class="dim">少于 {FEW} 件的组标“太少”，不足以下判断。'
        "组多了，总有一两组因偶然而偏低：先看区间，再看点。</p>"
        f'<div class="card">{table(head, rows)}</div>'
    )


def errors_section(report: HeadReport, name: Name) -> str:
    """The errors that the model was surest of."""
    if not report.errors:
        return ""
    texts = any(one.text for one in report.errors)
    head = header(["编号", "#把握", "派到", "应派", "#给应派类的", *(["文字（已脱敏）"] if texts else [])])
    rows = []
    for one in report.errors:
        of_true = "未进前十" if one.true_probability is None else percent(one.true_probability, 1)
        text = f'<td class="text">{esc_lines(one.text)}</td>' if texts else ""
        rows.append(
            f"<tr><td>{esc(one.id)}</td>{cells([], [percent(one.probability, 1)])}"
            f"<td>{esc(name(one.predicted))}</td><td>{esc(name(one.true))}</td>"
            f"{cells([], [of_true])}{text}</tr>"
        )
    return (
        f'<h3>最有把握的错误</h3><p class="dim">先看这里：不是模型没学会，就是标注有误，或规则不清。'
        f"可接受的单位不算错。{WITH_TEXT if texts else WITHOUT_TEXT}</p>"
        f'<div class="card">{table(head, rows)}</div>'
    )


def learning_section(points: Sequence[CurvePoint], heads: Mapping[str, str]) -> str:
    """Would more labelled messages help?"""
    if not points:
        return ""
    parts = []
    for head, title in heads.items():
        own = [one for one in points if one.head == head]
        if own:
            counts = "、".join(f"{percent(one.share)}={one.trained_on} 件" for one in own)
            parts.append(
                f'<div><h3>{esc(title)}</h3><p class="dim">测试 {own[0].tested_on} 件；训练 {counts}</p>'
                f"{learning_plot(own)}</div>"
            )
    return (
        '<section id="learning"><h2>学习曲线</h2><p>只用线性模型，训练数据按重复组取 25%、50%、75%、100%，'
        "在同一批留言上测。右端仍在上升，说明再标注数据还有用；已经走平，就要换办法。</p>"
        f'<div class="card pair">{"".join(parts)}</div></section>'
    )


def esc_lines(text: str) -> str:
    """Text of several lines; everything else that cannot be shown is replaced."""
    return "\n".join(esc(line) for line in text.splitlines())


def _slice(one: SliceRow, kind: str, start: float) -> str:
    name = esc(one.name) + ("（太少）" if one.few else "")
    found = [str(one.n), percent(one.value, 1), f"{percent(one.low, 1)}–{percent(one.high, 1)}"]
    mark = "" if one.few else range_mark(one.value, one.low, one.high, start)
    few = ' class="few"' if one.few else ""
    return f"<tr{few}><td>{esc(kind)}</td><td>{name}</td>{cells([], found)}<td>{mark}</td></tr>"


def _strict(report: HeadReport) -> str:
    return "这里只有与标注相同才算对。" if report.head == "department" else ""


def _interval(score: Score) -> str:
    return "" if score.low is None or score.high is None else f"[{score.low:.3f}, {score.high:.3f}]"


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
