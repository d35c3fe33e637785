"""The citation lock (引文锁): nothing is shown as law that the store does not hold to the byte.

`verify(draft, library, as_of)` reads every sentence of a draft, whoever wrote it (`judge.py` has the rules):
it is supported, or marked, or struck out visibly. `Lock.fault` checks an article that is shown by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from legal_corpus.titles import canonical_title, split_year, title_key
from legal_corpus.values import NATIONWIDE, Article, Citation, Resolution
from service.answers import Cited
from service.guidance.judge import NOT_IN_FORCE, QUOTE_DIFFERS, UNKNOWN_CITATION, Bench, judge
from service.guidance.sentences import split_sentences
from service.guidance.values import Draft, LockReport, Origin, Sentence

_REMEMBERED = 20_000


class Law(Protocol):
    """The law as the lock asks it; `legal_corpus.library.Library` has it."""

    def resolve(
        self, citation: Citation | str, as_of: date | None = None, region: str | None = None
    ) -> Resolution:
        """The article that a citation means on a day, or why there is none."""

    def article(self, id: str) -> Article | None:
        """The article with this id."""

    def titles(self) -> list[str]:
        """Short titles of all laws."""


@dataclass(frozen=True)
class Lock:
    """The lock over one library; remembers what it resolved, for the law stands still."""

    law: Law
    _resolved: dict[tuple[Citation | str, date, str], Resolution] = field(init=False, default_factory=dict)
    _titles: set[str] = field(init=False, default_factory=set)

    def verify(
        self,
        draft: str | Sequence[Sentence],
        as_of: date,
        *,
        region: str = "",
        said: str = "",
        given: frozenset[str] | None = None,
    ) -> LockReport:
        """Judge every sentence of a draft; a plain string is taken for a model's words.

        `said`: the masked complaint; only what stands in it may be quoted as the citizen's words.
        `given`: ids of the articles that a model was given; it may rest on no other.
        """
        bench = Bench(lambda citation: self.resolve(citation, as_of, region), self.knows, said, given)
        sentences = model_sentences(draft) if isinstance(draft, str) else draft
        return LockReport(tuple(judge(sentence, bench) for sentence in sentences))

    def resolve(self, citation: Citation | str, as_of: date, region: str = "") -> Resolution:
        """The article that a citation means, remembered."""
        key = (citation, as_of, region)
        found = self._resolved.get(key)
        if found is None:
            found = self.law.resolve(citation, as_of, region or NATIONWIDE)
            if len(self._resolved) >= _REMEMBERED:
                self._resolved.clear()
            self._resolved[key] = found
        return found

    def knows(self, title: str) -> bool:
        """Whether a law of that title is in the library."""
        if not self._titles:
            # All at once: another thread must not find half of them and call a law unknown.
            self._titles.update({title_key(one) for one in self.law.titles()})
        spellings = (title, split_year(title)[0], canonical_title(title))
        return any(title_key(spelling) in self._titles for spelling in spellings)

    def fault(self, cited: Cited, as_of: date) -> str:
        """Why an article must not be shown as law; empty where it is byte-equal to the store and in force."""
        article = self.law.article(cited.id)
        if article is None:
            return UNKNOWN_CITATION
        held = (article.text, article.text_kind, article.law.title, article.label)
        if held != (cited.text, cited.text_kind, cited.law, cited.article):
            return QUOTE_DIFFERS
        return "" if article.law.in_force_on(as_of) else NOT_IN_FORCE


def verify(
    draft: str | Sequence[Sentence], library: Law, as_of: date, *, region: str = "", said: str = ""
) -> LockReport:
    """Judge every sentence of a draft against a library on a day; see `judge.py`."""
    return Lock(library).verify(draft, as_of, region=region, said=said)


def model_sentences(text: str) -> list[Sentence]:
    """A model's answer as sentences; a new line begins a paragraph."""
    found: list[Sentence] = []
    opens = False
    for part in split_sentences(text):
        found.append(Sentence(part.strip("\n"), Origin.MODEL, opens=opens or part.startswith("\n")))
        opens = part.endswith("\n")
    return [sentence for sentence in found if sentence.text.strip()]


def as_draft(report: LockReport, origin: Origin = Origin.PROGRAM, note: str = "") -> Draft:
    """A locked report as the draft that edges show."""
    lines = [("\n" if one.opens and n else "") + one.shown for n, one in enumerate(report.sentences)]
    return Draft(report.sentences, report.copy_text, "".join(lines), report.basis, origin, note)
