"""A long message as windows of tokens: the same cut for training (torch) and for reading (ONNX)."""

from __future__ import annotations

from collections.abc import Sequence

WINDOW = 256
"""Tokens of one window, [CLS] and [SEP] included."""
MOST_WINDOWS = 200
"""A message of 50,000 characters, the most that triage takes, in windows of `WINDOW`."""


def cut_windows(ids: Sequence[int], first: int, last: int) -> list[list[int]]:
    """The windows of one message, at least one; `first` and `last` are the ids of [CLS] and [SEP]."""
    inside = WINDOW - 2
    parts = [ids[at : at + inside] for at in range(0, len(ids), inside)][:MOST_WINDOWS] or [[]]
    return [[first, *part, last] for part in parts]
