"""Today, where the law applies: a server in another time zone must not show yesterday's law."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "CST")
"""China has one time zone and no summer time."""


def today() -> date:
    """The date in China now."""
    return datetime.now(CHINA).date()
