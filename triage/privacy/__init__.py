"""Personal information out of a text before anything stores, logs or searches it."""

from triage.privacy.masker import mask

__all__ = ["mask"]
