"""Rows made of our own words, so that a label without examples is known.

The words are those of the taxonomy, of the two catalogues, of `phrases.toml` and of `kind_messages.toml`.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

from triage.catalogue.book import load_catalogue
from triage.catalogue.entries import load_dispatch
from triage.taxonomy.tree import load_taxonomy
from triage.training.data import PHRASE, PHRASE_WEIGHT, TrainingRow

PHRASES = Path(__file__).with_name("phrases.toml")
KIND_MESSAGES = Path(__file__).with_name("kind_messages.toml")
WEIGHT = 1.0
"""Of a whole entry, against 1 for a real message: the best of .1, .3 and 1 in cross-validation."""
OWN_WORDS = ("pseudo", PHRASE)
"""Sources of rows that are no message of a citizen."""


def pseudo_rows() -> list[TrainingRow]:
    """One short text a matter and one a department, with its labels; and each of their phrases by itself."""
    return [*_matters(), *_departments(), *_manners()]


def _matters() -> list[TrainingRow]:
    rows = []
    for matter in load_taxonomy().matters:
        name = f"pseudo:{matter.level1}/{matter.level2}"
        one, two = matter.level1, matter.level2
        text = "、".join((matter.level2, *matter.words))
        # Who usually handles a matter is only sure for the matter as a whole.
        department = matter.department[0] if matter.department else None
        rows.append(TrainingRow(name, text, "pseudo", name, one, two, department, weight=WEIGHT))
        rows += [
            TrainingRow(f"{name}:{n}", word, PHRASE, name, one, two, weight=PHRASE_WEIGHT)
            for n, word in enumerate(matter.words)
        ]
    return rows


def _departments() -> list[TrainingRow]:
    rows = []
    for entry in load_catalogue().departments:
        name = f"pseudo:{entry.id}"
        text = "、".join((entry.name, *entry.words, *entry.duties))
        rows.append(TrainingRow(name, text, "pseudo", name, dept=entry.id, weight=WEIGHT))
        phrases = [(phrase, entry.id) for phrase in (*entry.words, *entry.duties)]
        phrases += [(wrongly.matter, wrongly.goes_to) for wrongly in entry.not_here]
        rows += [
            TrainingRow(f"{name}:{n}", phrase, PHRASE, name, dept=department, weight=PHRASE_WEIGHT)
            for n, (phrase, department) in enumerate(phrases)
        ]
    return rows


def entry_rows() -> list[TrainingRow]:
    """The dispatch catalogue: its words say the matter and the department that leads.

    Not taught to the linear member: there they gained nothing over the departments' own words, and the
    catalogue speaks for itself when a message is dispatched (`triage.catalogue.matching`).
    """
    rows = []
    for entry in load_dispatch().entries:
        name = f"pseudo:entry/{entry.id}"
        words = [word.replace("…", "") for word in entry.words]
        labels = (entry.level1, entry.level2, entry.lead)
        text = "、".join((entry.name, entry.level3, *words))
        rows.append(TrainingRow(name, text, "pseudo", name, *labels, weight=WEIGHT))
        rows += [
            TrainingRow(f"{name}:{n}", phrase, PHRASE, name, *labels, weight=PHRASE_WEIGHT)
            for n, phrase in enumerate((entry.name, *words))
        ]
    return rows


def _manners() -> list[TrainingRow]:
    """How kinds and urgencies sound."""
    rows = []
    tables: dict[str, dict[str, list[str]]] = tomllib.loads(PHRASES.read_text("utf-8"))
    messages: dict[str, list[str]] = tomllib.loads(KIND_MESSAGES.read_text("utf-8"))
    tables["kind"] = {kind: [*tables["kind"][kind], *found] for kind, found in messages.items()}
    for head, labels in tables.items():
        for label, phrases in labels.items():
            name = f"pseudo:{head}/{label}"
            blank = TrainingRow(name, "", PHRASE, name, weight=PHRASE_WEIGHT)
            named = replace(blank, kind=label) if head == "kind" else replace(blank, urgency=label)
            rows += [replace(named, id=f"{name}:{n}", text=phrase) for n, phrase in enumerate(phrases)]
    return rows
