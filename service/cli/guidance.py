"""The guidance in the terminal: questions, clocks, steps, the draft. Plain `Text`: never markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.text import Text

from service.guidance.values import Guidance, LockedSentence, ResidentGuidance, Said, Status
from service.words import part_of

Line = tuple[str, str]
"""A line and its style."""
_STYLES = {Status.MARKED: "yellow", Status.SUPPORTED: ""}


def clock_lines(guidance: Guidance) -> Iterator[Line]:
    """When an answer is due."""
    for clock in guidance.clocks:
        cited = f"（{'、'.join(clock.basis)}）" if clock.verified else "（依据未核实或为本市设置）"
        yield f"{clock.due or '—'}　{clock.name}：{clock.text}{cited}", "bold" if clock.due else "dim"


def actor_lines(guidance: Guidance) -> Iterator[Line]:
    """Who assists and who is not competent."""
    for actor in guidance.actors:
        if actor.role != "lead":
            why = f"，{actor.why}" if actor.why else ""
            yield f"{part_of(actor)}：{actor.name}{why}", "" if actor.role == "co" else "dim"


def demand_lines(guidance: Guidance) -> Iterator[Line]:
    """Each demand of several: who answers it, on what basis, by when."""
    for number, line in enumerate(guidance.demands, start=1):
        cited = "、".join(line.basis) or "依据待核"
        due = f"，最迟 {line.due}" if line.due else ""
        yield f"{number}. {line.text}　→ {line.unit}，{cited}{due}", ""


def hint_lines(guidance: Guidance) -> Iterator[Line]:
    """What a person must check before it is used."""
    return ((hint, "yellow") for hint in guidance.hints)


def ask_lines(guidance: Guidance) -> Iterator[Line]:
    """What to ask."""
    for number, ask in enumerate(guidance.ask, start=1):
        yield f"{number}. {ask.text}" + (f"（{ask.why}）" if ask.why else ""), ""


def step_lines(guidance: Guidance) -> Iterator[Line]:
    """What to do, in order."""
    for number, step in enumerate(guidance.steps, start=1):
        cited = f"（{'、'.join(step.basis)}）" if step.basis else ""
        yield f"{number}. {step.text}{cited}", ""


def draft_text(sentences: tuple[LockedSentence, ...], clean: Callable[[str], str]) -> Text:
    """A draft: what was struck stands struck through, what is marked is coloured and says so."""
    text = Text()
    for number, sentence in enumerate(sentences):
        text.append("\n" if sentence.opens and number else "")
        for part in sentence.segments:
            style = "strike red" if part.struck else "reverse" if sentence.blank else ""
            text.append(clean(part.text), style or _STYLES.get(sentence.status, ""))
            text.append("〔无法核实，已删去〕" if part.struck else "", "red")
        text.append(sentence.mark, "yellow")
    return text


def resident_lines(guidance: ResidentGuidance, *, full: bool) -> Iterator[tuple[str, list[str]]]:
    """Headed lists for a resident, in one of the two levels of language."""

    def said(found: Said) -> str:
        return found.full if full else found.plain

    yield "打这些号码", [f"{door.number} {door.name}：{said(door.said)}" for door in guidance.doors]
    yield "要知道的", list(guidance.tell)
    yield "带上这些", list(guidance.bring)
    yield "什么时候有答复", [said(clock) for clock in guidance.clocks]
    yield (
        "您的权利",
        [_with_basis(said(right), right.basis) if full else said(right) for right in guidance.rights],
    )
    yield "请注意", [said(limit) for limit in guidance.limits]


def _with_basis(text: str, basis: tuple[str, ...]) -> str:
    return f"{text}（{'、'.join(basis)}）" if basis else text
