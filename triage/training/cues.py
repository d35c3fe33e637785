"""Weak examples of a message's kind (诉求类型) from messages that nobody labelled: the title says it.

Few messages carry a kind by hand, and of 求助 and 举报 some seventy each. Thousands of others have a title
like 「咨询…」 or 「…的建议」. Such a message is taught a second time, with the kind that its title names and
without the words that name it, so that the rest of the text has to tell. Its worth: docs/experiment_log.md.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from triage.training.data import KINDS, PHRASE, TrainingRow

CUES = Path(__file__).with_name("kind_cues.toml")
SHARE = 0.1
"""What the weak examples of a kind weigh together, against those by hand; .3 was no better."""
FEWEST = 50
"""A kind with fewer rows by hand (表扬) is weighed as if it had so many."""


def cued_rows(rows: Sequence[TrainingRow]) -> list[TrainingRow]:
    """A weak example for every row without a kind whose title names exactly one.

    Where no row has a kind by hand there is nothing to stand beside, and there are none.

    They have source `PHRASE`: they teach their kind, and neither vocabulary nor latent directions.
    """
    by_hand = Counter(row.kind for row in rows if row.by_hand and row.kind is not None)
    if not by_hand:
        return []
    found = [(kind, row) for row in rows if row.kind is None and (kind := _named(row)) is not None]
    counts = Counter(kind for kind, _ in found)
    return [_cued(row, kind, SHARE * max(by_hand[kind], FEWEST) / counts[kind]) for kind, row in found]


@cache
def load_cues() -> Mapping[str, re.Pattern[str]]:
    """The patterns of each kind, one expression a kind."""
    tables: dict[str, list[str]] = tomllib.loads(CUES.read_text("utf-8"))
    return {kind: re.compile("|".join(tables[kind])) for kind in KINDS if kind in tables}


def _named(row: TrainingRow) -> str | None:
    """The one kind that the title names."""
    title, _, body = row.text.partition("\n")
    if row.source == PHRASE or not body.strip():
        return None
    named = [kind for kind, pattern in load_cues().items() if pattern.search(title)]
    return named[0] if len(named) == 1 else None


def _cued(row: TrainingRow, kind: str, weight: float) -> TrainingRow:
    """The row with the kind that its title names, the words that name it taken out."""
    title, _, body = row.text.partition("\n")
    text = f"{load_cues()[kind].sub('', title)}\n{body}"
    return TrainingRow(f"cued:{row.id}", text, PHRASE, row.group, kind=kind, weight=weight)
