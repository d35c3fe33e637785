"""The taxonomy's words and dispatched complaints as hints for the search encoder."""

import json
from pathlib import Path

from service.hints import DISPATCH, law_hints
from triage.taxonomy.tree import load_taxonomy


def test_words_and_complaints_come_with_every_article_of_their_matter(tmp_path: Path) -> None:
    taxonomy = load_taxonomy()
    level1 = next(level1 for level1 in taxonomy.level1 if taxonomy.children(level1))
    level2 = next(iter(taxonomy.children(level1)))
    matter = taxonomy.matter(level1, level2)
    rows = [
        {"level1": level1, "level2": level2, "title": "自拟的标题", "text": "自拟的内容"},
        {"level1": level1, "level2": "没有这一类", "title": "不用", "text": "不用"},
    ]
    path = tmp_path / DISPATCH
    path.parent.mkdir(parents=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    hints = law_hints(tmp_path)
    own = [hint for hint in hints if hint.text == "自拟的标题\n自拟的内容"]
    assert [(hint.law, hint.label) for hint in own] == [(basis.law, basis.article) for basis in matter.basis]
    assert {hint.text for hint in hints} >= set(matter.words)
    assert not [hint for hint in hints if "不用" in hint.text]
