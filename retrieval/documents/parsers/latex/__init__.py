"""LaTeX: its source taken apart, and what of it would be printed."""

from .reading import FORMAT

__all__ = ["FORMAT"]
