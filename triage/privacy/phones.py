"""Mobile numbers (手机号) and fixed phones (固定电话).

Public service numbers stay readable, because the complaint is often about them: 110, 119, 120, 122, 12345
and the other short codes never have the length of a subscriber's number, and 400/800 numbers are left out by
form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from triage.privacy.found import Found
from triage.values import PiiKind

_SPOKEN = "零〇一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖"
_GAP = r"[ .·\-_]{0,2}"
_COUNTRY = rf"(?:(?:\+?(?:00)?86|[(\[]\+?86[)\]]){_GAP}|0)?"
_MOBILE = re.compile(rf"(?<![0-9]){_COUNTRY}1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}(?![0-9])")
_JOINED = re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}){2,3}(?![0-9])")
_STARRED = re.compile(r"(?<![0-9])1[3-9][0-9][*×xX?•]{4,5}[0-9]{4}(?![0-9])")
_SPOKEN_MOBILE = re.compile(
    rf"(?<![{_SPOKEN}0-9])[一幺壹1][{_SPOKEN[6:]}3-9](?:[ \-、,]?[{_SPOKEN}0-9]){{9}}(?![{_SPOKEN}0-9])"
)
_EXTENSION = r"(?:[ ,，]?(?:转|分机|ext\.?|#|-)[ :]?[0-9]{1,6}(?![0-9]))?"
_FIXED = re.compile(
    r"(?<![0-9\-])(?:(?:\+?86[ \-]?)?(?P<open>[(（\[])?(?P<area>0(?:10|2[0-9]|[3-9][0-9]{2}))[)）\]]?"
    r"|(?P<abroad>(?:\+|00)86[ \-]?(?:10|2[0-9]|[3-9][0-9]{2})))"
    rf"(?P<gap>[ \-_.]{{0,3}})(?P<local>[2-9][0-9]{{2,3}}[ \-]?[0-9]{{4}})(?![0-9]){_EXTENSION}",
    re.I,
)
_AFTER_CUE = re.compile(
    r"(?:电话|座机|固话|热线|致电|拨打|来电|去电|回电|打给|联系方式|联系号码|传真|号码|联系|tel|phone)"
    r"(?P<gap>(?:号码|号|是|为|:|：|\(|（|\.|【|\[| ){0,4})"
    rf"(?P<local>[2-9][0-9]{{2,3}}[ \-]?[0-9]{{3,4}})(?![0-9]){_EXTENSION}",
    re.I,
)
_NEXT = re.compile(rf"[、,，/ ;；和或及]{{1,2}}(?P<local>[2-9][0-9]{{6,7}})(?![0-9]){_EXTENSION}", re.I)
_AMOUNT = re.compile(r" ?(?:元|万|亿|平|㎡|米|户|人|块|%|号楼|年|\.[0-9])")
_DATE = re.compile(r"20[0-3][0-9](?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])")


def find_mobiles(view: str) -> Iterator[Found]:
    """Mobile numbers: 11 digits from 13 to 19, with +86, separators, stars or spoken numerals."""
    for pattern in (_JOINED, _STARRED):
        for match in pattern.finditer(view):
            yield Found(*match.span(), PiiKind.MOBILE)
    for match in _SPOKEN_MOBILE.finditer(view):
        if not match.group().isascii():
            yield Found(*match.span(), PiiKind.MOBILE)
    for match in _MOBILE.finditer(view):
        if _grouped_like_a_number(match.group()):
            yield Found(*match.span(), PiiKind.MOBILE)


def _grouped_like_a_number(written: str) -> bool:
    """Whether separators stand as people write them, not as in a decimal (13800.138000) or a list."""
    separators = re.findall(r"[ .·\-_]{1,2}", written)
    if not separators:
        return True
    if separators == ["."]:
        return False
    return len(set(separators)) <= 2


def find_phones(view: str) -> Iterator[Found]:
    """Fixed phones: area code and number, or a bare number of 7 or 8 digits right after a word for phone."""
    for match in _FIXED.finditer(view):
        written_as_phone = match["gap"] or match["open"] or match["abroad"]
        if written_as_phone or _assigned(match["area"] + re.sub(r"[^0-9]", "", match["local"])):
            yield Found(match.start(), match.end(), PiiKind.PHONE)
    for match in _AFTER_CUE.finditer(view):
        yield from _bare(view, match)


def _bare(view: str, match: re.Match[str]) -> Iterator[Found]:
    """A number after its cue, and those listed after it."""
    direct = ":" in match["gap"] or "：" in match["gap"]
    following: re.Match[str] | None = match
    while following is not None:
        digits = re.sub(r"[^0-9]", "", following["local"])
        if len(digits) not in (7, 8) or _AMOUNT.match(view, following.end()):
            return
        if _DATE.fullmatch(digits) and not direct:
            return
        yield Found(following.start("local"), following.end(), PiiKind.PHONE)
        following = _NEXT.match(view, following.end())


def _assigned(digits: str) -> bool:
    """Whether the Chinese numbering plan knows this number: an unseparated phone, not an order number."""
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(digits, "CN")))
    except phonenumbers.NumberParseException:
        return False
