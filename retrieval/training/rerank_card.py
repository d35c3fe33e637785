"""The card of the reranker, written by save from the manifest's details."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_TEXT = """# Reranker for Chinese law

A weighted sum of {count} features of a candidate article (traits `{traits}`), one set of weights for
questions of one sentence, one for complaints; `reranker.json` holds centre, scale and weight of each by name.
`laws.json` counts how often training questions ask for a law and how often our digest renders it ({laws}
laws); `articles.npy` the same for {articles} articles, by a hash of their names.

## Made by
`retrieval.training.rerank_recipe`: logistic regression. {how}

## Data
STARD's training questions (MIT), each looked at by an encoder trained without it; {complaints} complaints of
`law_gold_dev` (no licence stated: research and evaluation use) with the article ids that an annotator chose.
No text is held here. `seen.npy`: {seen} fingerprints of the texts that encoder and reranker learned from, so
that an evaluation can leave them out. Encoder: `{encoder}`; with another one the reranker is not used.

## Use and limits
Which laws people ask about is counted on STARD (half of it the civil code) and on our digest, whose authors
knew the complaints of `law_gold_dev`: on other matters these counts say little. What triage expects of single
articles comes from the dispatch catalogue, which names for a matter what an annotator would name: on 52 other
complaints, whose published replies cite an article, it changed nothing (`zhili eval cited-replies`). Figures
are out of fold (`zhili eval reranker`) and stand in `docs/leaderboard.md`. Unknown: behaviour on local law,
which neither set asks for.
"""


def write_card(folder: Path, details: Mapping[str, Any]) -> None:
    """Write `README.md` into the artefact."""
    names = ("traits", "laws", "articles", "seen", "encoder", "how", "complaints")
    text = _TEXT.format(count=len(details["features"]), **{name: details[name] for name in names})
    (folder / "README.md").write_text(text, "utf-8")
