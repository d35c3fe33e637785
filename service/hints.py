"""What triage knows about the law behind a matter, as hints for training the search encoder.

Every matter of the taxonomy has our lay words and the articles that typically govern it; a complaint whose
matter is known is such a text too. `retrieval` may not look into `triage`, so the service hands it over.
"""

from __future__ import annotations

from pathlib import Path

from foundation.tables import BadRow, read_table
from retrieval.training.data import Hint
from triage.taxonomy.tree import load_taxonomy

DISPATCH = "petition/dispatch_gold_dev.jsonl"


def law_hints(data: Path) -> list[Hint]:
    """The matters' words and the dispatched complaints of the folder, each with every article of its matter.

    The complaints on which search is measured are left out by `retrieval.training.data`.
    """
    taxonomy = load_taxonomy()
    matters = {
        (level1, level2): taxonomy.matter(level1, level2)
        for level1 in taxonomy.level1
        for level2 in taxonomy.children(level1)
    }
    texts = [(word, matter) for matter in matters.values() for word in matter.words]
    for row in read_table(data / DISPATCH):
        if not isinstance(row, BadRow):
            matter = matters.get((row.values["level1"], row.values["level2"]))
            text = f"{row.values.get('title') or ''}\n{row.values.get('text') or ''}".strip()
            if matter is not None and text:
                texts.append((text, matter))
    return [Hint(text, basis.law, basis.article) for text, matter in texts for basis in matter.basis]
