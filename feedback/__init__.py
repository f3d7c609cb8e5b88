"""What people say about answers, kept for learning."""

from .events import FeedbackEvent, Stats, adapters_mentioned, learning_progress, standing_events, stats
from .log import FeedbackLog

__all__ = ["FeedbackEvent", "FeedbackLog", "Stats", "adapters_mentioned", "learning_progress", "standing_events", "stats"]
