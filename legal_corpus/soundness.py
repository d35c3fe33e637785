"""Is a text of law whole? Missing article numbers, a cut-off end, repeated articles, trouble with characters.

What a source lacks is a defect of the source: it is reported and stored, never mended in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from legal_corpus.citation import format_label
from legal_corpus.drafts import ArticleDraft, Defect, DefectKind, LawDraft

_ENDINGS = tuple("。！？；：.!?;:)）】》”’」』…")
_CLOSED = re.compile(r"(?:施行|实施|执行|生效|废止|有效)\s*$")
"""A closing article may lack its full stop and still be whole."""
_MOJIBAKE = re.compile("\ufffd|锟斤拷|烫烫烫|屯屯屯|[ÃÂ][\u0080-\u00bf]|â€")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_SHOWN = 8


def defects_in(law: LawDraft) -> Iterator[Defect]:
    """What is odd about the text of a law, as far as the text itself can tell."""
    articles = [one for one in law.articles if one.number is not None]
    yield from _gaps(law, articles)
    yield from _truncated(law)
    yield from _characters(law)


def _gaps(law: LawDraft, articles: Sequence[ArticleDraft]) -> Iterator[Defect]:
    numbers = sorted({one.number for one in articles if one.number is not None})
    if not numbers or law.amending:
        # An act that amends others prints the numbers of their articles.
        return
    missing = sorted(set(range(1, numbers[-1] + 1)) - set(numbers))
    if missing:
        text = "、".join(_runs(missing)[:_SHOWN]) + ("等" if len(_runs(missing)) > _SHOWN else "")
        yield Defect(law.source, f"缺 {len(missing)} 个条号：{text}", DefectKind.GAP)
    suffixes = {(one.number, one.suffix) for one in articles}
    for number, suffix in sorted(suffixes, key=lambda pair: (pair[0] or 0, pair[1])):
        if suffix > 1 and (number, suffix - 1) not in suffixes:
            lost = format_label(number or 0, suffix - 1)
            yield Defect(law.source, f"有{format_label(number or 0, suffix)}而没有{lost}", DefectKind.GAP)


def _runs(numbers: Sequence[int]) -> list[str]:
    """Numbers as labels, neighbours joined: 第三条至第五条."""
    runs: list[str] = []
    for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        first, last = format_label(run[0]), format_label(run[-1])
        runs.append(first if len(run) == 1 else f"{first}至{last}")
    return runs


def _truncated(law: LawDraft) -> Iterator[Defect]:
    """A law ends with a full stop; tables, annexes and signatures may end otherwise."""
    articles = [one for one in law.articles if one.kind == "article"]
    if not articles:
        return
    for article in articles:
        if not article.text.strip():
            yield Defect(law.source, f"{article.label}没有内容", DefectKind.GAP)
    last = articles[-1]
    end = last.text.rstrip()
    if end and not end.endswith(_ENDINGS) and not _CLOSED.search(end):
        shown = end[-12:].replace("\n", " ")
        yield Defect(
            law.source, f"{last.label}末尾没有句号，文本可能在此断了：……{shown}", DefectKind.TRUNCATED
        )


def _characters(law: LawDraft) -> Iterator[Defect]:
    for article in law.articles:
        for pattern, what in ((_MOJIBAKE, "有乱码"), (_PRIVATE, "有无法显示的自造字")):
            found = pattern.search(article.text)
            if found:
                where = article.label or article.chapter or "正文"
                yield Defect(law.source, f"{where}{what}（第 {found.start() + 1} 个字）", DefectKind.ENCODING)
