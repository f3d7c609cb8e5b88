"""What was said of earlier answers, and what becomes of it at the next question."""

from .alignment import Aligned, align, why_not_aligned
from .anchoring import holds
from .entries import Entry, entry_of, why_not_remembered
from .kept import normal_form, rejected_id
from .memory import Memory, Recollection, Remembered

__all__ = [
    "Aligned",
    "Entry",
    "Memory",
    "Recollection",
    "Remembered",
    "align",
    "entry_of",
    "holds",
    "normal_form",
    "rejected_id",
    "why_not_aligned",
    "why_not_remembered",
]
