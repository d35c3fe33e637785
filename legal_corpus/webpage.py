"""The lines of a saved web page (.html) of a law: blocks and table rows in order, without scripts and menus.

The bytes decide the encoding, not the page's own word for it: many pages of law say one and are in another.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from legal_corpus.docx import CELL, Lines
from legal_corpus.errors import SourceError

_LARGEST = 32 * 1024 * 1024
_BLOCKS = frozenset(("p", "div", "br", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr")) | frozenset(
    ("section", "article", "center", "blockquote", "pre", "ul", "ol", "dd", "dt", "hr")
)
_LEFT_OUT = frozenset(
    ("script", "style", "noscript", "template", "nav", "header", "footer", "button", "select", "iframe")
) | frozenset(("svg", "title"))
_AROUND = re.compile(
    r"(?:^|[\s_-])(?:footer|nav|navbar|menu|breadcrumb)(?:$|[\s_-])"
    r"|(?:^|\s)(?:(?:site|top|main)[_-])?(?:header|sidebar)(?:$|\s)",
    re.IGNORECASE,
)
"""Classes and ids of what stands around the text of a page; `article-header` holds the title itself."""
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_FAMILIES = {"gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "utf8": "utf-8", "utf-8": "utf-8"}


def read_html(path: Path) -> Lines:
    """The lines of a page; `SourceError` where it cannot be read as text."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"无法读取 {path}", found=error.strerror or str(error), remedy="检查权限"
        ) from error
    if len(data) > _LARGEST:
        raise SourceError(f"{path} 太大", expected=f"不超过 {_LARGEST // 2**20} MB", remedy="拆开后再导入")
    text, problem = decode(data)
    if text is None:
        raise SourceError(
            f"{path} 认不出文字编码",
            expected="UTF-8 或 GBK/GB18030 的文本",
            found="二进制内容或其他编码",
            remedy="用浏览器另存为 UTF-8 的网页",
        )
    page = _Page()
    page.feed(text)
    page.close()
    return Lines(tuple(page.finished()), (), problem)


def decode(data: bytes) -> tuple[str | None, str]:
    """The text of a file and what was wrong with its declared encoding; `None`: no encoding fits."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _try(data, "utf-16"), ""
    found = _DECLARED.search(data[:4096])
    declared = found.group(1).decode("ascii").lower() if found else ""
    for encoding in ("utf-8-sig", "gb18030"):
        text = _try(data, encoding)
        if text is not None and "\x00" not in text:
            real = "utf-8" if encoding == "utf-8-sig" else encoding
            named = _FAMILIES.get(declared, declared)
            wrong = bool(named) and named != real and not text.isascii()
            return text, f"网页自称 {declared}，实际是 {real}，已按实际编码读" if wrong else ""
    return None, ""


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


class _Page(HTMLParser):
    """Collects the words of a page, one line a block; entities are resolved by the parser."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._hidden = 0
        self._around: tuple[str, int] | None = None
        self._cells: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._around is not None:
            name, depth = self._around
            self._around = (name, depth + (tag == name))
        elif _is_around(tag, attrs):
            self._around = (tag, 1)
        if tag in _LEFT_OUT:
            self._hidden += 1
        elif tag == "tr":
            # A table in a cell, or a row that was never closed: what stands before is a line of its own.
            self._end_row()
            self._cells = []
        elif tag in ("td", "th") and self._cells is not None:
            self._end_cell()
        elif tag in _BLOCKS and self._cells is None:
            self._end_line()

    def handle_endtag(self, tag: str) -> None:
        if self._around is not None and tag == self._around[0]:
            self._around = (tag, self._around[1] - 1) if self._around[1] > 1 else None
        if tag in _LEFT_OUT:
            self._hidden = max(0, self._hidden - 1)
        elif tag in ("td", "th") and self._cells is not None:
            self._cells.append("".join(self._line).strip())
            self._line = []
        elif tag == "tr" and self._cells is not None:
            self._end_row()
        elif tag in _BLOCKS and self._cells is None:
            self._end_line()

    def handle_data(self, data: str) -> None:
        if not self._hidden and self._around is None:
            # A line break in the source of a page is a blank, not a new line.
            self._line.append(re.sub(r"[ \t\r\n]+", " ", data))

    def finished(self) -> list[str]:
        """All lines."""
        self._end_row()
        return self._lines

    def _end_row(self) -> None:
        """The cells so far and what stands after them as one line."""
        if self._cells is not None:
            self._end_cell()
            self._line, self._cells = [CELL.join(self._cells)], None
        self._end_line()

    def _end_cell(self) -> None:
        """What stands open is a cell of its own, also where the page never closed it."""
        text = "".join(self._line).strip()
        if text and self._cells is not None:
            self._cells.append(text)
            self._line = []

    def _end_line(self) -> None:
        text = "".join(self._line).strip(" ")
        if text:
            self._lines.append(text)
        self._line = []


def _is_around(tag: str, attrs: list[tuple[str, str | None]]) -> bool:
    """Whether a block says of itself that it is no part of the text."""
    named = " ".join(value or "" for key, value in attrs if key in ("class", "id"))
    return tag in ("div", "section", "ul", "aside") and bool(_AROUND.search(named))
