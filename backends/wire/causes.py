"""What went wrong on the way to a model server."""

from __future__ import annotations

from ...text import one_line


def root_cause(error: BaseException) -> str:
    """What an error began with, in one line; libraries wrap the system's word in several of their own."""
    while error.__cause__ is not None:
        error = error.__cause__
    return one_line(str(error), 200) or type(error).__name__
