"""Sums of money (金额) with their value in yuan; a number without a sign of money is no amount."""

from __future__ import annotations

import re
from bisect import bisect_left

from triage.entities.numbers import to_amount
from triage.entities.values import Slot

_DIGITS = r"[0-9]{1,3}(?:[,，][0-9]{3}){1,4}(?:\.[0-9]{1,2})?|[0-9]{1,12}(?:\.[0-9]{1,4})?"
_CHINESE = "[零一二两三四五六七八九十百千万亿]{1,12}"
_FEW = "[一二两三四五六七八九十百]{1,5}"
"""What stands before 万 or 千 in 一万二, 三十万."""
_UNIT = r"元|块钱|块(?![地砖石头区土玻广板牌])|圆整?|人民币"
_MONEY = re.compile(
    rf"(?:人民币|￥|¥)?(?:(?P<digits>{_DIGITS})(?P<scale>[百千万亿])?|(?P<chinese>{_CHINESE}))"
    rf"(?:多|余|来)?(?P<scale2>[万亿])?(?:{_UNIT})(?!素|旦|宵|月|老|件)"
)
_CUED = re.compile(
    r"(?:交|付|花|欠|赔|罚|款|钱|费|借|骗|工资|押金|定金|首付|价|损失|共计|合计|总计|投资|贷|退|收|补助|补贴|补偿|奖励|收入|领|给)(?:了|我|我们|共|约|近|大约|将近|是|为|：)?"
    rf"(?P<sum>(?:(?P<digits>{_DIGITS})|(?P<chinese>{_FEW}))(?:多|余|来)?(?P<scale>万|w|W|千)(?P<rest>[1-9一二三四五六七八九](?![0-9十百千万.个点]))?)(?:多|余)?(?![人户平方吨亩公里名个套辆次年w])"
)

_PIECE = re.compile("[一两二三四五六七八九]块")
"""三块内容, 一块地: pieces, no money; 三块钱 is money."""
_SCALES = {"百": 100, "千": 1000, "万": 1e4, "w": 1e4, "W": 1e4, "亿": 1e8}


def find_amounts(text: str) -> tuple[Slot, ...]:
    """The sums of the text in their order; linear in the length."""
    found = {match.start(): _slot(text, match.span(), match) for match in _MONEY.finditer(text)}
    spans = [(slot.start, slot.end) for slot in found.values() if slot]
    for match in _CUED.finditer(text):
        start, end = match.span("sum")
        if not any(left < end and start < right for left, right in _near(spans, start)):
            found[start] = _slot(text, (start, end), match)
    return tuple(slot for _, slot in sorted(found.items()) if slot)


def _near(spans: list[tuple[int, int]], start: int) -> list[tuple[int, int]]:
    """The spans that begin about `start`; a bisection keeps the whole linear."""
    at = bisect_left(spans, (start, 0))
    return spans[max(0, at - 1) : at + 2]


def _slot(text: str, span: tuple[int, int], match: re.Match[str]) -> Slot | None:
    groups = match.groupdict()
    if _PIECE.fullmatch(text[span[0] : span[1]]):
        return None
    value = to_amount(re.sub("[,，]", "", match["digits"] or match["chinese"] or ""))
    if value is None:
        return None
    for scale in (groups.get("scale"), groups.get("scale2")):
        value *= _SCALES.get(scale or "", 1)
    if rest := groups.get("rest"):
        value += (to_amount(rest) or 0) * _SCALES[match["scale"]] / 10
    start, end = span
    written = f"{round(value, 2):g}" if value < 1e6 else f"{value:.0f}"
    return Slot("amount", text[start:end], start, end, written)
