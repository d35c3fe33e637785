"""Numbers told digit by digit (一三八零零… , 幺三八…) as digits, character for character.

Only a run of five or more such characters, or groups of three or more, is changed, so counts (二十三,
三四个) and room numbers of a few characters keep their form; the view keeps its length, so places in it
stay right.
"""

from __future__ import annotations

import re

_SPOKEN = "零〇一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖"
_TABLE = str.maketrans(_SPOKEN, "0011223456789123456789")
_RUN = re.compile(rf"[{_SPOKEN}0-9]{{3,}}(?:[ \-][{_SPOKEN}0-9]{{3,}})+|[{_SPOKEN}0-9]{{5,}}")
_TOLD = re.compile(rf"[{_SPOKEN}]{{3,}}")


def told_as_digits(view: str) -> str:
    """`view` with its long runs of spoken digits as ASCII digits; one or two after written digits are
    words (电话88832726一直占线).
    """
    return _RUN.sub(lambda run: _TOLD.sub(lambda told: told.group().translate(_TABLE), run.group()), view)
