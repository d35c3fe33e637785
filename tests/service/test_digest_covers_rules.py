"""Without the full law, an article that a rule file cites can be shown only where the digest holds it."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest

from legal_corpus.digest import Digest, load_digest
from legal_corpus.titles import title_key

CITED = re.compile(r"《([^《》]+)》(第[一二三四五六七八九十百千零]+条(?:之[一二三四五六七八九十]+)?)")
LOCAL = re.compile(r"^(?:某|济南市|潍坊市|山东省)")
"""Local law answers only in its region, from the full text alone; 某条例 is an example in a comment."""
LEFT_OUT = {("医疗机构管理条例", "第二十七条")}
"""The collection holds the text of 2016; whether the article still stands so cannot be checked there."""


def _rule_files(folder: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for path in sorted(folder.iterdir(), key=lambda one: one.name):
        if path.is_dir():
            found += _rule_files(path)
        elif path.name.endswith(".toml"):
            found.append(path)
    return found


def _missing(text: str, digest: Digest) -> set[tuple[str, str]]:
    held = {(title_key(entry.law.title), entry.label) for entry in digest.entries}
    cited = {(law, article) for law, article in CITED.findall(text) if not LOCAL.match(law)}
    return {(law, article) for law, article in cited if (title_key(law), article) not in held}


@pytest.fixture(scope="module")
def digest() -> Digest:
    return load_digest()


@pytest.mark.parametrize("room", ["triage", "service"])
def test_every_national_article_that_a_rule_cites_is_in_the_digest(room: str, digest: Digest) -> None:
    text = "\n".join(path.read_text("utf-8") for path in _rule_files(files(room)))
    assert CITED.search(text)
    assert _missing(text, digest) <= LEFT_OUT


def test_an_article_that_the_digest_lacks_is_named(digest: Digest) -> None:
    text = "《民法典》第九百四十二条，《民法典》第一千二百六十条，《济南市某条例》第一条"
    assert _missing(text, digest) == {("民法典", "第一千二百六十条")}
