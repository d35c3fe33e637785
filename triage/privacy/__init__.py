"""Personal information out of a text before anything stores, logs or searches it (个人信息保护法 art. 6, 51)."""

from triage.privacy.masker import mask

__all__ = ["mask"]
