"""The report as one HTML page that asks for nothing: styles, drawings and a few lines of script are in it.

Every value goes through `esc`: a class name or an id of a stranger's file is never markup. Beside that the
page forbids itself every request and every script but its own (Content-Security-Policy).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

from eval.report.measured import HeadReport, Report
from eval.report.sections import (
    class_table,
    confusion_section,
    errors_section,
    learning_section,
    reliability_section,
    risk_section,
    slices_section,
    tiles,
)
from eval.report.svg import esc
from triage.catalogue.book import load_catalogue

CSS = Path(__file__).with_name("page.css")
HEADS = {"level1": "一级事项", "department": "主管单位"}

# Without this the tables are sorted by size and stay so. No "<" and no "&": the page is well-formed XML too.
SCRIPT = """
document.querySelectorAll("table.sortable th").forEach(function (th) {
  var button = document.createElement("button");
  button.type = "button";
  while (th.firstChild) { button.appendChild(th.firstChild); }
  th.appendChild(button);
  button.addEventListener("click", function () {
    var head = th.parentNode, table = head.parentNode.parentNode, body = table.tBodies[0];
    var column = Array.prototype.indexOf.call(head.children, th);
    var up = th.getAttribute("aria-sort") === "descending";
    Array.prototype.forEach.call(head.children, function (one) { one.removeAttribute("aria-sort"); });
    th.setAttribute("aria-sort", up ? "ascending" : "descending");
    function key(row) {
      var cell = row.children[column];
      return cell.getAttribute("data-key") || cell.textContent;
    }
    Array.prototype.slice.call(body.rows).sort(function (one, other) {
      var a = key(one), b = key(other);
      var order = isNaN(a) || isNaN(b) ? a.localeCompare(b, "zh") : a - b;
      return up ? order : -order;
    }).forEach(function (row) { body.appendChild(row); });
  });
});
"""


def report_html(report: Report) -> str:
    """The whole page."""
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:"
    body = [_head(report), *(_of_head(one) for one in report.heads), learning_section(report.learning, HEADS)]
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"/>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        '<meta name="referrer" content="no-referrer"/><link rel="icon" href="data:,"/>'
        f"<title>分派评测报告 · {esc(report.title)}</title><style>{CSS.read_text('utf-8')}</style></head>"
        f"<body><main>{''.join(body)}</main><script>{SCRIPT}</script></body></html>\n"
    )


def _head(report: Report) -> str:
    made = report.provenance
    counted = f"{report.n} 件"
    if report.seen:
        counted += f"（另有 {report.seen} 件模型训练时见过，未计入）"
    entries = [
        ("评测对象", report.title),
        ("模型哈希", made.model_hash or "无：逐折重新训练，不是某一个模型"),
        ("数据", f"{'、'.join(report.files)} · {made.data_hash}"),
        ("件数", counted),
        ("代码", f"{made.commit} · 智理 {made.version}"),
        ("时间", f"{made.date} · 用时 {made.seconds:g} 秒"),
        ("命令", made.command),
    ]
    origin = report.origin
    if origin:
        entries += [(name, str(origin[key])) for key, name in ORIGIN.items() if origin.get(key)]
    listed = "".join(f"<dt>{esc(name)}</dt><dd>{esc(value)}</dd>" for name, value in entries)
    links = "".join(f'<a href="#{one.head}">{HEADS[one.head]}</a>' for one in report.heads)
    more = '<a href="#learning">学习曲线</a>' if report.learning else ""
    return (
        "<h1>分派评测报告</h1>"
        '<p class="dim">模型在这批留言上哪里对、哪里有把握、哪里错。方括号内是 95% 区间，只反映抽样误差，'
        "不反映标注错误，也不保证换一个城市、换一年仍是如此。</p>"
        f"<nav>{links}{more}</nav>"
        f'<div class="card"><dl class="origin">{listed}</dl></div>'
    )


ORIGIN = {
    "recipe": "预测的配方",
    "folds": "折数",
    "pipeline": "流水线",
    "training_files": "一同训练的文件",
    "data_hash": "预测时的数据哈希",
    "commit": "预测时的代码",
    "date": "预测时间",
    "command": "预测命令",
}


def _of_head(report: HeadReport) -> str:
    name = naming(report.head)
    title = HEADS[report.head]
    return "".join(
        [
            f'<section id="{report.head}"><h2>{title}</h2>',
            tiles(report),
            confusion_section(report, name),
            reliability_section(report),
            risk_section(report),
            class_table(report, name),
            slices_section(report),
            errors_section(report, name),
            "</section>",
        ]
    )


def naming(head: str) -> Callable[[str], str]:
    """What a label of a head is called: a department by its name in the catalogue, else the label itself."""
    if head != "department":
        return lambda label: label
    names = {department.id: department.name for department in load_catalogue().departments}
    return lambda label: names.get(label, label)
