"""Numbers as statutes write them: `一百二十` ↔ 120; Arabic, full-width and digit-by-digit forms too."""

from __future__ import annotations

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "○": 0, "Ｏ": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5,
    "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_FULL_WIDTH = {0xFF10 + value: str(value) for value in range(10)}
_MAX_DIGITS = 6

NUMERAL = "0-9０-９" + "".join(_DIGITS) + "".join(_UNITS)
"""The inside of a character class that holds every character of a number."""


def to_int(text: str) -> int | None:
    """The value of a Chinese or Arabic number below a million; `None` where it is none."""
    text = text.strip().translate(_FULL_WIDTH)
    if not text or len(text) > 16:
        return None
    if text.isascii():
        return int(text) if text.isdigit() and len(text) <= _MAX_DIGITS else None
    if "万" in text:
        return _with_ten_thousands(text)
    if not any(char in _UNITS for char in text):
        return _digit_by_digit(text)
    return _with_units(text)


def to_chinese(number: int) -> str:
    """`number` (0 to 9,999) as statutes print it: 10 → 十, 110 → 一百一十, 1005 → 一千零五."""
    if not 0 <= number <= 9999:
        raise ValueError(f"number out of range: {number}")
    if number == 0:
        return "零"
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit == 0:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + "零一二三四五六七八九"[digit] + name
        gap = False
    return text.removeprefix("一") if text.startswith("一十") else text


def _digit_by_digit(text: str) -> int | None:
    if len(text) > _MAX_DIGITS or any(char not in _DIGITS for char in text):
        return None
    return int("".join(str(_DIGITS[char]) for char in text))


def _with_ten_thousands(text: str) -> int | None:
    high, _, low = text.partition("万")
    upper, lower = to_int(high), to_int(low) if low else 0
    if upper is None or lower is None or upper > 99 or lower > 9999:
        return None
    return upper * 10_000 + lower


def _with_units(text: str) -> int | None:
    """Read 千/百/十 from left to right; units must fall, so `百千` is refused."""
    total, digit, last_unit = 0, None, 10_000
    for char in text:
        if char in _UNITS:
            unit = _UNITS[char]
            if unit >= last_unit or digit == 0 or (digit is None and unit != 10):
                return None
            total += (1 if digit is None else digit) * unit
            digit, last_unit = None, unit
        elif char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
        else:
            return None
    return total + (digit or 0)
