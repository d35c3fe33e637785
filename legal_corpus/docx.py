"""The lines of a .docx file, as the national database of laws gives laws: paragraphs and table rows in order.

Read with the standard library: a .docx is a zip of XML. No macro or link is followed; sizes are bounded.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from legal_corpus.errors import SourceError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OLD_READERS = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOT_READ = frozenset((_OLD_READERS, f"{_W}moveFrom", f"{_W}del"))
"""What stands in the file and not on the page: a text box kept a second time, words moved or struck out."""
_BOX = f"{_W}txbxContent"
_MAIN = "word/document.xml"
_LARGEST = 64 * 1024 * 1024
CELL = " | "
"""Between the cells of a table row."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What stands in a file, line by line, and what was odd about the file."""

    lines: tuple[str, ...]
    problems: tuple[str, ...] = ()
    encoding_problem: str = ""


def read_docx(path: Path) -> Lines:
    """The lines of a .docx; `SourceError` where it is none, damaged or too large."""
    root = _document(path)
    body = root.find(f"{_W}body")
    if body is None:
        raise _broken(path, "没有正文")
    lines = [line for block in _blocks(body) for line in _block_lines(block)]
    numbered = sum(
        1
        for one in body.iter(f"{_W}p")
        if one.find(f"{_W}pPr/{_W}numPr") is not None and not _text(one).lstrip().startswith("第")
    )
    problems = (f"{numbered} 个段落用了自动编号，编号不在文字里，条、项的号可能因此缺失",) if numbered else ()
    return Lines(tuple(lines), problems)


def _document(path: Path) -> ElementTree.Element:
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(_MAIN).file_size > _LARGEST:
                raise _broken(path, f"正文大于 {_LARGEST // 2**20} MB")
            data = archive.read(_MAIN)
    except KeyError as error:
        raise _broken(path, f"压缩包里没有 {_MAIN}") from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise _broken(path, "不是完整的 .docx（旧的 .doc 要先另存为 .docx）") from error
    except OSError as error:
        raise SourceError(
            f"无法读取 {path}", found=error.strerror or str(error), remedy="检查权限"
        ) from error
    if b"<!DOCTYPE" in data[:4096]:
        # A document type could declare entities that grow without bound; Word never writes one.
        raise _broken(path, "含有文档类型声明")
    try:
        return ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise _broken(path, f"XML 有错：{error}") from error


def _blocks(body: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Paragraphs and tables in order."""
    return _inside(body, f"{_W}p", f"{_W}tbl")


def _inside(node: ElementTree.Element, *tags: str) -> Iterator[ElementTree.Element]:
    """The children of these tags in order; content controls are looked into."""
    for child in node:
        if child.tag in tags:
            yield child
        elif child.tag == f"{_W}sdt":
            content = child.find(f"{_W}sdtContent")
            if content is not None:
                yield from _inside(content, *tags)


def _block_lines(block: ElementTree.Element) -> list[str]:
    if block.tag == f"{_W}p":
        return _text(block).split("\n")
    return [CELL.join(map(_cell, _inside(row, f"{_W}tc"))) for row in _inside(block, f"{_W}tr")]


def _cell(cell: ElementTree.Element) -> str:
    """All that stands in a cell, a text box and a table in it once."""
    paragraph = f"{_W}p"
    inner = (_text(one) if one.tag == paragraph else "".join(_block_lines(one)) for one in _blocks(cell))
    return "".join(inner).strip()


def _text(paragraph: ElementTree.Element) -> str:
    """The words of a paragraph: tabs are spaces, breaks are lines, a text box stands on lines of its own."""
    return "".join(_words(paragraph))


def _words(node: ElementTree.Element) -> Iterator[str]:
    if node.tag == f"{_W}t":
        yield node.text or ""
    elif node.tag == f"{_W}tab":
        yield " "
    elif node.tag in (f"{_W}br", f"{_W}cr"):
        yield "\n"
    elif node.tag == _BOX:
        yield "\n"
        yield "\n".join(line for block in _blocks(node) for line in _block_lines(block))
    elif node.tag not in _NOT_READ:
        for child in node:
            yield from _words(child)


def _broken(path: Path, found: str) -> SourceError:
    return SourceError(
        f"{path} 无法读取", expected="完整的 .docx 文件", found=found, remedy="重新下载，或另存为 .docx"
    )
