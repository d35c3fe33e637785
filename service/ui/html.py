"""Answers as HTML. Every value goes through `escape`: a citizen's text is never markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from legal_corpus.values import TextKind
from service.answers import Answer, Cited, Door, LegalAnswer, Role, at_a_glance
from service.words import ACTION_HELP, ACTIONS, DUTIES, ROLES, TEXT_KINDS, UNSURE, UNSURE_DOOR, percent
from triage.values import Action, DepartmentScore, Evidence, LabelScore

_ICONS = {Action.AUTO: "✓", Action.REVIEW: "？", Action.OTHER_CHANNEL: "→", Action.EMERGENCY: "！"}
UNLIKELY = 0.05
"""A second door below this probability is not shown."""
EMPTY_DESK = '<p class="zl-empty">结果会显示在这里：脱敏内容、主管部门、法律依据和理由。</p>'
EMPTY_ASK = '<p class="zl-empty">写下要问的事，这里会列出管这件事的条文、大白话和该找的部门。</p>'


def answer_html(answer: Answer) -> str:
    """The answer to a complaint, the weightiest first."""
    return _article(
        _banner(answer),
        _section("主管部门", _departments(answer.department[:3])),
        _section("判断", _labels(answer)),
        _section("理由", _list(answer.reasons)),
        _section("诉求（已脱敏）", _masked(answer.masked_text, answer.evidence)),
        _section(
            f"法律依据 <small>按 {escape(str(answer.as_of))} 的法律，点开看全文</small>",
            _laws(answer.citations),
        ),
        _footer(answer.notes, answer.model),
    )


def legal_answer_html(answer: LegalAnswer) -> str:
    """The answer to a resident's question."""
    urgent = (
        f'<p class="zl-banner zl-emergency"><b>请先：{escape(answer.channel)}</b></p>'
        if answer.channel
        else ""
    )
    message = f'<p class="zl-message">{escape(answer.message)}</p>' if answer.message else ""
    found = message + "".join(_plain(cited) for cited in answer.articles)
    return _article(
        urgent,
        _section(f"管这件事的条文 <small>按 {escape(str(answer.as_of))} 的法律</small>", found),
        _section("该找谁", _doors(answer.doors)),
        _footer(answer.notes, answer.model),
    )


def problem_html(message: str) -> str:
    """An error for people: what happened and what to do."""
    return f'<div class="zl-answer" role="alert"><p class="zl-problem">{escape(message)}</p></div>'


def _article(*parts: str) -> str:
    return f'<article class="zl-answer" aria-label="结果">{"".join(parts)}</article>'


def _section(title: str, body: str) -> str:
    return f"<section><h3>{title}</h3>{body}</section>" if body else ""


def _banner(answer: Answer) -> str:
    channel = f"<p><b>{escape(answer.channel)}</b></p>" if answer.channel else ""
    return (
        f'<div class="zl-banner zl-{escape(answer.action)}" data-action="{escape(answer.action)}">'
        f'<span aria-hidden="true">{_ICONS[answer.action]}</span>'
        f"<div><b>{escape(ACTIONS[answer.action])}</b>"
        f"<p>{escape(ACTION_HELP[answer.action])}</p>{channel}</div></div>"
    )


def _departments(scores: Sequence[DepartmentScore]) -> str:
    rows = "".join(
        f"<li><span>{escape(score.name)}</span>"
        f'<i class="zl-bar" aria-hidden="true"><i style="width:{max(1, round(score.p * 100))}%"></i></i>'
        f"<b>{escape(percent(score.p))}</b></li>"
        for score in scores
    )
    return f'<ol class="zl-departments">{rows}</ol>' if rows else ""


def _labels(answer: Answer) -> str:
    facts = []
    if answer.matter:
        matter = answer.matter[0]
        facts.append(_fact("事项", f"{matter.level1}／{matter.level2}", matter.p))
    facts += [_fact("诉求类型", first.label, first.p) for first in answer.kind[:1]]
    facts += [_fact("紧急程度", first.label, first.p) for first in answer.urgency[:1]]
    others = "、".join(f"{other.label} {percent(other.p)}" for other in _others(answer.kind))
    more = f'<p class="zl-dim">类型也可能是：{escape(others)}</p>' if others else ""
    return f'<dl class="zl-facts">{"".join(facts)}</dl>{more}'


def _others(labels: Sequence[LabelScore]) -> list[LabelScore]:
    return [label for label in labels[1:3] if label.p >= 0.15]


def _fact(name: str, value: str, p: float) -> str:
    return f"<div><dt>{escape(name)}</dt><dd>{escape(value)} <small>{escape(percent(p))}</small></dd></div>"


def _masked(text: str, evidence: Iterable[Evidence]) -> str:
    """The masked text; the words that spoke for the first department are marked."""
    parts = []
    at = 0
    for word in sorted(evidence, key=lambda item: (item.start, -item.end)):
        if word.start >= at and text[word.start : word.end] == word.text:
            parts += [escape(text[at : word.start]), f"<mark>{escape(word.text)}</mark>"]
            at = word.end
    parts.append(escape(text[at:]))
    legend = '<p class="zl-dim">划线的词支持首选部门。</p>' if len(parts) > 1 else ""
    return f'<blockquote class="zl-text">{"".join(parts)}</blockquote>{legend}'


def _laws(citations: Sequence[Cited]) -> str:
    if not citations:
        return '<p class="zl-message">没有找到可以确认现行有效的条文。</p>'
    shown, folded = at_a_glance(citations)
    more = "".join(_law(cited) for cited in folded)
    rest = (
        f'<details class="zl-more"><summary>另有{len(folded)}条可能适用</summary>{more}</details>'
        if more
        else ""
    )
    return "".join(_law(cited) for cited in shown) + rest


def _law(cited: Cited) -> str:
    plain = f"<p><b>大白话：</b>{escape(cited.plain)}</p>" if cited.plain else ""
    return (
        f'<details class="zl-law"><summary>{_badge(cited)}'
        f"<b>{escape(cited.cited)}</b>{_version(cited)}{_role(cited)}</summary>"
        f'<div class="zl-body"><p class="zl-quote">{escape(cited.text)}</p>'
        f"{plain}{_note(cited)}</div></details>"
    )


def _role(cited: Cited) -> str:
    return f"<small>{escape(ROLES[cited.role])}</small>" if cited.role is Role.BASIS else ""


def _plain(cited: Cited) -> str:
    """An article for a resident: plain words in sight, the official text below where there is one."""
    if cited.text_kind is TextKind.OFFICIAL and not cited.plain:
        return _law(cited)
    source = (
        _law(cited)
        if cited.plain
        else f"<p>{_badge(cited)} <b>{escape(cited.cited)}</b> {_version(cited)}</p>"
    )
    return f'<div class="zl-plain"><p>{escape(cited.plain or cited.text)}</p>{source}</div>'


def _version(cited: Cited) -> str:
    return f"<small>{cited.version_date} 版本</small>" if cited.version_date else ""


def _badge(cited: Cited) -> str:
    return f'<span class="zl-badge zl-{escape(cited.text_kind)}">{escape(TEXT_KINDS[cited.text_kind])}</span>'


def _note(cited: Cited) -> str:
    return f'<p class="zl-dim">{escape(cited.note)}</p>' if cited.note else ""


def _doors(doors: Sequence[Door]) -> str:
    unsure = f'<p class="zl-message">{escape(UNSURE_DOOR)}</p>' if doors and doors[0].p < UNSURE else ""
    return unsure + "".join(_door(door) for n, door in enumerate(doors) if n == 0 or door.p >= UNLIKELY)


def _door(door: Door) -> str:
    line = f'<p>电话 <b class="zl-line">{escape(door.public_line)}</b></p>' if door.public_line else ""
    more = " 等" if len(door.duties) > DUTIES else ""
    named = escape("；".join(door.duties[:DUTIES])) + more
    duties = f'<p class="zl-dim">管：{named}</p>' if door.duties else ""
    return (
        f'<div class="zl-door"><p><b>{escape(door.name)}</b> '
        f"<small>把握 {escape(percent(door.p))}</small></p>"
        f"{line}{duties}</div>"
    )


def _list(items: Iterable[str]) -> str:
    rows = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<ul>{rows}</ul>" if rows else ""


def _footer(notes: Iterable[str], model: str) -> str:
    return (
        f"<footer>{''.join(f'<p>{escape(note)}</p>' for note in notes)}<p>模型 {escape(model)}</p></footer>"
    )
