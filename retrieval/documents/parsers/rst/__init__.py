"""reStructuredText: its structure by its indentation, and its drawn tables."""

from .reading import FORMAT

__all__ = ["FORMAT"]
