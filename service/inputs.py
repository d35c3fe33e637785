"""Reads what people send (form, JSON body, table row) into a `Complaint`; says what is wrong with it.

An error never repeats the value itself: a date column may hold a telephone number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from legal_corpus.clock import CHINA
from service.errors import BadRequest
from triage.values import Complaint

MAX_TITLE = 500
MAX_ID = 128
MAX_REGION = 40
_DATE = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T\s]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)

_NAMES = {"text": "内容（text）", "title": "标题（title）", "question": "问题（question）"}
"""What the page and its readers call a key."""
_FIELDS = ("year", "month", "day", "hour", "minute", "second")


def read_complaint(values: Mapping[str, Any], *, number: int, region: str, longest: int) -> Complaint:
    """A complaint from the keys `id title text received_at region channel`; others are left unread.

    `number` is the id where there is none, `region` the region where there is none, `longest` the greatest
    number of characters of the text. Raises `BadRequest` naming the key.
    """
    text = read_text(values.get("text"), "text", longest)
    title = read_text(values.get("title"), "title", MAX_TITLE)
    if not text and not title:
        raise BadRequest(
            "诉求内容为空", expected="内容（text）或标题（title）中有文字", found="空", remedy="填写诉求内容"
        )
    return Complaint(
        text=text,
        title=title,
        id=read_id(values.get("id"), number),
        received_at=read_moment(values.get("received_at"), "received_at"),
        region=read_text(values.get("region"), "region", MAX_REGION) or region,
        channel=read_text(values.get("channel"), "channel", MAX_REGION),
    )


def read_text(value: Any, key: str, longest: int) -> str:
    """A text without its outer blanks; numbers of a table count as text, other things do not."""
    if value is None:
        return ""
    name = _NAMES.get(key, key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadRequest(
            f"{name} 不是文字", expected="字符串", found=type(value).__name__, remedy="改正这一项"
        )
    text = str(value).strip()
    if len(text) > longest:
        raise BadRequest(
            f"{name} 太长", expected=f"不超过 {longest} 字", found=f"{len(text)} 字", remedy="删减或分条提交"
        )
    if "\0" in text:
        raise BadRequest(f"{name} 是二进制内容", expected="文字", found="空字符 (NUL)", remedy="改为文字")
    # Half a surrogate pair (from a careless cut) can be written to no file: it becomes U+FFFD.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_id(value: Any, number: int) -> str:
    """The row's own id, or its number; a person's number in disguise is masked like any text."""
    from triage.privacy import mask
    from triage.values import PiiKind

    text = read_text(int(value) if isinstance(value, float) and value.is_integer() else value, "id", MAX_ID)
    if not text:
        return str(number)
    masked = mask(text)
    # Ticket numbers are long rows of digits too, and one in ten passes the check digit of a bank card.
    by_chance = {PiiKind.BANK_CARD, PiiKind.PHONE, PiiKind.QQ, PiiKind.WECHAT, PiiKind.NAME, PiiKind.ADDRESS}
    return text if all(span.kind in by_chance for span in masked.spans) else masked.text


def read_moment(value: Any, key: str) -> datetime | None:
    """A point in time: ISO 8601, `2019/3/5 8:30`, `2019年3月5日`, or a date cell of a workbook.

    `None`: not given. A time without a zone is taken as Chinese time.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, datetime):
        moment: datetime | None = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)
    else:
        moment = _parse_moment(value.strip()) if isinstance(value, str) else None
    if moment is None or not 1949 <= moment.year <= 2199:
        raise BadRequest(
            f"{key} 无法识别",
            expected="1949 年以后的日期，如 2026-11-22 或 2026-11-22T08:30",
            found="不是日期",
            remedy="改正或留空（留空按今天）",
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def read_day(value: Any, key: str) -> date | None:
    """A day, in China; `None`: not given."""
    moment = read_moment(value, key)
    return moment.astimezone(CHINA).date() if moment else None


def _parse_moment(text: str) -> datetime | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[name] or 0) for name in _FIELDS)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=_zone(found["zone"]))
    except ValueError:
        return None


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def read_question(value: Any, longest: int) -> str:
    """A question that is not empty; raises `BadRequest`."""
    question = read_text(value, "question", longest)
    if not question:
        raise BadRequest("问题为空", expected="一句话的问题", found="空", remedy="写下要问的事")
    return question
