"""The model card, written by save from the manifest's details; figures are in `docs/experiment_log.md`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

CARD = "README.md"

_TEXT = """# {name}: encoder for finding Chinese law

From a lay question or a complaint, and from an article of law, to a unit vector of {dimensions} numbers: the
weighted sum of {vocabulary} trained token vectors (characters, pairs of characters, longer words; scheme
`{tokens}`), one signed byte a number. It runs on numpy alone and knows no order of words.

## Made by
`zhili train retriever`, from scratch on one CPU core, seed {seed}. Contrastive: a part of an article
against its rest, questions against answers, headlines against messages; then questions against the articles
that answer them with {hard} hard wrong articles each.
{held_out}

## Data
{data}

Together: `{data_hash}`; pairs by source:
{pairs}.
`digest` and `topics` are this package's own digest of the law, `hints` the taxonomy's words and dispatched
complaints (`dispatch_gold_dev`) with the articles that govern their matter.

STARD, LeCoQA: MIT. Lawyer LLaMA, LawBench: Apache-2.0 (answers written by models). SIAT and the complaint
sets state no licence: research and evaluation use. `lawbench_consult` and the complaints of `law_gold_dev`
with their near-duplicates were kept out. The weights hold no text; the vocabulary holds tokens that occur
often.

## Use and limits
Meant to be fused with BM25 (`retrieval.fusion`); alone it misses rare names and numbers. Negation and who
does what to whom are invisible to it. Trained on the law in force in 2026: new terms have no vector.
Unknown: behaviour on dialect, on local law, on languages other than Chinese.
"""


def write_card(folder: Path, details: Mapping[str, Any]) -> None:
    """Write `README.md` into the artefact."""
    recipe = details["recipe"]
    held = "All of STARD's training questions were used: figures on them come from cross-validation."
    if recipe["fold"] is not None:
        held = f"Fold {recipe['fold']} of STARD's training questions was left out, to be measured on."
    text = _TEXT.format(
        **{key: details[key] for key in ("name", "dimensions", "vocabulary", "tokens", "data_hash")},
        seed=recipe["seed"],
        hard=recipe["hard"],
        held_out=held,
        pairs=", ".join(f"`{name}` {count}" for name, count in details["pairs"].items()),
        data="\n".join(f"- `{name}`" for name in details["data"]),
    )
    (folder / CARD).write_text(text, "utf-8")
