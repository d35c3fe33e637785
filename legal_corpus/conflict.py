"""Two sources that give one version of a law: where they differ, and which one is shown.

The rule, in this order: a file as the national database gives it comes before a collection; a whole text
before one that may be cut off; within one source the text with more articles, then with more words; else the
one that was ingested last. The words of the other are kept beside it (table `variants`), never thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass

from legal_corpus.compare import plain
from legal_corpus.drafts import LawDraft


@dataclass(frozen=True, slots=True)
class Text:
    """One source's text of one version."""

    source: str
    official: bool
    maybe_truncated: bool
    articles: tuple[tuple[str, str], ...]
    """Label and words of each article, in order."""

    @classmethod
    def of(cls, law: LawDraft) -> Text:
        """The text of a law as a reader found it."""
        articles = tuple((one.label, one.text) for one in law.articles)
        return cls(law.source, law.official, law.maybe_truncated, articles)

    @property
    def size(self) -> tuple[int, int]:
        """Articles, then characters."""
        return len(self.articles), sum(len(text) for _, text in self.articles)


def preferred(old: Text, new: Text, *, twice: bool) -> tuple[Text, str]:
    """The text that is shown, and why; `twice`: both come from one source."""
    if old.official != new.official:
        return (old if old.official else new), "国家法律法规数据库的文件优先"
    if old.maybe_truncated != new.maybe_truncated:
        return (new if old.maybe_truncated else old), "另一份可能不全"
    if twice:
        return (new if new.size > old.size else old), "留下条数多、文字多的一份"
    return new, "后导入的优先"


def differences(old: Text, new: Text) -> list[tuple[str, str]]:
    """Labels of the articles that differ, each with 文字不同 or 仅一份有; white space does not count."""
    first, second = dict(old.articles), dict(new.articles)
    rows: list[tuple[str, str]] = []
    for label in dict.fromkeys([*first, *second]):
        if label not in first or label not in second:
            rows.append((label, "仅一份有"))
        elif plain(first[label]) != plain(second[label]):
            rows.append((label, "文字不同"))
    return rows
