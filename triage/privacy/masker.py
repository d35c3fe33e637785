"""`mask`: run the detectors on a folded view and put a placeholder where each of them found something.

Detectors that recognise by form and check digit go first and keep what they claim; names, the vaguest, go
last. A placeholder can bring new context together, so the pass is repeated until nothing more is found;
from there `mask(mask(t).text).text == mask(t).text`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from triage.privacy.address import find_addresses
from triage.privacy.documents import find_bank_cards, find_id_numbers, find_plates
from triage.privacy.found import Detector, Found
from triage.privacy.names import find_names
from triage.privacy.online import find_emails, find_qq, find_wechat
from triage.privacy.phones import find_mobiles, find_phones
from triage.privacy.spoken import told_as_digits
from triage.privacy.travel import find_travel_documents
from triage.privacy.view import PLACEHOLDER, fold, placeholder
from triage.values import MaskedSpan, MaskedText, PiiKind

STRUCTURED: tuple[Detector, ...] = (
    find_emails,
    find_id_numbers,
    find_bank_cards,
    find_mobiles,
    find_plates,
    find_travel_documents,
    find_wechat,
    find_qq,
    find_phones,
)
"""Detectors by form, check digit or a word close by; they read spoken digits as digits."""
VAGUE: tuple[Detector, ...] = (find_addresses, find_names)
"""Detectors by wording; they read the numerals as written (三单元五零二室)."""
_MAX_PASSES = 8
"""A bound for hostile text only; ordinary text settles in the second pass."""


def mask(text: str) -> MaskedText:
    """`text` with its personal information replaced by placeholders (`〔手机号〕`), and where they stand.

    Takes any text, normalised or not; never raises; linear in its length. Names and addresses are found by
    cue and are best effort: `zhili eval privacy` measures the recall on a planted corpus.
    """
    masked = replace(text, find_personal(text), lambda found: placeholder(found.kind))
    spans = (
        MaskedSpan(known.start(), known.end(), PiiKind(known.group(1)))
        for known in PLACEHOLDER.finditer(masked)
    )
    return MaskedText(masked, tuple(spans))


def find_personal(text: str) -> tuple[Found, ...]:
    """The personal information in `text` as it is written, in order of place, none overlapping.

    Placeholders that already stand there are no finds.
    """
    claims: list[Found] = []
    for _ in range(_MAX_PASSES):
        view = fold(text, claims)
        new = [Found(*view.span(found.start, found.end), found.kind) for found in _claims(view.folded)]
        if not new:
            break
        claims = sorted([*claims, *new], key=lambda found: found.start)
    return tuple(claims)


def replace(text: str, found: Sequence[Found], stand_in: Callable[[Found], str]) -> str:
    """`text` with each find replaced by its stand-in; `found` is ordered and does not overlap."""
    pieces: list[str] = []
    at = 0
    for item in found:
        pieces += (text[at : item.start], stand_in(item))
        at = item.end
    pieces.append(text[at:])
    return "".join(pieces)


def _claims(folded: str) -> list[Found]:
    """What the detectors found, in order of place; where two overlap, the detector that came first wins."""
    taken = bytearray(len(folded))
    claims: list[Found] = []
    for detectors, view in ((STRUCTURED, told_as_digits(folded)), (VAGUE, folded)):
        for detector in detectors:
            for found in detector(view):
                if found.end > found.start and not any(taken[found.start : found.end]):
                    taken[found.start : found.end] = b"\1" * (found.end - found.start)
                    claims.append(found)
    return sorted(claims, key=lambda found: found.start)
