"""What people say about answers, kept for learning."""

from .events import EventUnreadable, FeedbackEvent, adapters_mentioned, standing_events
from .log import FeedbackLog
from .schema import FeedbackDamaged, FeedbackNewer
from .stats import Stats, count_feedback, learning_progress

__all__ = [
    "EventUnreadable",
    "FeedbackDamaged",
    "FeedbackEvent",
    "FeedbackLog",
    "FeedbackNewer",
    "Stats",
    "adapters_mentioned",
    "count_feedback",
    "learning_progress",
    "standing_events",
]
