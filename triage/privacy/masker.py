"""`mask`: run the detectors on a folded view and put a placeholder where each of them found something.

Detectors that recognise by form and check digit go first and keep what they claim; names, the vaguest, go
last. A placeholder can bring new context together, so the pass is repeated until nothing more is found;
from there `mask(mask(t).text).text == mask(t).text`.
"""

from __future__ import annotations

from triage.privacy.address import find_addresses
from triage.privacy.documents import find_bank_cards, find_id_numbers, find_plates
from triage.privacy.found import Detector, Found
from triage.privacy.names import find_names
from triage.privacy.online import find_emails, find_qq, find_wechat
from triage.privacy.phones import find_mobiles, find_phones
from triage.privacy.view import PLACEHOLDER, fold, placeholder
from triage.values import MaskedSpan, MaskedText, PiiKind

DETECTORS: tuple[Detector, ...] = (
    find_emails,
    find_id_numbers,
    find_bank_cards,
    find_mobiles,
    find_plates,
    find_wechat,
    find_qq,
    find_phones,
    find_addresses,
    find_names,
)
_MAX_PASSES = 8
"""A bound for hostile text only; ordinary text settles in the second pass."""


def mask(text: str) -> MaskedText:
    """`text` with its personal information replaced by placeholders (`〔手机号〕`), and where they stand.

    Takes any text, normalised or not; never raises; linear in its length. Names and addresses are found by
    cue and are best effort: `tests/triage/test_privacy.py` measures the recall on planted text.
    """
    for _ in range(_MAX_PASSES):
        replaced = _mask_once(text)
        if replaced == text:
            break
        text = replaced
    spans = (
        MaskedSpan(known.start(), known.end(), PiiKind(known.group(1)))
        for known in PLACEHOLDER.finditer(text)
    )
    return MaskedText(text, tuple(spans))


def _mask_once(text: str) -> str:
    view = fold(text)
    pieces: list[str] = []
    at = 0
    for found in _claims(view.folded):
        start, end = view.span(found.start, found.end)
        pieces += (text[at:start], placeholder(found.kind))
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _claims(folded: str) -> list[Found]:
    """What the detectors found, in order of place; where two overlap, the detector that came first wins."""
    taken = bytearray(len(folded))
    claims: list[Found] = []
    for detector in DETECTORS:
        for found in detector(folded):
            if found.end > found.start and not any(taken[found.start : found.end]):
                taken[found.start : found.end] = b"\1" * (found.end - found.start)
                claims.append(found)
    return sorted(claims, key=lambda found: found.start)
