"""One Markdown file of the public collection (LawRefBook/Laws) as a law.

```
# 标题            the full title; a second `# …` is a part (編) of a law spread over several files
2020年5月28日 …   history lines
<!-- INFO END -->
## 第一章 …       headings
第一条 …          an article; further paragraphs follow after blank lines
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from legal_corpus.drafts import ArticleDraft, Defect
from legal_corpus.numerals import NUMERAL, to_int

INFO_END = "<!-- INFO END -->"
_ARTICLE = re.compile(rf"第([{NUMERAL}]+)条(?:之([{NUMERAL}]+))?(?:[\s\u3000:：]+(.*)|$)", re.DOTALL)
_CHAPTER = re.compile(rf"第[{NUMERAL}]+(?:编|分编|章|节|部分)(?:[\s\u3000]|$)")
_ITEM = re.compile(rf"([{NUMERAL}]+)、(.*)", re.DOTALL)
_HEADING = re.compile(r"(#{1,6})\s*(.*)")
_ANNEX = re.compile(
    r"附\s*[件表录图]?\s*[一二三四五六七八九十\d]*\s*[:：]?$"
    r"|附[件表录图]\s*[一二三四五六七八九十\d]*\s*[:：].{0,60}$"
    r"|附[件表录图]\s*[一二三四五六七八九十\d]*[\s\u3000]+[^。；，：！？\s]{2,40}$"
)
_PLAIN_HEADINGS = frozenset(("总则", "附则", "目录", "序言", "分则"))
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\xad"))
_SENTENCE_END = re.compile(rf"(?<=[。；：）])[\s\u3000]+(?=第[{NUMERAL}]+条[\s\u3000])")
_LONGEST_TOC_LINE = 40
_LONGEST_PLAIN_HEADING = 30
_PUNCTUATION = re.compile(r"[。；：，！？“”|…;:.]|^[（(]|\d")


@dataclass(frozen=True, slots=True)
class MarkdownLaw:
    """What stands in one file."""

    title: str
    part: str
    notes: tuple[str, ...]
    articles: tuple[ArticleDraft, ...]
    defects: tuple[str, ...] = ()


@dataclass(slots=True)
class _Unit:
    """An article under construction."""

    number: int | None
    suffix: int
    label: str
    chapter: str
    kind: str
    lines: list[str] = field(default_factory=list)

    def finished(self) -> ArticleDraft:
        text = "\n".join(self.lines)
        return ArticleDraft(self.number, self.suffix, self.label, self.chapter, self.kind, text)


def read_markdown(text: str) -> MarkdownLaw:
    """Parse a file's text; a file without title or body gives empty fields, for the caller to refuse."""
    lines = [line.translate(_INVISIBLE).strip(" \t\r\u3000\xa0") for line in text.split("\n")]
    end = next((index for index, line in enumerate(lines) if line.startswith(INFO_END)), None)
    head, body = (lines[:end], lines[end + 1 :]) if end is not None else _guess_head(lines)
    titles = [line.lstrip("# ").strip() for line in head if re.match(r"#\s*[^#]", line)]
    notes = [
        line
        for line in head
        if line and not line.startswith(("#", "---", "<!--")) and not _front_matter(line)
    ]
    articles, defects = read_body(body)
    return MarkdownLaw(
        title=re.sub(r"<!--.*?-->", "", titles[0]).strip() if titles else "",
        part=titles[1] if len(titles) > 1 else "",
        notes=tuple(notes),
        articles=articles,
        defects=defects,
    )


def read_body(lines: Iterable[str]) -> tuple[tuple[ArticleDraft, ...], tuple[str, ...]]:
    """Articles and units of a law's body given line by line, and what was odd about it."""
    reader = _Body()
    for line in _without_contents([*lines]):
        reader.take(line)
    return reader.finish(), tuple(reader.defects)


def defects_of(law: MarkdownLaw, where: str) -> Iterator[Defect]:
    """The oddities of one file."""
    for what in law.defects:
        yield Defect(where, what)


def _front_matter(line: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z]+:\s*\S*", line))


def _guess_head(lines: list[str]) -> tuple[list[str], list[str]]:
    """Where a file lacks the marker, its head ends before the first article or second-level heading."""
    for index, line in enumerate(lines):
        if _ARTICLE.match(line) or line.startswith("##"):
            return lines[:index], lines[index:]
    return lines, []


def _without_contents(body: list[str]) -> Iterator[str]:
    """Leave out a table of contents (目录): it repeats the headings, sometimes the articles, that follow."""
    listed: set[str] | None = None
    for line in body:
        key = re.sub(r"[\s\u3000#]+", "", line)
        if key == "目录":
            listed = set()
            continue
        if listed is None or not line:
            yield line
            continue
        if _belongs_to_contents(line, key, listed):
            listed.add(_first_word(line))
            continue
        listed = None
        yield line


def _belongs_to_contents(line: str, key: str, listed: set[str]) -> bool:
    if line.startswith("#") or len(line) > _LONGEST_TOC_LINE or _first_word(line) in listed:
        return False
    if _ARTICLE.match(line):
        return not line.endswith(("。", "；", "："))
    return bool(_CHAPTER.match(line)) or key in _PLAIN_HEADINGS


def _first_word(line: str) -> str:
    return re.split(r"[\s\u3000]", line.lstrip("# "), maxsplit=1)[0]


class _Body:
    """Takes the body line by line and builds articles."""

    def __init__(self) -> None:
        self._units: list[_Unit] = []
        self._chapters: list[tuple[int, str]] = []
        self._seen: set[tuple[int, int]] = set()
        self._annex = False
        self.defects: list[str] = []

    def take(self, line: str) -> None:
        """Sort one line: heading, article, annex, or a further paragraph."""
        line = re.sub(r"<!--.*?-->", "", line).strip()
        if not line:
            return
        heading = _HEADING.match(line)
        if heading:
            self._heading(len(heading.group(1)), heading.group(2).strip())
        elif _is_plain_heading(line):
            self._heading(_plain_depth(line), line)
        elif _ANNEX.match(line) and self._seen:
            self._start_annex(line)
        else:
            for piece in self._run_together(line):
                self._text(piece)

    def finish(self) -> tuple[ArticleDraft, ...]:
        """All units with a text, in order."""
        return tuple(unit.finished() for unit in self._units if unit.lines)

    def _run_together(self, line: str) -> list[str]:
        """Some files print a whole chapter in one paragraph: split where the next number follows."""
        pieces: list[str] = []
        expected = self._units[-1].number if self._units else None
        for piece in _SENTENCE_END.split(line):
            found = _ARTICLE.match(piece)
            number = to_int(found.group(1)) if found else None
            if not pieces or (number is not None and expected is not None and number == expected + 1):
                pieces.append(piece)
                expected = number if number is not None else expected
            else:
                pieces[-1] += " " + piece
        return pieces

    def _heading(self, depth: int, name: str) -> None:
        name = re.sub(r"[\s\u3000]+", " ", name)
        if not name:
            return
        if _ANNEX.match(name) and self._seen:
            self._start_annex(name)
            return
        self._chapters = [item for item in self._chapters if item[0] < depth] + [(depth, name)]

    def _start_annex(self, name: str) -> None:
        self._annex = True
        self._units.append(_Unit(None, 0, "附件", name, "annex", []))

    def _text(self, line: str) -> None:
        article = None if self._annex else _ARTICLE.match(line)
        numbers = _article_numbers(article) if article else None
        if article and numbers:
            self._article(numbers, article.group(3) or "")
        elif self._units and (self._seen or self._annex):
            self._units[-1].lines.append(line)
        else:
            self._before_articles(line)

    def _article(self, numbers: tuple[int, int], first_line: str) -> None:
        label = _label(numbers)
        if numbers in self._seen:
            # Amending acts quote articles; a repeated number cannot be cited: its words stay here.
            self.defects.append(f"{label}重复出现，并入前一条")
            self._units[-1].lines.append(f"{label} {first_line}".strip())
            return
        self._seen.add(numbers)
        self._unmarked_heading()
        chapter = " / ".join(name for _, name in self._chapters)
        lines = [first_line.strip()] if first_line.strip() else []
        self._units.append(_Unit(*numbers, label, chapter, "article", lines))

    def _unmarked_heading(self) -> None:
        """A section's name printed without `#` stands at the end of the article before: take it off."""
        lines = self._units[-1].lines if self._units else []
        while (
            len(lines) > 1 and len(lines[-1]) <= _LONGEST_PLAIN_HEADING and not _PUNCTUATION.search(lines[-1])
        ):
            self._heading(4, lines.pop())

    def _before_articles(self, line: str) -> None:
        """Words before any article: numbered items of a decision, else a preamble."""
        item = _ITEM.match(line)
        chapter = " / ".join(name for _, name in self._chapters)
        if item:
            self._units.append(_Unit(None, 0, item.group(1), chapter, "item", [item.group(2).strip()]))
        elif self._units:
            self._units[-1].lines.append(line)
        else:
            self._units.append(_Unit(None, 0, "序言", chapter, "preamble", [line]))


def _is_plain_heading(line: str) -> bool:
    """A heading that the file prints without `#`."""
    if re.sub(r"\s", "", line) in _PLAIN_HEADINGS:
        return True
    return bool(_CHAPTER.match(line)) and len(line) <= _LONGEST_TOC_LINE and not line.endswith("。")


def _plain_depth(line: str) -> int:
    """Where an unmarked heading stands among the marked ones (`##` a chapter, `###` a section)."""
    unit = re.match(rf"第[{NUMERAL}]+(分编|编|部分|章|节)", line)
    return {"编": 0, "部分": 0, "分编": 1, "章": 2, "节": 3}[unit.group(1)] if unit else 2


def _article_numbers(found: re.Match[str]) -> tuple[int, int] | None:
    number = to_int(found.group(1))
    suffix = to_int(found.group(2)) if found.group(2) else 0
    return (number, suffix) if number and suffix is not None else None


def _label(numbers: tuple[int, int]) -> str:
    from legal_corpus.citation import format_label

    return format_label(*numbers)
