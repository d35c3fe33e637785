"""The operator's guidance as HTML: what to ask, steps, clocks, who acts, the draft with its articles."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from service.guidance.values import (
    Actor,
    ClockLine,
    DemandLine,
    Draft,
    Guidance,
    LawPoint,
    LockedSentence,
    Status,
)
from service.ui.parts import badge, basis, bullets, fold, markup_bullets, section
from service.words import STATUS_WORDS, part_of
from triage.values import Clause, Signal

RAISES = ("紧急", "较急")
_EFFECTS = {"allow": "允许", "bar": "不得", "note": "注意"}


def asking(guidance: Guidance) -> str:
    """The questions to ask now."""
    rows = (
        escape(ask.text) + (f" <small>{escape(ask.why)}</small>" if ask.why else "") for ask in guidance.ask
    )
    return section("还要问清", markup_bullets(rows, "ol"))


def demands(guidance: Guidance) -> str:
    """Each demand of several: who answers it, on what basis, by when."""
    return section("逐项诉求", markup_bullets(map(_demand, guidance.demands), "ol"))


def _demand(line: DemandLine) -> str:
    cited = basis(line.basis) if line.basis else ' <small class="zl-open">依据待核</small>'
    unit = escape(line.unit) if line.leads else f"<b>{escape(line.unit)}</b>（另一单位，需人工确认）"
    due = f"　最迟 {line.due}" if line.due else ""
    return f"{escape(line.text)}<br><small>{unit}{due}</small>{cited}"


def folded(guidance: Guidance, clauses: Sequence[Clause]) -> str:
    """Everything else, folded."""
    steps = markup_bullets((escape(one.text) + basis(one.basis) for one in guidance.steps), "ol")
    return (
        fold("答复口径", _draft_teaser(guidance.draft), draft(guidance.draft, guidance.says, "own"))
        + _model_draft(guidance)
        + fold("办理步骤", f"{len(guidance.steps)} 步", steps)
        + fold("时限", _clock_teaser(guidance.clocks), "".join(map(_clock, guidance.clocks)))
        + fold("可以这样告诉来电人", "", bullets(guidance.tell))
        + fold("协办与不主管", _actor_teaser(guidance.actors), _actors(guidance.actors))
        + fold("派单规则", f"{len(clauses)} 条", markup_bullets(map(_clause, clauses)))
        + "".join(f'<p class="zl-dim">{escape(line)}</p>' for line in guidance.notes)
    )


def first_clock(clocks: Sequence[ClockLine]) -> str:
    """The nearest day that must be kept, for the glance; empty where no clock is known."""
    dated = [clock for clock in clocks if clock.due is not None]
    if not dated:
        return ""
    nearest = min(dated, key=lambda clock: (clock.due or clock.start, clock.id))
    return f"<b>{nearest.due}</b> <small>{escape(nearest.name)}</small>"


def signals(found: Sequence[Signal]) -> str:
    """Signs of risk with their words, the graver first; grave is said in words, not by colour alone."""
    ranked = sorted(found, key=lambda one: RAISES.index(one.raises_to) if one.raises_to in RAISES else 2)
    rows = (
        f'<span class="zl-chip">{escape(one.raises_to)}：{escape(one.text)}</span>'
        for one in ranked
        if one.raises_to in RAISES
    )
    return "".join(dict.fromkeys(rows))


def draft(found: Draft, says: Sequence[LawPoint], id: str) -> str:
    """A draft with its marks, the articles that it rests on, and a button that copies what may be sent."""
    numbers = {point.article_id: n for n, point in enumerate(says, start=1)}
    rows = enumerate(found.sentences)
    body = "".join(_sentence(sentence, numbers, id, first=n == 0) for n, sentence in rows)
    laws = "".join(_point(point, n, id) for n, point in enumerate(says, start=1))
    note = f'<p class="zl-dim">{escape(found.note)}</p>' if found.note else ""
    return (
        f'<div class="zl-draft">{body}</div>'
        f'<p><button type="button" class="zl-copy" data-copy="zl-copy-{id}">复制口径</button> '
        f'<span class="zl-copied" role="status"></span></p>{note}'
        f'<pre id="zl-copy-{id}" hidden="">{escape(found.text)}</pre>{laws}'
    )


def _sentence(sentence: LockedSentence, numbers: dict[str, int], id: str, *, first: bool) -> str:
    parts = (
        f"<s>{escape(part.text)}</s><small>〔无法核实，已删去〕</small>" if part.struck else escape(part.text)
        for part in sentence.segments
    )
    text = "".join(parts)
    links = "".join(
        f'<a class="zl-ref" href="#zl-law-{id}-{numbers[link.article_id]}">［{numbers[link.article_id]}］</a>'
        for link in sentence.basis
        if link.article_id in numbers
    )
    mark = f"<small>{escape(sentence.mark)}</small>" if sentence.mark else ""
    why = "；".join(sentence.reasons)
    title = f' title="{escape(why)}"' if why else ""
    opening = "<br>" if sentence.opens and not first else ""
    kind = "blank" if sentence.blank else sentence.status.value
    return f'{opening}<span class="zl-{escape(kind)}-line"{title}>{text}{mark}{links}</span>'


def _point(point: LawPoint, number: int, id: str) -> str:
    plain = f"<p><b>大白话：</b>{escape(point.plain)}</p>" if point.plain else ""
    return (
        f'<details class="zl-law" id="zl-law-{id}-{number}"><summary>{badge(point.text_kind)}'
        f"<b>［{number}］{escape(point.cited)}</b></summary>"
        f'<div class="zl-body"><p class="zl-quote">{escape(point.text)}</p>{plain}</div></details>'
    )


def _model_draft(guidance: Guidance) -> str:
    found = guidance.model_draft
    return fold("模型草稿", _draft_teaser(found), draft(found, guidance.says, "model")) if found else ""


def _draft_teaser(found: Draft) -> str:
    blanks = sum(one.blank for one in found.sentences)
    said = [one for one in found.sentences if not one.blank]
    counts = ((status, sum(one.status is status for one in said)) for status in Status)
    words = [f"{STATUS_WORDS[status]} {count} 句" for status, count in counts if count]
    return "，".join([*words, f"待填 {blanks} 处"] if blanks else words)


def _clock_teaser(clocks: Sequence[ClockLine]) -> str:
    dated = sorted(clock.due for clock in clocks if clock.due is not None)
    return f"最近 {dated[0]}" if dated else ""


def _clock(clock: ClockLine) -> str:
    told = f"<p>最迟 {clock.inform_by} 告知诉求人。</p>" if clock.inform_by else ""
    doubt = "" if clock.verified else '<p class="zl-dim">本机法律库未能核实这条依据，或为示范城市的设置。</p>'
    named = basis(clock.basis) if clock.verified else ""
    return (
        f'<div class="zl-clock"><p><b>{clock.due or "—"}</b>　{escape(clock.name)}</p>'
        f"<p>{escape(clock.text)}{named}</p>{told}{doubt}"
        f'<div class="zl-dim">{bullets(clock.reasons)}</div></div>'
    )


def _actor_teaser(actors: Sequence[Actor]) -> str:
    co = "、".join(actor.name for actor in actors if actor.role == "co")
    return f"协办：{co}" if co else ""


def _actors(actors: Sequence[Actor]) -> str:
    rows = [
        f"<b>{escape(actor.name)}</b>（{part_of(actor)}）"
        f"{escape(f'：{actor.why}') if actor.why else ''}{basis(actor.basis)}"
        for actor in actors
        if actor.role != "lead"
    ]
    return markup_bullets(rows)


def _clause(clause: Clause) -> str:
    effect = _EFFECTS.get(clause.effect, "注意")
    local = f"<small>（{escape(clause.region)}；外地参照）</small>" if clause.region else ""
    return f"<b>{effect}</b>　{escape(clause.text)}{local}{basis(map(str, clause.basis))}"
