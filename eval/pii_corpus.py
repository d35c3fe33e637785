"""The planted corpus of personal information: made-up secrets in sentences of ours, and look-alikes.

Twelve kinds of secret and look-alikes that must stay (order numbers, articles, prices, dates, counts,
companies, …). Every second template belongs to the held part, which is looked at once, after the masker
is finished. The same seed always gives the same corpus.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal

from eval.pii_forms import MAKERS, digits

Part = Literal["open", "held"]
SEED = 20261123
EACH = 70
LOOKALIKES = 160
"""12 × 70 + 160 = 1,000 items."""
_SLOT = re.compile(r"\{d([0-9]{1,2})\}")


@dataclass(frozen=True, slots=True)
class PlantedItem:
    """One sentence; `text[start:end]` is the secret. A look-alike has none (`start == end`)."""

    text: str
    start: int
    end: int
    group: str
    """The kind of secret as the corpus counts it: `mobile` … `minor`, or `lookalike`."""
    kind: str
    """The placeholder that it should become (手机号); empty for a look-alike."""
    part: Part


def build_corpus(seed: int = SEED, *, each: int = EACH, lookalikes: int = LOOKALIKES) -> list[PlantedItem]:
    """The whole corpus, open and held part; templates take turns, so each part is half of every kind."""
    chance = Random(seed)
    items: list[PlantedItem] = []
    for group in MAKERS:
        items += _planted(group, each, chance)
    items += _lookalikes(lookalikes, chance)
    return items


def _planted(group: str, count: int, chance: Random) -> Iterator[PlantedItem]:
    kind, frames = _templates()[group]
    for number in range(count):
        place = number % len(frames)
        before, _, after = frames[place].partition("{}")
        secret = MAKERS[group](chance)
        yield PlantedItem(
            before + secret + after, len(before), len(before) + len(secret), group, kind, _part(place)
        )


def _lookalikes(count: int, chance: Random) -> Iterator[PlantedItem]:
    _, frames = _templates()["lookalike"]
    for number in range(count):
        place = number % len(frames)
        text = _SLOT.sub(lambda slot: _number(chance, int(slot[1])), frames[place])
        text = text.replace("{y}", str(chance.randint(2019, 2026)))
        yield PlantedItem(text, 0, 0, "lookalike", "", _part(place))


def _number(chance: Random, count: int) -> str:
    return chance.choice("123456789") + digits(chance, count - 1)


def _part(place: int) -> Part:
    return "held" if place % 2 else "open"


@cache
def _templates() -> dict[str, tuple[str, tuple[str, ...]]]:
    path = Path(__file__).with_name("pii_templates.toml")
    table = tomllib.loads(path.read_text("utf-8"))
    return {group: (entry.get("kind", ""), tuple(entry["frames"])) for group, entry in table.items()}
