"""What a message states (要素): when, where, who, how much, what is asked; and what is missing."""

from triage.entities.asking import Question, questions
from triage.entities.finder import find_slots
from triage.entities.values import Slot, Slots

__all__ = ["Question", "Slot", "Slots", "find_slots", "questions"]
