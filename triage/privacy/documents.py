"""Numbers of documents: identity card (身份证号), bank card (银行卡号), vehicle plate (车牌号).

Identity cards follow GB 11643-1999 (18 characters, check character by ISO 7064 MOD 11-2), bank cards
ISO/IEC 7812 (Luhn), plates GA 36-2018.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.privacy.found import Found, cue_before
from triage.values import PiiKind

_ID_CUES = ("身份证", "证件号", "身份号", "公民身份", "id号", "idcard")
_CARD_CUES = ("卡号", "银行卡", "账号", "帐号", "账户", "帐户", "储蓄卡", "信用卡", "工资卡")
_CUE_REACH = 14

_ID_LONG = re.compile(r"(?<![0-9])[1-9](?:[ \-]?[0-9]){16}[ \-]?[0-9Xx](?![0-9Xx])")
_ID_SHORT = re.compile(r"(?<![0-9])[1-9][0-9]{5} ?[0-9]{6} ?[0-9]{3}(?![0-9Xx])")
_PROVINCE_CODES = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
)
_PROVINCES = frozenset(_PROVINCE_CODES.split())
_BIRTH = re.compile(r"(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

_CARD = re.compile(r"(?<![0-9])[3-69](?:[ \-]?[0-9]){15,18}(?![0-9])")

# 楚 is no province's sign; public data sets write it where a real sign was removed, and officials may too.
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使楚] ?[A-Za-z][ ·.•\-]{0,2}"
    r"(?P<tail>(?:[A-Za-z0-9] ?){4}(?:[挂学警港澳试超]|[A-Za-z0-9](?: ?[A-Za-z0-9]){0,2}))(?![A-Za-z0-9])"
)
_PLATE_AFTER_CUE = re.compile(
    r"车牌(?:号码?)?[为是:： ]{0,3}(?P<plate>[A-Za-z][·.\- ]?(?P<tail>[A-Za-z0-9]{5,6}))(?![A-Za-z0-9])"
)


def find_id_numbers(view: str) -> Iterator[Found]:
    """Identity numbers: 18 characters with a right check character, or plausible birth date and province, or
    any 18 after the word 身份证 (people mistype; a number that is a card by Luhn is left to the cards);
    15 digits with a plausible birth date and province.
    """
    for match in _ID_LONG.finditer(view):
        digits = re.sub(r"[ \-]", "", match.group()).upper()
        person = _plausible(digits[:2], digits[6:14]) and (
            has_right_check_character(digits) or not passes_luhn(digits)
        )
        if person or _cued(view, match.start()):
            yield Found(*match.span(), PiiKind.ID_NUMBER)
    for match in _ID_SHORT.finditer(view):
        digits = match.group().replace(" ", "")
        if _plausible(digits[:2], "19" + digits[6:12]) or _cued(view, match.start()):
            yield Found(*match.span(), PiiKind.ID_NUMBER)


def has_right_check_character(number: str) -> bool:
    """Whether an 18-character identity number ends in the check character that its digits demand."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def _plausible(province: str, birth: str) -> bool:
    # A wrong check character after a right date is a typing error sooner than an order number (1 in 2,000).
    return province in _PROVINCES and _BIRTH.fullmatch(birth) is not None


def _cued(view: str, start: int) -> bool:
    return cue_before(view, start, _ID_CUES, _CUE_REACH)


def find_bank_cards(view: str) -> Iterator[Found]:
    """Bank cards: 16 to 19 digits that pass Luhn, or any such number after a word for card or account."""
    for match in _CARD.finditer(view):
        digits = re.sub(r"[ \-]", "", match.group())
        if passes_luhn(digits) or cue_before(view, match.start(), _CARD_CUES, _CUE_REACH):
            yield Found(*match.span(), PiiKind.BANK_CARD)


def passes_luhn(digits: str) -> bool:
    """Whether the digits pass the Luhn check (ISO/IEC 7812-1, annex B)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def find_plates(view: str) -> Iterator[Found]:
    """Vehicle plates, also new energy and 警 挂 学 港 澳; spaces, dots and case do not matter."""
    for match in _PLATE.finditer(view):
        if sum(character.isdigit() for character in match["tail"]) >= 2:
            yield Found(match.start(), match.start() + len(match.group().rstrip()), PiiKind.PLATE)
    for match in _PLATE_AFTER_CUE.finditer(view):
        if sum(character.isdigit() for character in match["tail"]) >= 2:
            yield Found(*match.span("plate"), PiiKind.PLATE)
