"""Clean text for reading by machine: `normalise`, `compose`; `check_complaint` for what cannot be triaged.

The order of `normalise` (each step may rely on those before it):
1. character references decoded, invisible characters dropped (control, zero width, bidi, lone surrogates,
   emoji);
2. HTML tags, comments and script bodies removed; any `<`, `>`, `&` left over becomes full width, so that
   the result never holds markup (and a second pass finds none);
3. full-width letters, digits and signs become half width, compatibility ideographs their plain form;
   Chinese punctuation stays Chinese, and `,;:!?` right after a Chinese character becomes Chinese;
4. spaces collapsed, those between Chinese characters dropped, line breaks kept (one at most);
5. repeated punctuation squeezed;
6. traditional → simplified (OpenCC `t2s`). Spaces inside numbers stay: the masker (`triage.privacy`) reads
   through them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from triage.errors import BadComplaint
from triage.markup import strip_markup

MAX_CHARACTERS = 50_000
"""Longest complaint that is triaged; a hotline record has some hundred characters, a petition thousands."""

_BINARY_SHARE = 0.05
_KEPT_WIDE = "，！？：；（）～＜＞＆"
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"
_CHINESE = (
    _HAN + "\u3001-\u3003\u3008-\u3020\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u2018-\u201d\u2026"
)
_TO_CHINESE = str.maketrans(",;:!?", "，；：！？")
_TO_WIDE = str.maketrans("<>&", "＜＞＆")

_PUNCTUATION_AFTER_HAN = re.compile(rf"(?<=[{_HAN}])[,;:!?]+")
_SPACES = re.compile(r"[^\S\n]+")
_LINE_BREAKS = re.compile(r" ?\n[ \n]*")
_INNER_SPACE = re.compile(rf"(?<=[{_CHINESE}]) (?=[{_CHINESE}])")
_REPEATED = re.compile(r"([!！?？。，,、；;：:~～])\1+")
_REPEATED_PAIR = re.compile(r"([…—])\1{2,}")
_REPEATED_SIGN = re.compile(r"([.*\-=_#+·×xX])\1{3,}")
_SUSPICIOUS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd\ud800-\udfff\ufffe\uffff]")
_MEANING = re.compile(r"[^\W_]")
_SENTENCE_BREAK = re.compile(r"[\s。，,.!！?？；;：:、…—\-]+")


def normalise(text: str) -> str:
    """`text` as the classifier and the search read it. Idempotent, never raises, linear in the length."""
    text = strip_markup(text.translate(_invisible()))
    # A character reference may have hidden an invisible character, and one may have hidden a tag.
    text = text.translate(_invisible()).translate(_TO_WIDE).translate(_narrow())
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _PUNCTUATION_AFTER_HAN.sub(lambda run: run.group().translate(_TO_CHINESE), text)
    text = _LINE_BREAKS.sub("\n", _SPACES.sub(" ", text)).strip()
    text = _squeeze(_INNER_SPACE.sub("", text))
    return _simplified(text)


def compose(title: str, text: str) -> str:
    """Title on the first line, text after it; a title that the text repeats at its start is kept once."""
    title = " ".join(title.split())
    text = text.strip()
    if not title or not text:
        return title or text
    if text.startswith(title):
        rest = text[len(title) :]
        if not rest:
            return title
        if gap := _SENTENCE_BREAK.match(rest):
            return f"{title}\n{rest[gap.end() :]}".rstrip()
    return f"{title}\n{text}"


def check_complaint(text: str) -> None:
    """Raise `BadComplaint` where `text` cannot be triaged: too long, binary, or without a single word."""
    if len(text) > MAX_CHARACTERS:
        raise BadComplaint(
            "诉求文本过长",
            expected=f"不超过 {MAX_CHARACTERS} 个字",
            found=f"{len(text)} 个字",
            remedy="只保留诉求本身，附件另存",
        )
    suspicious = len(_SUSPICIOUS.findall(text))
    if suspicious > max(2, _BINARY_SHARE * len(text)):
        raise BadComplaint(
            "诉求内容不像文本",
            expected="可读的文字",
            found=f"{len(text)} 个字符中有 {suspicious} 个控制字符或乱码",
            remedy="检查文件编码，或从原系统重新导出",
        )
    if not _MEANING.search(normalise(text)):
        raise BadComplaint(
            "诉求内容为空",
            expected="至少一个字词",
            found="没有文字" if not text.strip() else "只有标点、空白或表情符号",
            remedy="请填写诉求内容",
        )


def _squeeze(text: str) -> str:
    text = _REPEATED.sub(r"\1", text)
    text = _REPEATED_PAIR.sub(r"\1\1", text)
    return _REPEATED_SIGN.sub(r"\1\1\1", text)


def _simplified(text: str) -> str:
    """Traditional → simplified. One character (薴) needs two steps; five bound the loop."""
    if text.isascii():
        return text
    for _ in range(5):
        converted = str(_converter().convert(text))
        if converted == text:
            break
        text = converted
    return text


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@cache
def _narrow() -> dict[int, str]:
    """Full width → half width, compatibility ideographs, radicals and styled letters → plain ones."""
    ranges = ((0x2F00, 0x2FD6), (0xF900, 0xFAFF), (0xFF01, 0xFFEF), (0x1D400, 0x1D800), (0x2F800, 0x2FA1E))
    table: dict[int, str] = {}
    for first, last in ranges:
        for code in range(first, last):
            plain = unicodedata.normalize("NFKC", chr(code))
            if chr(code) not in _KEPT_WIDE and plain != chr(code) and "<" not in plain:
                table[code] = plain
    return table | {0x3000: " ", 0x2028: "\n", 0x2029: "\n", 0x85: "\n"}


@cache
def _invisible() -> dict[int, str | None]:
    """What is dropped: control, format, private, surrogate and combining characters, and emoji."""
    emoji = ((0x1F000, 0x1FBFF), (0x2600, 0x27C0), (0x2B00, 0x2BFF), (0x23E9, 0x23FB), (0x231A, 0x231C))
    table: dict[int, str | None] = {code: None for first, last in emoji for code in range(first, last)}
    for code in (*range(0x20000), *range(0xE0000, 0xE01F0)):
        category = unicodedata.category(chr(code))
        if category in ("Cc", "Cf", "Co", "Cs", "Mn", "Me") and chr(code) not in "\t\n\r\x85":
            table[code] = None
    return table
