"""Passports and travel permits (护照、港澳台通行证) after or before a word that names one.

By form alone `E12345678` may be an order or a model number, so a cue must stand close by. Forms: one or two
letters and seven to ten digits, or the eight digits of a permit for residents of Taiwan (台胞证).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.privacy.found import Found, cue_before
from triage.values import PiiKind

_DOCUMENT = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,2}[ \-]?[0-9]{7,10}(?![A-Za-z0-9])")
_DIGITS_ONLY = re.compile(r"(?<![A-Za-z0-9])[0-9]{8}(?:[0-9]{2})?(?![A-Za-z0-9])")
_CUES = ("护照", "通行证", "台胞证", "回乡证", "返乡证", "居留", "旅行证", "passport", "证件号", "证件类型")
_PERMITS = ("台胞证", "回乡证", "通行证", "返乡证")
_CLOSE = re.compile(r"(?:号码?|是|为|:| |\(){0,4}$")
_NUMBER_CUE = 22
_AFTER = re.compile(r"[^。;；\n\ue000]{0,6}?(?:护照|通行证|台胞证|回乡证)")
_OTHER_NUMBERS = ("订单", "单号", "型号", "编号", "合同", "发票", "批次", "快递", "货号", "车次")


def find_travel_documents(view: str) -> Iterator[Found]:
    """Numbers of passports and permits; a number that a nearer word calls an order or a model stays."""
    for match in _DOCUMENT.finditer(view):
        if cue_before(view, match.start(), _OTHER_NUMBERS, 6):
            continue
        if cue_before(view, match.start(), _CUES, _NUMBER_CUE) or _AFTER.match(view, match.end()):
            yield Found(*match.span(), PiiKind.TRAVEL_DOCUMENT)
    for match in _DIGITS_ONLY.finditer(view):
        gap = _CLOSE.search(view[max(0, match.start() - 5) : match.start()])
        before = match.start() - (len(gap.group()) if gap else 0)
        if view[:before].endswith(_PERMITS):
            yield Found(*match.span(), PiiKind.TRAVEL_DOCUMENT)
