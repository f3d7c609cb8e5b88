"""What people say about answers, kept for learning."""

from .events import FeedbackEvent, Stats, adapters_named, learning_progress, standing, stats
from .log import FeedbackLog

__all__ = ["FeedbackEvent", "FeedbackLog", "Stats", "adapters_named", "learning_progress", "standing", "stats"]
