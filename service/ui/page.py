"""The page: 话务工作台 for operators, 居民问法 for residents.

It translates in, calls one verb, translates out.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from fastapi import FastAPI

from foundation.errors import ZhiliError
from service.assistant import Assistant
from service.inputs import MAX_REGION, MAX_TITLE, read_complaint, read_day, read_question, read_text
from service.settings import Settings
from service.ui.html import EMPTY_ASK, EMPTY_DESK, answer_html, problem_html
from service.ui.resident_html import legal_answer_html

# Read when gradio is imported: no usage reports, no version check.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr

_PREPARE = """() => {
  document.documentElement.lang = "zh-CN";
  document.body.classList.remove("dark");
  const parts = document.querySelectorAll("#answer, #legal-answer");
  parts.forEach((part) => part.setAttribute("aria-live", "polite"));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.zl-ref");
    const cited = link && document.getElementById(link.hash.slice(1));
    if (cited) { event.preventDefault(); cited.open = true; cited.scrollIntoView({ block: "nearest" }); }
    const button = event.target.closest("button.zl-copy");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const done = () => { button.parentElement.querySelector(".zl-copied").textContent = "已复制"; };
    const byHand = () => {
      const area = document.createElement("textarea");
      area.value = source.textContent;
      document.body.append(area);
      area.select();
      if (document.execCommand("copy")) done();
      area.remove();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(source.textContent).then(done, byHand);
    else byHand();
  });
}"""
"""Language for screen readers, one light theme, results that are read out when they come, copy buttons.

A button copies by hand where the page is not served from this machine or over https."""
_LEVEL = """(level) => { document.documentElement.dataset.level = level; }"""
"""Shows one of the two levels of language; the style sheet hides the other."""
LEVELS = [("易读（短句）", "easy"), ("完整", "full")]
_SHOW = """() => {
  const parts = [...document.querySelectorAll("#answer, #legal-answer")].filter((part) => part.offsetParent);
  const below = (part) => part.getBoundingClientRect().top > window.innerHeight * 0.6;
  parts.filter(below).forEach((part) => part.scrollIntoView({ block: "start" }));
}"""
"""On a phone the result stands below the form: bring it into sight."""
TITLE = "智理 · 12345 诉求研判"
_HEAD = (
    '<header class="zl-head"><h1>智理</h1><p>12345 热线诉求研判助手　本机运行，内容不外传、不留存；'
    "结果供参考，由人决定</p></header>"
)
NATION = "仅全国性法律"
# fmt: off
REGIONS = [
    "北京市", "天津市", "河北省", "山西省", "内蒙古自治区", "辽宁省", "吉林省", "黑龙江省", "上海市",
    "江苏省", "浙江省", "安徽省", "福建省", "江西省", "山东省", "河南省", "湖北省", "湖南省", "广东省",
    "广西壮族自治区", "海南省", "重庆市", "四川省", "贵州省", "云南省", "西藏自治区", "陕西省", "甘肃省",
    "青海省", "宁夏回族自治区", "新疆维吾尔自治区",
]
# fmt: on


@dataclass(frozen=True)
class _Desk:
    """The page's events: each gives HTML, also for what went wrong."""

    assistant: Assistant
    settings: Settings

    @property
    def too_long(self) -> int:
        """One more character than is taken: a longer text is refused in words, never cut in silence."""
        return self.settings.max_characters + 1

    def triage(self, text: str, title: str, received_at: str, region: str) -> str:
        values = {"text": text, "title": title, "received_at": received_at, "region": _region(region)}

        def work() -> str:
            longest = self.settings.max_characters
            complaint = read_complaint(values, number=1, region=self.settings.region, longest=longest)
            return answer_html(self.assistant.handle(complaint))

        return _or_problem(work)

    def ask(self, question: str, as_of: str, region: str) -> str:
        def work() -> str:
            asked = read_question(question, self.settings.max_characters)
            place = _region(region) or self.settings.region
            return legal_answer_html(self.assistant.ask(asked, read_day(as_of, "日期"), place))

        return _or_problem(work)


def build_page(assistant: Assistant, settings: Settings) -> gr.Blocks:
    """Both tabs; nothing is loaded or written by building."""
    desk = _Desk(assistant, settings)
    examples = tomllib.loads((files("service.ui") / "examples.toml").read_text("utf-8"))
    page = gr.Blocks(title=TITLE, analytics_enabled=False)
    with page:
        gr.HTML(_HEAD)
        page.load(None, None, None, js=_PREPARE)
        with gr.Tabs():
            with gr.Tab("话务工作台", id="desk"):
                _desk_tab(desk, examples["complaint"])
            with gr.Tab("居民问法", id="ask"):
                _ask_tab(desk, examples["question"])
    page.queue(max_size=settings.queue, default_concurrency_limit=settings.concurrency, api_open=False)
    return page


def mount(app: FastAPI, page: gr.Blocks, settings: Settings) -> FastAPI:
    """Put the page at `/` of an application; routes that are there already keep their places."""
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=_theme(),
        css=(files("service.ui") / "page.css").read_text("utf-8"),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        max_file_size=1,
        enable_monitoring=False,
    )
    return mounted


def _desk_tab(desk: _Desk, examples: list[dict[str, str]]) -> None:
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=320):
            text = gr.Textbox(
                label="诉求内容",
                lines=7,
                max_lines=18,
                elem_id="complaint",
                max_length=desk.too_long,
                placeholder="粘贴或录入群众的话；Shift+Enter 研判",
            )
            title = gr.Textbox(label="标题（可不填）", max_lines=1, max_length=MAX_TITLE, elem_id="title")
            received_at, region = _day_and_place("受理日期", "received_at", desk.settings)
            go = gr.Button("研判", variant="primary", elem_id="triage")
            buttons = _examples(examples)
        with gr.Column(scale=7, min_width=320):
            result = gr.HTML(EMPTY_DESK, elem_id="answer", container=False)
    inputs = [text, title, received_at, region]
    _wire(desk.triage, inputs, result, [go.click, text.submit, title.submit, received_at.submit])
    for button, example in zip(buttons, examples, strict=True):
        fill = button.click(_filler(example["text"], 2), None, [text, title, received_at], **_QUIET)
        _wire(desk.triage, inputs, result, [fill.then])


def _ask_tab(desk: _Desk, examples: list[dict[str, str]]) -> None:
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=320):
            question = gr.Textbox(
                label="想问什么",
                lines=4,
                max_lines=12,
                elem_id="question",
                max_length=desk.too_long,
                placeholder="用自己的话写；Shift+Enter 提问",
            )
            level = gr.Radio(LEVELS, value="easy", label="文字", elem_id="level", interactive=True)
            level.change(None, level, None, js=_LEVEL, **_QUIET)
            as_of, region = _day_and_place("按哪天的法律", "as_of", desk.settings)
            go = gr.Button("问法", variant="primary", elem_id="ask")
            buttons = _examples(examples)
        with gr.Column(scale=7, min_width=320):
            result = gr.HTML(EMPTY_ASK, elem_id="legal-answer", container=False)
    inputs = [question, as_of, region]
    _wire(desk.ask, inputs, result, [go.click, question.submit, as_of.submit])
    for button, example in zip(buttons, examples, strict=True):
        fill = button.click(_filler(example["text"], 1), None, [question, as_of], **_QUIET)
        _wire(desk.ask, inputs, result, [fill.then])


_QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
_SHOWN: dict[str, Any] = {"show_progress": "minimal", "api_visibility": "private"}


def _wire(verb: Callable[..., str], inputs: list[Any], result: gr.HTML, events: list[Any]) -> None:
    for event in events:
        event(verb, inputs, result, **_SHOWN).then(None, None, None, js=_SHOW)


def _day_and_place(label: str, id: str, settings: Settings) -> tuple[gr.Textbox, gr.Dropdown]:
    known = [settings.region] if settings.region and settings.region not in REGIONS else []
    with gr.Row():
        day = gr.Textbox(label=label, placeholder="留空为今天", max_lines=1, elem_id=id, min_width=140)
        place = gr.Dropdown(
            [NATION, *known, *REGIONS],
            value=settings.region or NATION,
            label="地区",
            elem_id=f"{id}-region",
            min_width=140,
        )
    return day, place


def _examples(examples: list[dict[str, str]]) -> list[gr.Button]:
    gr.Markdown("示例（本项目编写，点一下即可试）")
    with gr.Column(elem_classes="zl-examples"), gr.Row():
        return [
            gr.Button(f"示例：{example['label']}", size="sm", variant="secondary", min_width=150)
            for example in examples
        ]


def _filler(text: str, blanks: int) -> Callable[[], tuple[str, ...]]:
    """An example fills the text and clears the other fields."""
    return lambda: (text, *[""] * blanks)


def _region(chosen: str | None) -> str:
    return "" if chosen in (None, NATION) else read_text(chosen, "region", MAX_REGION)


def _or_problem(work: Callable[[], str]) -> str:
    try:
        return work()
    except ZhiliError as error:
        return problem_html(str(error))


def _theme() -> gr.themes.Base:
    """Gradio's plain theme with the machine's own fonts: a named web font would be fetched from outside."""
    fonts = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
    return gr.themes.Base(
        primary_hue=gr.themes.colors.blue,
        neutral_hue=gr.themes.colors.slate,
        font=fonts,
        font_mono=["ui-monospace", "Consolas", "monospace"],
        radius_size=gr.themes.sizes.radius_md,
    ).set(
        button_primary_background_fill="#0b4f7d",
        button_primary_background_fill_hover="#083c60",
        button_primary_text_color="#ffffff",
        body_background_fill="#f4f6f8",
        block_label_text_color="#16202b",
    )
