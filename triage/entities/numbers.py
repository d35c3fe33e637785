"""Small numbers as people write them: 12, 十二, 两; through `cn2an` where they are Chinese."""

from __future__ import annotations

import re
from functools import lru_cache

_ARABIC = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")
_CHINESE = re.compile("[〇零一二两三四五六七八九十百千万亿半]{1,20}")


@lru_cache(maxsize=1024)
def to_number(text: str) -> int | None:
    """A whole number, or `None` where the text is none (`几`, `半`)."""
    value = to_amount(text)
    return int(value) if value is not None and value == int(value) else None


@lru_cache(maxsize=1024)
def to_amount(text: str) -> float | None:
    """A number with an optional 万, 千, 百 or 亿 after Arabic digits; `None` where it is none."""
    if _ARABIC.fullmatch(text):
        return float(text)
    if text and text[-1] in _SCALE and _ARABIC.fullmatch(text[:-1]):
        return round(float(text[:-1]) * _SCALE[text[-1]], 2)
    if not _CHINESE.fullmatch(text) or "半" in text:
        return None
    import cn2an

    try:
        return float(cn2an.cn2an(text.replace("〇", "零"), "smart"))
    except ValueError:
        return None


_SCALE = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
