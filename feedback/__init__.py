"""What people say about answers, kept for learning."""

from .derived import Derived, DerivedTable
from .events import PARTS, PREFERENCE, EventUnreadable, FeedbackEvent, adapters_mentioned, statement_name
from .log import FeedbackLog, Forgotten
from .schema import SCHEMA, FeedbackDamaged, FeedbackNewer
from .standing import Judgement
from .statements import Said
from .stats import Stats, count_corrections, learning_progress

__all__ = [
    "PARTS",
    "PREFERENCE",
    "SCHEMA",
    "Derived",
    "DerivedTable",
    "EventUnreadable",
    "FeedbackDamaged",
    "FeedbackEvent",
    "FeedbackLog",
    "FeedbackNewer",
    "Forgotten",
    "Judgement",
    "Said",
    "Stats",
    "adapters_mentioned",
    "count_corrections",
    "learning_progress",
    "statement_name",
]
