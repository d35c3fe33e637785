"""Citations of law: `《民法典》第九百四十二条第一款第（二）项`, `民法典942条`, `刑法第一百二十条之一`.

`parse` reads a text that is one citation, `find_all` finds every one in a longer text, `format_citation`
writes the standard form back (`parse(format_citation(c)) == c`). Nothing is looked up here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from legal_corpus.numerals import NUMERAL, to_chinese, to_int
from legal_corpus.values import Citation, Unresolved

_MAX_TITLE = 80
_LONGEST_BARE = 66
_NUMBER = rf"([{NUMERAL}]{{1,12}})"
_TAIL = re.compile(
    rf"第?\s*{_NUMBER}\s*(?:之\s*{_NUMBER}\s*条|条(?:\s*之\s*{_NUMBER})?)"
    rf"(?:\s*第?\s*{_NUMBER}\s*款)?(?:\s*第?\s*[(（]?\s*{_NUMBER}\s*[)）]?\s*项)?"
)
_QUOTED = re.compile(
    r"《((?:[^《》]|《[^《》]*》){1,80})》\s*([(（]\s*\d{4}[^()（）]{0,12}[)）])?\s*(?:[(（][^()（）]{0,30}[)）])?\s*[,，]?\s*$"
)
# A bare title is only believed where it ends like one.
_BARE = re.compile(
    r"([\u4e00-\u9fff〇·、（）()〈〉“”\d]{0,60}"
    r"(?:法典|法|条例|办法|规定|细则|解释|通则|规则|决定|准则|章程|规程|意见|通知|批复|编|修正案|[)）]))\s*$"
)
_OPENING = re.compile(
    r"(?:根据|依据|依照|按照|遵照|参照|违反|触犯|援引|引用|查询|查一下|请问|看|查|按|问)\s*"
)
"""Words before a title when the whole text is one citation; inside a title they are left alone."""
_LEAD_IN = re.compile(
    r"根据|依据|依照|按照|遵照|参照|违反|适用(?!法)|符合|触犯|援引|引用|查询|查一下|请问|什么是|以及|或者|"
    r"是否|并且|但是|那么|可以看|^看|^查|^按|^依|^据|^和|^与|^及|^问|，|、(?=中华)"
)
# Titles of judicial interpretations hold words that elsewhere lead in a title, and titles of other laws.
_COURT = re.compile(
    r"最高人民(?:法院|检察院)[^。；;，,\n]{2,90}(?:解释|规定|批复|意见|通知|决定|解答|[)）])\s*$"
)
_ENDINGS = tuple("典法例定则释程见知复编案答章）)")
_SAME = re.compile(r"(?:(?<!合)同法|该法典?|上述法律|前述法律|该条例|该办法|该规定|同条例)\s*$")
_THIS = re.compile(r"(?:本法典?|本条例|本办法|本规定|本细则|本解释)\s*$")
_JOIN = re.compile(r"[\s、,，和及与或至到~—–-]*(?:以及|或者)?\s*")
_GENERIC = frozenset(
    [
        "法",
        "法典",
        "条例",
        "办法",
        "规定",
        "细则",
        "解释",
        "通则",
        "规则",
        "决定",
        "准则",
        "章程",
        "规程",
        "意见",
        "通知",
        "批复",
        "编",
    ]
)


@dataclass(frozen=True, slots=True)
class Found:
    """A citation and where it stands: `text[start:end]`."""

    start: int
    end: int
    text: str
    citation: Citation


def parse(text: str) -> Citation | Unresolved:
    """Read a text that is one citation and nothing else; `Unresolved` says what is missing."""
    bare = text.strip().strip("。.;；，,？?！! \u3000")
    if not bare:
        return Unresolved(text, "没有写引用的内容，例如：《民法典》第九百四十二条")
    if len(bare) > 300:
        return Unresolved(text[:60], "内容太长，不是一条法律引用，例如：《民法典》第九百四十二条")
    tails = [tail for tail in _TAIL.finditer(bare) if tail.end() == len(bare)]
    if not tails:
        return Unresolved(text, _why_no_tail(bare))
    tail = tails[-1]
    parts = _numbers(tail)
    if parts is None:
        return Unresolved(text, f"“{tail.group()}”中的数字读不懂，应为如“第九百四十二条”或“第942条”")
    title = read_title(bare[: tail.start()])
    if title is None:
        return Unresolved(text, "没有写是哪部法律，例如：《民法典》第九百四十二条")
    return replace(parts, law=title)


def find_all(text: str) -> list[Found]:
    """Every citation in a text, in order.

    `第九条和第十条` after a title belong to it too; 同法 and 该条例 mean the law before; 本法 gives an
    empty title.
    A number without any law before it is no citation.
    """
    results: list[Found] = []
    for tail in _TAIL.finditer(text):
        parts = _numbers(tail)
        if parts is None or (
            not re.match(r"第|[\d０-９]", tail.group()) and not _follows_title(text, tail.start())
        ):
            continue
        found = _attach(text, tail, parts, results[-1] if results else None)
        if found is not None:
            results.append(found)
    return results


def format_citation(citation: Citation) -> str:
    """The standard form: `《刑法》第一百二十条之一第二款第（三）项`; an empty title gives 本法."""
    text = f"《{citation.law}》" if citation.law else "本法"
    text += format_label(citation.article, citation.suffix)
    if citation.paragraph is not None:
        text += f"第{_chinese(citation.paragraph)}款"
    if citation.item is not None:
        text += f"第（{_chinese(citation.item)}）项"
    return text


def format_label(article: int, suffix: int = 0) -> str:
    """`第一百二十条之一` for (120, 1)."""
    return f"第{_chinese(article)}条" + (f"之{_chinese(suffix)}" if suffix else "")


def parse_label(label: str) -> tuple[int, int] | None:
    """(120, 1) for `第一百二十条之一`; `None` where it is no label of an article."""
    found = _TAIL.fullmatch(label.strip())
    parts = _numbers(found) if found else None
    if parts is None or parts.paragraph is not None or parts.item is not None:
        return None
    return parts.article, parts.suffix


def _chinese(number: int) -> str:
    return to_chinese(number) if number <= 9999 else str(number)


def _numbers(tail: re.Match[str]) -> Citation | None:
    """The numbers of a tail as a citation without a law; `None` where one of them is no number."""
    values = [None if group is None else to_int(group) for group in tail.groups()]
    if any(group is not None and not value for group, value in zip(tail.groups(), values, strict=True)):
        return None
    article, inner, outer, paragraph, item = values
    return Citation("", article or 0, inner or outer or 0, paragraph, item)


def _why_no_tail(text: str) -> str:
    if _TAIL.search(text):
        return "条号后面还有别的内容；请只写一条引用，例如：《民法典》第九百四十二条第一款"
    return "没有写第几条，例如：《民法典》第九百四十二条"


def read_title(head: str) -> str | None:
    """The title when the text before the tail is nothing but a title (and perhaps 根据, 请问)."""
    head = head.strip()
    if _THIS.fullmatch(head):
        return ""
    quoted = _QUOTED.search(head)
    if quoted:
        return _quoted_title(quoted)
    title = head
    while opening := _OPENING.match(title):
        title = title[opening.end() :]
    title = title.strip(" \u3000的")
    if title.startswith("《") and title.endswith("》"):
        title = title[1:-1]
    return title if title and len(title) <= _MAX_TITLE else None


def _quoted_title(quoted: re.Match[str]) -> str:
    return quoted.group(1).strip() + (re.sub(r"\s+", "", quoted.group(2)) if quoted.group(2) else "")


def _after_lead_in(head: str) -> str:
    cuts = [found.end() for found in _LEAD_IN.finditer(head)]
    return head[max(cuts) :] if cuts else head


def _follows_title(text: str, start: int) -> bool:
    head = text[max(0, start - _MAX_TITLE) : start]
    return bool(("》" in head and _QUOTED.search(head)) or _bare_title(head)) or head.rstrip().endswith(
        ("、", "和", "及", "或")
    )


def _bare_title(head: str) -> str | None:
    # Cheap looks first: a text may hold a hundred thousand numbers without any title before them.
    if not head.rstrip().endswith(_ENDINGS):
        return None
    court = _COURT.search(head) if "最高人民" in head else None
    if court:
        return court.group().strip()
    head = head.rstrip()[-_LONGEST_BARE:]
    found = _BARE.search(head)
    if not found or head[: found.start()].endswith("》"):
        return None
    title = _after_lead_in(found.group(1)).strip("、（(）) ")
    if title.count("（") > title.count("）"):
        title += "）"
    return title if len(title) >= 2 and title not in _GENERIC and title[0] not in "该本同此" else None


def _attach(text: str, tail: re.Match[str], parts: Citation, last: Found | None) -> Found | None:
    """Decide which law a tail belongs to, or that it belongs to none."""
    # What belongs to the citation before is no part of a title.
    head = text[max(last.end if last else 0, tail.start() - 2 * _MAX_TITLE) : tail.start()]
    end = tail.end()
    quoted = _QUOTED.search(head) if "》" in head else None
    if quoted:
        start = tail.start() - len(head) + quoted.start()
        return Found(start, end, text[start:end], replace(parts, law=_quoted_title(quoted)))
    this, same = _THIS.search(head), _SAME.search(head)
    if this or (same and last):
        mark = this or same
        assert mark is not None
        start = tail.start() - len(head) + mark.start()
        law = "" if this or last is None else last.citation.law
        return Found(start, end, text[start:end], replace(parts, law=law))
    if last is not None and _JOIN.fullmatch(text[last.end : tail.start()]):
        return Found(tail.start(), end, tail.group(), replace(parts, law=last.citation.law))
    title = None if same else _bare_title(head)
    if title is None:
        return None
    start = text.rindex(title.rstrip("）"), 0, tail.start())
    return Found(start, end, text[start:end], replace(parts, law=title))
