"""A law from a .docx or .html file as the national database of laws gives it (flk.npc.gov.cn).

```
中华人民共和国某某法                      the title, perhaps on two lines
（2001年…通过　根据2012年…修正）           题注: adoption and amendments
目　　录 …                                left out: it repeats the headings
第一章　总则 / 第一条　… / 附件 …          body, as in the Markdown collection
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from foundation.progress import Progress
from legal_corpus.dates import first_day, latest_change, read_date
from legal_corpus.docx import Lines, read_docx
from legal_corpus.drafts import Defect, DefectKind, Found, LawDraft, Skipped
from legal_corpus.errors import SourceError
from legal_corpus.markdown import read_body
from legal_corpus.numerals import NUMERAL, to_int
from legal_corpus.titles import short_title
from legal_corpus.values import NATIONWIDE
from legal_corpus.webpage import read_html

ENDINGS = (".docx", ".html", ".htm")
_READERS = {".docx": read_docx, ".html": read_html, ".htm": read_html}
_DAY = r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
_NOTE = re.compile(rf"^[（(]?\s*(?:根据\s*)?{_DAY}.*(?:通过|公布|发布|修订|修正|批准|施行)")
_NOTE_PIECE = re.compile(rf"(?={_DAY})")
_START = re.compile(rf"^(?:目\s*录|序\s*言|第[{NUMERAL}]+(?:编|分编|章|节|条)|[一二三四五六七八九十]+、)")
_TITLE = re.compile(r"(?:法典|法|条例|办法|规定|细则|解释|规则|决定|准则|章程|修正案|意见|批复|[)）])$")
_GLUED = re.compile(rf"^(第([{NUMERAL}]+)条(?:之[{NUMERAL}]+)?)(?=[^\s\u3000之第款、，和的至规])")
_AMENDING = re.compile(r"修正案|关于(?:修改|废止).+的决定")
_PROVINCE = re.compile(
    r"([\u4e00-\u9fff]{2,8}?(?:省|自治区|市|自治州|自治县))(?:第[^，。]{1,8}届)?人民代表大会"
)
_LEVELS = (
    (re.compile(r"最高人民(?:法院|检察院)"), "司法解释"),
    (re.compile(r"全国人民代表大会"), "法律"),
    (re.compile(r"国务院(?:令|第|常务|公布|发布|批准|$)"), "行政法规"),
    (re.compile(r"(?:省|自治区|市|自治州|自治县)[^，。]{0,12}人民代表大会"), "地方性法规"),
    (re.compile(r"(?:省|自治区|市)人民政府"), "地方政府规章"),
    (re.compile(r"(?:部|委员会|总局|署|局|银行)(?:令|第\d+号)"), "部门规章"),
)
_MOST_TITLE_LINES = 3
_NAMED_DAY = re.compile(r"_(\d{8})$")
_NEAR = timedelta(days=92)
"""Between adoption (题注) and publication (the file's name) lie weeks, not years."""
_DECREED = re.compile(r"(?:国务院|部|委员会|总局|人民政府)令")
_DECREE = re.compile(rf"》已(?:经|于)?\s*({_DAY}.*?通过)")
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\xad"))
_OPENS = ("关于", "实施", "法", "的")
_GOES_ON = ("关于", "共和国", "实施")
_LAST = re.compile(r"(?:，|,|；|;|和|、)?\s*(?:根据|依据)?\s*$")


def is_national(path: Path) -> bool:
    """Whether the name is one of a file this module reads."""
    return path.name.lower().endswith(ENDINGS)


def read_files(paths: Iterable[Path], root: Path, progress: Progress) -> Iterator[Found]:
    """The laws of several files; one that cannot be read is skipped with its reason."""
    files = sorted(paths)
    for number, path in enumerate(files, 1):
        progress(number, len(files), "读取法律文本")
        try:
            yield from read_file(path, str(path.relative_to(root)))
        except SourceError as error:
            yield Skipped(str(path.relative_to(root)), str(error))


def read_file(path: Path, where: str = "") -> Iterator[Found]:
    """One file: its defects, then the law; `SourceError` where it holds no law."""
    shown = where or path.name
    read = _READERS[path.suffix.lower()](path)
    lines = [_clean(line) for line in read.lines]
    title, notes, body, above = _head([line for line in lines if line])
    articles, odd = read_body(_spaced(line for line in body if line != title))
    if not title or not articles:
        raise SourceError(
            f"{path} 中没有法律文本",
            expected="标题、题注和“第一条　……”",
            found="没有标题" if not title else "没有正文",
            remedy="检查文件；网页要保存正文所在的那一页",
        )
    named = _NAMED_DAY.search(path.stem)
    published = read_date(named.group(1)) if named else None
    yield from _defects(shown, read, odd, notes)
    version_date = latest_change(notes)
    if version_date and published and abs(published - version_date) > _NEAR:
        what = f"文件名的日期 {published} 与题注最后的日期 {version_date} 不同"
        yield Defect(shown, what, DefectKind.DATES)
    version_date = version_date or published
    history = " ".join(notes)
    region = _region(title, history)
    decree = [line for line in above if _DECREED.search(line)]
    yield LawDraft(
        title=short_title(title),
        full_title=title,
        level=_level(title, " ".join((*decree, history)), region),
        region=region,
        version_date=version_date,
        valid_from=first_day(notes, [one.text for one in articles[-3:]], version_date),
        articles=articles,
        source=shown,
        origin="国家法律法规数据库",
        official=True,
        notes=tuple(notes),
        amending=bool(_AMENDING.search(title)),
    )


def _defects(where: str, read: Lines, odd: tuple[str, ...], notes: list[str]) -> Iterator[Defect]:
    if read.encoding_problem:
        yield Defect(where, read.encoding_problem, DefectKind.ENCODING)
    for problem in read.problems:
        yield Defect(where, problem, DefectKind.GAP)
    for what in odd:
        yield Defect(where, what, DefectKind.DUPLICATE if "重复" in what else DefectKind.OTHER)
    if not notes:
        yield Defect(where, "没有题注：通过和修改的日期不明", DefectKind.DATES)


def _clean(line: str) -> str:
    """Invisible signs out, non-breaking blanks as Chinese ones."""
    text = line.replace("\xa0", "\u3000").translate(_INVISIBLE)
    return text.strip(" \t\r\u3000")


def _head(lines: list[str]) -> tuple[str, list[str], list[str], list[str]]:
    """Title, history, body, and what stands above the title: a decree, a notice, the menus of a page."""
    note = next((at for at, line in enumerate(lines) if _NOTE.match(line)), None)
    start = next((at for at, line in enumerate(lines) if _START.match(line)), len(lines))
    if note is not None and note < start:
        above, end = lines[:note], note
        while end < start and (end == note or not lines[end - 1].endswith(("）", ")"))):
            end += 1
        history = "　".join(lines[note:end])
        return _title(above), _pieces(history), lines[end:], above
    decreed = (found.group(1) for line in lines[:start] if (found := _DECREE.search(line)))
    return _title(lines[:start]), list(decreed), lines[start:], lines[:start]


def _title(above: list[str]) -> str:
    """The lines right before the history: the last one that ends like a title, with what it continues."""
    for last in range(len(above) - 1, -1, -1):
        if not _TITLE.search(above[last]):
            continue
        title = re.sub(r"\s+", "", above[last])
        for line in reversed(above[max(0, last - _MOST_TITLE_LINES + 1) : last]):
            if not (title.startswith(_OPENS) or line.endswith(_GOES_ON)):
                break
            title = re.sub(r"\s+", "", line) + title
        return title
    return ""


def _pieces(history: str) -> list[str]:
    """题注 as history lines, each beginning with its day; an introducing 根据 is dropped."""
    text = re.sub(r"[\s\u3000]+", " ", history).strip().strip("（）() ")
    pieces = [_LAST.sub("", one) for one in _NOTE_PIECE.split(text)]
    return [one.strip() for one in pieces if re.match(_DAY, one)]


def _spaced(lines: Iterable[str]) -> Iterator[str]:
    """Put a blank after 第一条 where a file prints none and the number is the next one."""
    expected = 1
    for line in lines:
        found = _GLUED.match(line)
        number = to_int(found.group(2)) if found else None
        if found and number == expected:
            line = f"{found.group(1)}\u3000{line[found.end() :]}"
        plain = re.match(rf"第([{NUMERAL}]+)条(?=[\s\u3000]|$)", line)
        own = to_int(plain.group(1)) if plain else None
        if own is not None and own >= expected:
            expected = own + 1
        yield line


def _level(title: str, history: str, region: str) -> str:
    for pattern, level in _LEVELS:
        if pattern.search(title) or (pattern.search(history) and (region == NATIONWIDE) != ("地方" in level)):
            return level
    return "其他"


def _region(title: str, history: str) -> str:
    """The place whose congress adopted it; the whole country where that is the national one."""
    if "全国人民代表大会" in history or title.startswith("中华人民共和国") or "最高人民" in title:
        return NATIONWIDE
    adopted = _PROVINCE.search(re.sub(_DAY, "，", history))
    found = adopted or re.match(r"([\u4e00-\u9fff]{1,8}?(?:省|自治区|市))", title)
    return found.group(1) if found else NATIONWIDE
