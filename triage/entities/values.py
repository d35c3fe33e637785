"""The slots (要素) of a message: spans of its masked text with what they mean."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("place", "time", "parties", "amount", "evidence", "demand", "contact", "confidential")


@dataclass(frozen=True, slots=True)
class Slot:
    """`masked_text[start:end] == text`; `value` is its normal form, empty where there is none."""

    kind: str
    text: str
    start: int
    end: int
    value: str = ""


@dataclass(frozen=True, slots=True)
class Slots:
    """Everything that was found, each kind in the order of the text.

    Values: `place` 市=A市|区=A3区|小区=…, only what is written, nothing inferred; `time` an ISO day, month or
    year with the part of the day, `P3M` for a duration, `反复：…` for what recurs, empty where a relative
    word cannot be resolved; `amount` yuan; `evidence` 有, 无 or 提及; `contact` 已留联系方式, 要回复 or
    不要联系; `confidential` 要保密 or 不需保密.
    """

    text: str
    place: tuple[Slot, ...] = ()
    time: tuple[Slot, ...] = ()
    parties: tuple[Slot, ...] = ()
    amount: tuple[Slot, ...] = ()
    evidence: tuple[Slot, ...] = ()
    demand: tuple[Slot, ...] = ()
    contact: tuple[Slot, ...] = ()
    confidential: tuple[Slot, ...] = ()

    def of(self, kind: str) -> tuple[Slot, ...]:
        """The slots of one kind of `KINDS`."""
        found: tuple[Slot, ...] = getattr(self, kind)
        return found
