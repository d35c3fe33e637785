"""`find_slots`: every kind of slot of one masked text; each finder is linear in its length."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from triage.entities.amounts import find_amounts
from triage.entities.parties import find_parties
from triage.entities.places import find_places
from triage.entities.times import find_times
from triage.entities.values import Slots
from triage.entities.wishes import find_confidential, find_contacts, find_demands, find_evidence

_CHINA = timezone(timedelta(hours=8), "CST")


def find_slots(text: str, received_at: datetime | date | None = None) -> Slots:
    """What the masked `text` states; relative times are resolved against `received_at` (Chinese time).

    Never raises. Without `received_at` a relative time is found and has no value.
    """
    if isinstance(received_at, datetime) and received_at.tzinfo is not None:
        received_at = received_at.astimezone(_CHINA)
    return Slots(
        text=text,
        place=find_places(text),
        time=find_times(text, received_at),
        parties=find_parties(text),
        amount=find_amounts(text),
        evidence=find_evidence(text),
        demand=find_demands(text),
        contact=find_contacts(text),
        confidential=find_confidential(text),
    )
