"""Cutting what is quoted: whole sentences of an article, the first sentences of what a citizen said."""

from __future__ import annotations

import re

from service.guidance.sentences import quotes, without_hidden
from service.guidance.tables import operator_table

LONGEST_LAW = 160
"""Characters of an article that a reply quotes; a longer sentence is named, not quoted."""
LONGEST_SAID = 120
SHARED = 2
"""Pairs of characters that an article must share with a complaint to be quoted."""
_HAN = re.compile("[\u4e00-\u9fff]{2}")
_MARKS = (("“", "”"), ("「", "」"), ("『", "』"))
_QUOTING = re.compile('[“”「」『』〝〞＂"]')
_COMPETENCE = re.compile(
    "国务院.{0,24}(?:主管|负责)|(?:主管|负责).{0,4}(?:全国|本行政区域)|国家(?:建立|提倡|鼓励)"
)
_CLAUSE = re.compile("[^。；：\n]*[。；：\n]?")
_SAID_END = re.compile("[。！？!?；;\n]")
_GREETING = re.compile(
    r"\A(?:(?:尊敬的|敬爱的)[^，,：:。！!\n]{0,12}[，,：:。！!\s]+"
    r"|[\u4e00-\u9fff]{0,4}(?:领导|书记|市长|区长|县长|局长)们?[：:]"
    r"|(?:您|你)们?好[，,：:。！!\s]*)+"
)
"""How a letter begins; a reply quotes what follows."""
_SAID_PAUSE = re.compile("[，,、 ]")


def law_quote(text: str, about: str) -> str:
    """The paragraph of an article that speaks most of `about`, cut to whole sentences; empty: none fits.

    Who is competent in the whole country is no answer to a citizen: such a paragraph is not quoted.
    """
    pairs = _pairs(about)
    paragraphs = [line.strip() for line in text.split("\n") if line.strip() and not _COMPETENCE.search(line)]
    best = max(paragraphs, key=lambda line: len(pairs & _pairs(line)) / (20 + len(line)) ** 0.5, default="")
    if len(pairs & _pairs(best)) < SHARED:
        return ""
    kept = ""
    for clause in _CLAUSE.findall(best):
        if len(kept) + len(clause) > LONGEST_LAW:
            break
        kept += clause
    kept = kept.rstrip("：\n")
    # A list that is announced and not quoted says nothing.
    whole = kept and kept[-1] in "。；"
    return kept if whole and kept == without_hidden(kept) and len(quotes(f"“{kept}”")) == 1 else ""


def shared_words(text: str, about: str) -> set[str]:
    """The words that an article shares with a complaint: runs of common pairs of characters that tell."""
    table = operator_table().shared
    telling = {
        pair
        for pair in _pairs(text) & _pairs(about)
        if _HAN.fullmatch(pair) and pair not in table.common and not table.idle & set(pair)
    }
    words: set[str] = set()
    begun = 0
    for at in range(1, len(text)):
        if text[at - 1 : at + 1] not in telling:
            words.add(text[begun:at])
            begun = at
    words.add(text[begun:])
    return {word for word in words if len(word) > 1}


def said(text: str, longest: int = LONGEST_SAID) -> str:
    """The first sentences of a complaint, the title left out where the text goes on after it."""
    head, _, body = text.partition("\n")
    source = body if len(body) >= 20 else (head if not body else text)
    source = _GREETING.sub("", source) if len(source) > longest else source
    if len(source) <= longest:
        return source.strip()
    ends = [found.end() for found in _SAID_END.finditer(source, 0, longest)]
    pauses = [found.start() for found in _SAID_PAUSE.finditer(source, 0, longest)]
    long_enough = [end for end in ends if end >= longest // 3]
    cut = long_enough[-1] if long_enough else (pauses[-1] if pauses else longest)
    return source[:cut].strip()


def quoted(text: str) -> str:
    """`text` between quotation marks that it does not break out of; cut at its own marks where it would."""
    for opening, closing in _MARKS:
        whole = f"{opening}{text}{closing}"
        found = quotes(whole)
        if len(found) == 1 and found[0].inner == text:
            return whole
    before = _QUOTING.split(text)[0].strip(" ，,：:\n")
    return f"“{before}”" if len(before) >= 6 else ""


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}
