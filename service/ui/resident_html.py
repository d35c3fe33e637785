"""The answer to a resident as HTML, in two levels of language side by side.

The page's switch shows one of them (`zl-easy`, `zl-more-words`) without asking again; a screen reader reads
only the one that is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from legal_corpus.values import TextKind
from service.answers import Cited, Door, LegalAnswer
from service.guidance.values import DoorAdvice, ResidentGuidance, Said
from service.ui.guidance_html import draft
from service.ui.parts import article, badge, basis, bullets, footer, law, markup_bullets, section, version
from service.words import DUTIES, UNSURE, UNSURE_DOOR, percent

UNLIKELY = 0.05
"""A second door below this probability is not shown."""


def legal_answer_html(answer: LegalAnswer) -> str:
    """The answer to a resident's question."""
    guidance = answer.guidance
    urgent = (
        f'<p class="zl-banner zl-emergency"><b>请先：{escape(answer.channel)}</b></p>'
        if answer.channel
        else ""
    )
    message = f'<p class="zl-message">{escape(answer.message)}</p>' if answer.message else ""
    found = message + "".join(map(_plain, answer.articles))
    return article(
        urgent,
        section("该找谁", _doors(answer.doors, _told(guidance)) + _numbers(guidance)),
        _next(guidance) if guidance else "",
        section(f"管这件事的条文 <small>按 {escape(str(answer.as_of))} 的法律</small>", found),
        _rights(guidance) if guidance else "",
        footer(answer.notes, answer.model),
    )


def _numbers(guidance: ResidentGuidance | None) -> str:
    return "".join(map(_advice, guidance.doors)) if guidance else ""


def _advice(door: DoorAdvice) -> str:
    number = escape(door.number)
    return (
        f'<div class="zl-door"><p><a class="zl-line" href="tel:{number}">{number}</a> '
        f"<b>{escape(door.name)}</b></p>{_said(door.said)}"
        f'<p class="zl-dim zl-more-words">号码来源：{escape(door.source)}</p></div>'
    )


def _next(guidance: ResidentGuidance) -> str:
    """What to do, bring and expect."""
    summary = draft(guidance.summary, (), "plain") if guidance.summary else ""
    return (
        section("模型写的大白话", summary)
        + section("要知道的", bullets(guidance.tell))
        + section("带上这些", bullets(guidance.bring))
        + section("什么时候有答复", _sayings(guidance.clocks))
    )


def _rights(guidance: ResidentGuidance) -> str:
    return section("您的权利", _sayings(guidance.rights)) + section("请注意", _sayings(guidance.limits))


def _sayings(found: Sequence[Said]) -> str:
    return markup_bullets(map(_said, found))


def _said(said: Said) -> str:
    if said.plain == said.full and not said.basis:
        return f"<p>{escape(said.plain)}</p>"
    return (
        f'<p class="zl-easy">{escape(said.plain)}</p>'
        f'<p class="zl-more-words">{escape(said.full)}{basis(said.basis)}</p>'
    )


def _plain(cited: Cited) -> str:
    """An article for a resident: plain words in sight, the official text below where there is one."""
    if cited.text_kind is TextKind.OFFICIAL and not cited.plain:
        return law(cited)
    source = (
        law(cited)
        if cited.plain
        else f"<p>{badge(cited.text_kind)} <b>{escape(cited.cited)}</b> {version(cited)}</p>"
    )
    return f'<div class="zl-plain"><p>{escape(cited.plain or cited.text)}</p>{source}</div>'


def _told(guidance: ResidentGuidance | None) -> set[str]:
    return {door.number for door in guidance.doors} if guidance else set()


def _doors(doors: Sequence[Door], told: set[str]) -> str:
    unsure = f'<p class="zl-message">{escape(UNSURE_DOOR)}</p>' if doors and doors[0].p < UNSURE else ""
    return unsure + "".join(_department(likely, told) for likely in _likely(doors))


def _likely(doors: Sequence[Door]) -> Iterable[Door]:
    return (door for n, door in enumerate(doors) if n == 0 or door.p >= UNLIKELY)


def _department(door: Door, told: set[str]) -> str:
    """A department; its number only where it is not among the numbers to ring."""
    number = "" if door.public_line in told else escape(door.public_line)
    line = f'<p>电话 <b class="zl-line">{number}</b></p>' if number else ""
    more = " 等" if len(door.duties) > DUTIES else ""
    named = escape("；".join(door.duties[:DUTIES])) + more
    duties = f'<p class="zl-dim zl-more-words">管：{named}</p>' if door.duties else ""
    return (
        f'<div class="zl-door"><p><b>{escape(door.name)}</b> '
        f"<small>把握 {escape(percent(door.p))}</small></p>"
        f"{line}{duties}</div>"
    )
