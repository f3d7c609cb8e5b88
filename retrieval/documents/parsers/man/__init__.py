"""Manual pages: the requests of roff, and the macro packages `man` and `mdoc`."""

from .reading import FORMAT

__all__ = ["FORMAT"]
