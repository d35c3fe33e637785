"""The answer to a complaint as HTML. Every value goes through `escape`: a citizen's text is never markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from service.answers import Answer, Cited, at_a_glance
from service.ui.guidance_html import asking, demands, first_clock, folded, signals
from service.ui.parts import article, bullets, fold, footer, law, section
from service.words import ACTION_HELP, ACTIONS, percent
from triage.values import Action, DepartmentScore, Evidence, LabelScore

_ICONS = {Action.AUTO: "✓", Action.REVIEW: "？", Action.OTHER_CHANNEL: "→", Action.EMERGENCY: "！"}
EMPTY_DESK = '<p class="zl-empty">结果会显示在这里：脱敏内容、主管部门、法律依据和理由。</p>'
EMPTY_ASK = '<p class="zl-empty">写下要问的事，这里会列出管这件事的条文、大白话和该找的部门。</p>'


def answer_html(answer: Answer) -> str:
    """The answer to a complaint: the glance first, then what is needed during the call, the rest folded."""
    guidance = answer.guidance
    return article(
        _banner(answer),
        _glance(answer),
        section("主管部门", _departments(answer.department[:3])),
        asking(guidance) if guidance else "",
        demands(guidance) if guidance else "",
        section("要先核对", bullets(guidance.hints)) if guidance else "",
        section(
            f"法律依据 <small>按 {escape(str(answer.as_of))} 的法律，点开看全文</small>",
            _laws(answer.citations),
        ),
        section("诉求（已脱敏）", _masked(answer.masked_text, answer.evidence)),
        folded(guidance, answer.clauses) if guidance else "",
        fold("理由", answer.reasons[0] if answer.reasons else "", bullets(answer.reasons)),
        fold("研判过程", f"{len(answer.trace)} 步", bullets(answer.trace)),
        footer(answer.notes, answer.model),
    )


def _glance(answer: Answer) -> str:
    """Who, how sure, by when, on which article: one look."""
    facts = []
    if answer.department and answer.action not in (Action.EMERGENCY, Action.OTHER_CHANNEL):
        first = answer.department[0]
        facts.append(_shown("主办", f"<b>{escape(first.name)}</b> <small>{escape(percent(first.p))}</small>"))
    if answer.guidance and (clock := first_clock(answer.guidance.clocks)):
        facts.append(_shown("最迟", clock))
    if cited := _basis(answer):
        facts.append(_shown("依据", f"<b>{escape(cited)}</b>"))
    facts += _labels(answer)
    chips = signals(answer.signals)
    raised = f'<p class="zl-chips">{chips}</p>' if chips else ""
    return f'<section class="zl-glance"><dl class="zl-facts">{"".join(facts)}</dl>{raised}</section>'


def _basis(answer: Answer) -> str:
    """What the reply rests on, or that a person must still choose it."""
    if answer.guidance is None:
        return answer.citations[0].cited if answer.citations else ""
    says = answer.guidance.says
    return says[0].cited if says else "待核" if answer.guidance.hints else ""


def problem_html(message: str) -> str:
    """An error for people: what happened and what to do."""
    return f'<div class="zl-answer" role="alert"><p class="zl-problem">{escape(message)}</p></div>'


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


def _labels(answer: Answer) -> list[str]:
    facts = []
    if answer.matter:
        matter = answer.matter[0]
        facts.append(_fact("事项", f"{matter.level1}／{matter.level2}", matter.p))
    facts += [_fact("诉求类型", first.label, first.p) for first in answer.kind[:1]]
    facts += [_fact("紧急程度", first.label, first.p) for first in answer.urgency[:1]]
    others = "、".join(f"{other.label} {percent(other.p)}" for other in _others(answer.kind))
    return facts + ([_shown("类型也可能是", escape(others))] if others else [])


def _shown(name: str, value: str) -> str:
    return f"<div><dt>{escape(name)}</dt><dd>{value}</dd></div>"


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
    more = "".join(map(law, folded))
    rest = (
        f'<details class="zl-more"><summary>另有{len(folded)}条可能适用</summary>{more}</details>'
        if more
        else ""
    )
    return "".join(map(law, shown)) + rest
