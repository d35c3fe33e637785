"""Do the words that the router shows carry its decision? `zhili eval faithfulness --data FILE`.

The shown words are deleted wherever they stand, and as a control as many other stretches of the same lengths,
drawn from the rest of the message. Faithful words change the decision more often, and cost it more
probability, than the control. Messages with too little other text for a control are left out and counted.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eval.classification import unseen_rows
from eval.errors import DataMissing, must_exist
from eval.provenance import Stopwatch
from eval.result import Result, Score, mean_score
from foundation.progress import Progress, silent
from triage.classifier.router import Router
from triage.training.data import load_rows

CONTROLS = 3
"""Random deletions a message; their mean is the control."""
CHUNK = 200

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Deletion:
    """A message, without its shown words, and without as much of the rest."""

    text: str
    shown: str
    controls: tuple[str, ...]


def evaluate_faithfulness(
    data: Path, model: Path | None = None, *, most: int = 1000, progress: Progress = silent
) -> Result:
    """Flips of the first department, and loss of its probability, on at most `most` unseen messages."""
    watch = Stopwatch()
    must_exist(data)
    router = Router.load(model)
    kept = unseen_rows(router, load_rows([data]), "换用未参与训练的数据")[:most]
    scores, left_out = faithfulness([row.text for row in kept], router, progress)
    details = {"model": router.name, "messages": len(kept), "left_out": left_out}
    return Result("faithfulness", scores, watch.record(data=[data], model_hash=router.manifest.hash), details)


def faithfulness(
    texts: Sequence[str], router: Router, progress: Progress = silent
) -> tuple[dict[str, Score], int]:
    """The scores, and how many messages allowed no control."""
    found: list[Deletion] = []
    for at in range(0, len(texts), CHUNK):
        part = texts[at : at + CHUNK]
        predictions = router.predict(part)
        for text, prediction in zip(part, predictions, strict=True):
            words = [evidence.text for evidence in prediction.evidence]
            if (made := delete(text, words)) is not None:
                found.append(made)
        progress(min(at + CHUNK, len(texts)), len(texts), "删词")
    if not found:
        raise DataMissing(
            "没有一条留言可供比较",
            expected="有依据字词且另有足够文字的留言",
            found="没有",
            remedy="换用更长的留言",
        )
    plain = router.probabilities([one.text for one in found])["department"]
    first = plain.argmax(axis=1)
    before = plain.max(axis=1)
    flips, losses = _changes(router, [one.shown for one in found], first, before)
    control = [_changes(router, [one.controls[n] for one in found], first, before) for n in range(CONTROLS)]
    flips_random = np.mean([flip for flip, _ in control], axis=0)
    losses_random = np.mean([loss for _, loss in control], axis=0)
    scores = {
        "flips.shown_words": mean_score(flips),
        "flips.random_words": mean_score(flips_random),
        "flips.difference": mean_score(flips - flips_random),
        "probability_lost.shown_words": mean_score(losses),
        "probability_lost.random_words": mean_score(losses_random),
        "probability_lost.difference": mean_score(losses - losses_random),
    }
    return scores, len(texts) - len(found)


def delete(text: str, words: Sequence[str]) -> Deletion | None:
    """The deletions of a message; `None` where there is nothing shown, or too little else."""
    if not words:
        return None
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    shown: Spans = tuple(found.span() for found in re.finditer(pattern, text))
    chance = random.Random(text)
    controls = []
    for _ in range(CONTROLS):
        drawn = _draw(text, shown, chance)
        if drawn is None:
            return None
        controls.append(_without(text, drawn))
    return Deletion(text, _without(text, shown), tuple(controls))


def _draw(text: str, shown: Spans, chance: random.Random) -> Spans | None:
    """As many stretches of letters as `shown`, of the same lengths, touching neither it nor each other."""
    taken = np.array([not character.isalnum() for character in text])
    for start, end in shown:
        taken[start:end] = True
    drawn = []
    for start, end in sorted(shown, key=lambda span: span[0] - span[1]):
        length = end - start
        free = [at for at in range(len(text) - length + 1) if not taken[at : at + length].any()]
        if not free:
            return None
        at = chance.choice(free)
        taken[at : at + length] = True
        drawn.append((at, at + length))
    return tuple(drawn)


def _without(text: str, spans: Spans) -> str:
    gone = {at for start, end in spans for at in range(start, end)}
    return "".join(character for at, character in enumerate(text) if at not in gone)


def _changes(
    router: Router, texts: Sequence[str], first: npt.NDArray[np.int64], before: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Whether the first department is another one, and what the old one lost, message by message."""
    after = router.probabilities(texts)["department"]
    flips = (after.argmax(axis=1) != first).astype(np.float64)
    return flips, before - after[np.arange(len(first)), first]
