"""How the citation lock judges one sentence.

- A citation must resolve to an article in force on the day; one that does not is struck out.
- A quote beside a citation must be a byte-equal run of whole sentences of that article (a quote that begins
  after 不得 would say the opposite); one character more, less, wider or hidden, and it is struck.
- A quote without a citation is somebody's words: it must stand in the complaint.
- A figure (`60日`, `三倍`) beside a citation must stand in the article.
- Words that claim a result (`经查实`, `已整改`) are struck where a model wrote them: nobody told it.
- Whatever else a model writes is marked, never law. Our own sentences may say in our words what the article
  that they name requires; one that speaks of law and names no article is marked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from foundation.canonical import tagged_hash
from legal_corpus.citation import find_all, format_citation
from legal_corpus.values import Citation, Resolution, Resolved, TextKind
from service.guidance.sentences import Quote, figures, quotes, without_hidden
from service.guidance.values import Link, LockedSentence, Origin, Segment, Sentence, Status

UNKNOWN_CITATION = "引用的条文在库中无法核实"
NOT_IN_FORCE = "引用的条文当日无效"
LOOSE_ARTICLE = "只有条号，没有可以核实的法律"
UNKNOWN_TITLE = "提到的法律文件在库中没有"
QUOTE_DIFFERS = "引文与库中原文不一致"
HIDDEN = "引文中夹有不可见字符"
QUOTE_OF_NOBODY = "引号中的话既不是所引条文，也不在诉求里"
CLAIMS_RESULT = "声称了没有依据的核查或处理结果"
FIGURE_DIFFERS = "其中的数字不在所引条文里"
NO_BASIS_NAMED = "说到法律但没有指明条文"
IN_OTHER_WORDS = "模型的归纳，不是法律原文"
NOBODY_KNOWS = "模型的表述，没有可核对的出处"
NOT_GIVEN = "所引条文不在检索结果中"
TOO_LONG = "句子过长，无法核对"
LONGEST = 4_000
"""Characters of one sentence; a longer one is struck unread, so that no draft takes long to judge."""

MARKS = {
    IN_OTHER_WORDS: "〔模型归纳，非法律原文，请核对〕",
    NOT_GIVEN: "〔所引条文不在检索结果中，请核对〕",
    NO_BASIS_NAMED: "〔未附依据，请核对〕",
    NOBODY_KNOWS: "〔模型表述，请核对〕",
    FIGURE_DIFFERS: "〔数字请核对〕",
    QUOTE_OF_NOBODY: "〔引语请核对〕",
}
BLANK = re.compile(r"〔[^〔〕]{0,20}填写：[^〔〕]{1,120}〕")

_LOOSE = re.compile(
    r"第\s*[0-9０-９〇零一二两三四五六七八九十百千万]+\s*条(?![约款件例理街路船河裤鱼毛绳线消信短微])"
)
_LAW_TITLE = re.compile(r"《([^《》]{2,60})》")
_LAW_ENDING = re.compile(
    r"(?:法典|法|条例|办法|规定|细则|解释|通则|规则|决定|准则|规程|意见|通知|批复|修正案|标准|令|规范|公约)"
    r"(?:[(（][^()（）]{1,20}[)）])?$"
)
_DOCUMENT_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,8}[〔\[［【(（]\s*(?:19|20)\d{2}\s*[〕\]］】)）]\s*第?\s*\d+\s*号"
)
_LAW_WORDS = re.compile(
    r"法律|法规|条例|司法解释|依法|违法|合法|非法|有权|无权|应当|不得|必须|禁止|责令|罚款|处罚|赔偿"
    r"|承担.{0,6}责任|法定|期限|时效|规定"
)
_RESULT = re.compile(
    r"(?:经|已)(?:[^，。；]{0,12}?)(?:查实|查明|核实|核查|调查|检查|查处|处罚|罚款|立案|整改|处理完毕|办结"
    r"|解决|修复|责令|约谈|拆除|取缔|退还|支付|协调)|(?:核查|调查|检查)(?:结果|发现|显示)|属实"
)
_CONNECTIVE = re.compile(
    r"根据|依据|依照|按照|规定|明确|指出|原文|以及|和|与|及|的|为|：|:|，|,|。|；|;|、|\s|（|）|\(|\)"
)
_SAID = re.compile(
    r"(?:尊敬的)?(?:您|来电人|诉求人|市民|群众|当事人|居民)?(?:来电|来信|留言)?"
    r"(?:反映|称|表示|陈述|提出|说|诉求|的情况|内容|为|是|：|:|，|,|。|、|\s)*"
)
_EDGE = re.compile(r"[。；：\n]$|[(（][一二三四五六七八九十\d]{1,3}[)）]$")
_END = re.compile(r"[。；：\n]")


@dataclass(frozen=True, slots=True)
class Bench:
    """What a sentence is judged by."""

    resolve: Callable[[Citation], Resolution]
    """The article that a citation means on the day and in the region."""
    knows: Callable[[str], bool]
    """Whether there is a law of that title."""
    said: str = ""
    """The masked complaint."""
    given: frozenset[str] | None = None
    """Ids of the articles that a model was given; it may rest on no other. `None`: on any."""


@dataclass(frozen=True, slots=True)
class _Strike:
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Read:
    """A sentence taken apart."""

    text: str
    bare: str
    """The text with the citizen's own words blanked out, positions kept."""
    spoken: tuple[Quote, ...]
    """Quotes of the citizen."""
    others: tuple[Quote, ...]
    citations: tuple[tuple[int, int, Resolved], ...]

    @property
    def articles(self) -> list[Resolved]:
        return [found for _, _, found in self.citations]

    @property
    def rest(self) -> str:
        """The text without its quotes, citations and blanks."""
        spans = [(quote.start, quote.end) for quote in (*self.spoken, *self.others)]
        spans += [(start, end) for start, end, _ in self.citations]
        text, cut = self.text, len(self.text)
        for start, end in sorted(spans, reverse=True):
            text = text[:start] + text[min(end, cut) :]
            cut = start
        return BLANK.sub("", text)


def judge(sentence: Sentence, bench: Bench) -> LockedSentence:
    """The sentence with its status, what was struck, and the articles that carry it."""
    text = without_hidden(sentence.text)
    if len(text) > LONGEST:
        return _locked(sentence, (Segment(text, struck=True),), Status.STRUCK, (), (TOO_LONG,))
    found = quotes(text)
    unquoted = _blanked(text, found)
    outside, strikes = _citations(unquoted, bench)
    spoken = _spoken(found, unquoted, bench.said) if not (outside or strikes) else []
    others = [quote for quote in found if quote not in spoken]
    held = [quote for quote in others if any(_holds(found, quote.inner) for _, _, found in outside)]
    # An article that is quoted may itself name others (`依照前条`, `第二十二条第一款`): they are its words.
    bare = _blanked(text, [*spoken, *held])
    citations, strikes = (outside, strikes) if bare == unquoted else _citations(bare, bench)
    read = _Read(text, bare, tuple(spoken), tuple(others), tuple(citations))
    strikes += _loose(bare, bench, citations, strikes)
    strikes += _bad_quotes(read, held, sentence, hidden=len(text) != len(sentence.text))
    if sentence.origin is Origin.MODEL:
        strikes += _invented(read)
    if strikes:
        reasons = tuple(dict.fromkeys(strike.reason for strike in strikes))
        return _locked(sentence, _segments(text, strikes), Status.STRUCK, (), reasons)
    doubt = _doubt(sentence, read, bench)
    status = Status.MARKED if doubt else Status.SUPPORTED
    # What stands in a blank is a proposal to a person, not a basis.
    links = () if sentence.blank else tuple(map(_link, read.articles))
    return _locked(sentence, (Segment(text),), status, links, (doubt,) if doubt else ())


def _spoken(found: Sequence[Quote], unquoted: str, said: str) -> list[Quote]:
    """Quotes of the citizen, in a sentence that cites nothing: beside law only the law may be quoted."""
    if _LAW_TITLE.search(unquoted):
        return []
    return [
        quote
        for quote in found
        if quote.inner.strip() and quote.inner in said and not _LAW_WORDS.search(unquoted[: quote.start])
    ]


def _citations(text: str, bench: Bench) -> tuple[list[tuple[int, int, Resolved]], list[_Strike]]:
    """The citations that resolve, and strikes for those that do not."""
    resolved: list[tuple[int, int, Resolved]] = []
    strikes: list[_Strike] = []
    for found in find_all(text) if "条" in text else ():
        answer = bench.resolve(found.citation)
        if not isinstance(answer, Resolved):
            strikes.append(_Strike(found.start, found.end, UNKNOWN_CITATION))
        elif not answer.in_force:
            strikes.append(_Strike(found.start, found.end, NOT_IN_FORCE))
        else:
            resolved.append((found.start, found.end, answer))
    return resolved, strikes


def _loose(
    text: str, bench: Bench, citations: Sequence[tuple[int, int, Resolved]], strikes: Sequence[_Strike]
) -> list[_Strike]:
    """Numbers of articles, titles and document numbers that belong to no citation that was read."""
    spans = [(start, end) for start, end, _ in citations] + [(one.start, one.end) for one in strikes]

    def free(at: int) -> bool:
        return not any(start <= at < end for start, end in spans)

    found = [_Strike(*one.span(), LOOSE_ARTICLE) for one in _LOOSE.finditer(text) if free(one.start())]
    for title in _LAW_TITLE.finditer(text):
        named = title.group(1).strip()
        if free(title.start()) and _LAW_ENDING.search(named) and not bench.knows(named):
            found.append(_Strike(*title.span(), UNKNOWN_TITLE))
    return found + [_Strike(*one.span(), UNKNOWN_TITLE) for one in _DOCUMENT_NUMBER.finditer(text)]


def _bad_quotes(read: _Read, held: Sequence[Quote], sentence: Sentence, *, hidden: bool) -> list[_Strike]:
    """Quotes beside law that are no byte-equal run of a cited article."""
    if not read.articles:
        lawful = _LAW_TITLE.search(read.bare) or _LAW_WORDS.search(read.bare)
        if sentence.origin is Origin.PROGRAM or not lawful:
            return []
        return [_Strike(quote.start, quote.end, QUOTE_OF_NOBODY) for quote in read.others]
    return [
        _Strike(quote.start, quote.end, HIDDEN if quote in held else QUOTE_DIFFERS)
        for quote in read.others
        if hidden or quote not in held
    ]


def _holds(resolved: Resolved, quote: str) -> bool:
    """Only official words may be quoted, whole sentences, of the paragraph or item that is named."""
    if not quote.strip() or resolved.article.text_kind is not TextKind.OFFICIAL:
        return False
    text = resolved.quote
    at = text.find(quote)
    while at >= 0:
        end = at + len(quote)
        begins = not text[:at].strip() or _EDGE.search(text[:at])
        ends = end == len(text) or _END.search(quote[-1]) or _END.match(text[end])
        if begins and ends:
            return True
        at = text.find(quote, at + 1)
    return False


def _invented(read: _Read) -> list[_Strike]:
    """What a model cannot know: results, and figures that the article which it names does not hold."""
    if _RESULT.search(BLANK.sub("", read.bare)):
        return [_Strike(0, len(read.text), CLAIMS_RESULT)]
    if read.articles and not _figures_held(read):
        return [_Strike(0, len(read.text), FIGURE_DIFFERS)]
    return []


def _figures_held(read: _Read) -> bool:
    held: set[tuple[float, str]] = set()
    return figures(read.rest) <= held.union(*(figures(one.article.text) for one in read.articles))


def _doubt(sentence: Sentence, read: _Read, bench: Bench) -> str:
    """Why a sentence without a fault may still not stand as it is; empty where it may."""
    if sentence.blank and sentence.origin is Origin.PROGRAM:
        return ""
    if sentence.origin is Origin.PROGRAM:
        return _doubt_of_ours(read)
    rest = read.rest
    if read.articles:
        if bench.given is not None and not {one.article.id for one in read.articles} <= bench.given:
            return NOT_GIVEN
        own = any(rest.strip("：:。 \n") == one.article.text.strip("。 \n") for one in read.articles)
        pure = read.others and not _CONNECTIVE.sub("", rest)
        return "" if own or pure else IN_OTHER_WORDS
    if read.others:
        return QUOTE_OF_NOBODY
    if read.spoken and not _SAID.sub("", rest):
        return ""
    return NO_BASIS_NAMED if _LAW_WORDS.search(read.bare) else NOBODY_KNOWS


def _doubt_of_ours(read: _Read) -> str:
    if not read.articles:
        return NO_BASIS_NAMED if _LAW_WORDS.search(BLANK.sub("", read.bare)) else ""
    return "" if _figures_held(read) else FIGURE_DIFFERS


def _blanked(text: str, found: Iterable[Quote]) -> str:
    for quote in found:
        text = text[: quote.start] + "　" * (quote.end - quote.start) + text[quote.end :]
    return text


def _locked(
    sentence: Sentence,
    segments: tuple[Segment, ...],
    status: Status,
    basis: tuple[Link, ...],
    reasons: tuple[str, ...],
) -> LockedSentence:
    mark = MARKS.get(reasons[0], "") if status is Status.MARKED else ""
    return LockedSentence(
        segments, status, sentence.origin, basis, reasons, mark, sentence.blank, sentence.opens
    )


def _segments(text: str, strikes: Sequence[_Strike]) -> tuple[Segment, ...]:
    """The text cut at its strikes; strikes that overlap become one."""
    parts: list[Segment] = []
    at = 0
    for strike in sorted(strikes, key=lambda one: (one.start, -one.end)):
        if strike.end <= at:
            continue
        if strike.start > at:
            parts.append(Segment(text[at : strike.start]))
        parts.append(Segment(text[max(at, strike.start) : strike.end], struck=True))
        at = strike.end
    return (*parts, Segment(text[at:])) if at < len(text) else tuple(parts)


def _link(resolved: Resolved) -> Link:
    article = resolved.article
    cited = format_citation(resolved.citation)
    return Link(cited, article.id, article.text_kind, tagged_hash(article.text))
