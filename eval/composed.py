"""Messages with two issues, composed of two real ones of one issue each: where the cut is, is known.

Two messages of different departments are put together as people do it: one sentence after another, on a new
line, with a turn (另外), or numbered. They are drawn and read in memory alone; nothing of them is stored.
They are easier than real messages of several issues, whose issues share a place and often a cause.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.result import Score, mean_score
from triage.classifier.parts import Part, PartReader, find_parts
from triage.classifier.segments import find_units
from triage.training.data import TrainingRow

FORMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "sentence": ("", ("",)),
    "line": ("", ("\n",)),
    "turn": ("", ("另外，", "此外，", "还有，", "还有一个问题，", "同时，")),
    "numbered": ("1、", ("2、",)),
    "ordinal": ("一是", ("二是",)),
}
"""What is written before the first issue, and before the second (one of them)."""
SHORTEST, LONGEST = 20, 300
"""Characters of a message that is taken."""
NEAR = 3
"""Characters by which a cut may miss its place."""
SEED = 3


@dataclass(frozen=True, slots=True)
class Composed:
    """A message of two issues; the second begins at `cut`."""

    text: str
    cut: int
    form: str
    first: TrainingRow
    second: TrainingRow


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one composed message was divided."""

    form: str
    found: bool
    exact: bool
    """In two, at the right place."""
    routed: bool
    """That, and both go where their own message goes (or may go)."""


def compose_messages(rows: Sequence[TrainingRow], count: int, seed: int = SEED) -> list[Composed]:
    """`count` messages of rows that carry a department, all forms in turn; none where too few rows fit."""
    chance = random.Random(seed)
    bodies = {row.id: _body(row.text) for row in rows if row.dept not in (None, "other")}
    fit = [row for row in rows if SHORTEST <= len(bodies.get(row.id, "")) <= LONGEST]
    pairs = [(one, two) for one in fit for two in fit if _apart(one, two)]
    if not pairs:
        return []
    found = []
    for number in range(count):
        first, second = chance.choice(pairs)
        form = list(FORMS)[number % len(FORMS)]
        before, between = FORMS[form][0], chance.choice(FORMS[form][1])
        title = first.text.split("\n")[0] + "\n" if "\n" in first.text and chance.random() < 0.5 else ""
        opening = f"{title}{before}{_ended(bodies[first.id])}"
        cut = len(opening) + (between == "\n")
        found.append(Composed(opening + between + bodies[second.id], cut, form, first, second))
    return found


def judge(message: Composed, reader: PartReader) -> Verdict:
    """How the reader divides the message."""
    parts = find_parts(message.text, reader)
    exact = len(parts) == 2 and abs(parts[1].start - message.cut) <= NEAR
    routed = exact and _goes(parts[0], message.first) and _goes(parts[1], message.second)
    return Verdict(message.form, bool(parts), exact, routed)


def composed_scores(verdicts: Sequence[Verdict]) -> dict[str, Score]:
    """Shares found, cut at the right place, and routed; the right place also by form; of none, nothing."""
    if not verdicts:
        return {}
    scores = {
        f"composed.{name}": mean_score(np.array([float(getattr(each, name)) for each in verdicts]))
        for name in ("found", "exact", "routed")
    }
    for form in FORMS:
        kept = np.array([float(each.exact) for each in verdicts if each.form == form])
        if len(kept):
            scores[f"composed.exact.{form}"] = mean_score(kept)
    return scores


def _apart(one: TrainingRow, two: TrainingRow) -> bool:
    return one.dept != two.dept and two.dept not in one.dept_ok and one.dept not in two.dept_ok


def _goes(part: Part, row: TrainingRow) -> bool:
    return part.department in (row.dept, *row.dept_ok)


def _body(text: str) -> str:
    """The message on one line, without its title."""
    units = find_units(text)
    return text[units[0].start :].strip().replace("\n", " ") if units else ""


def _ended(text: str) -> str:
    return text if text[-1] in "。！？!?；;…" else f"{text}。"
