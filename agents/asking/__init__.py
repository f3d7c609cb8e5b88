"""What a question asks for, and what a follow-up leaves out."""

from .questions import asks_why, is_follow_up, subject, wants_long, wants_overview, with_history

__all__ = ["asks_why", "is_follow_up", "subject", "wants_long", "wants_overview", "with_history"]
