"""What can be asked: some text, and not too much of it."""

from __future__ import annotations

from ..errors import UsageError
from ..text import safe

LONGEST_QUESTION = 8_000
"""Characters. Beyond this nobody is asking a question; documents go in by `ayllu ingest`."""


def check_question(text: str) -> str:
    """The question without surrounding space.

    Raises:
        UsageError: there is none, or it is longer than `LONGEST_QUESTION`.
    """
    question = text.strip()
    if not safe(question).strip():
        raise UsageError("The question is empty.", hint='Write it in quotes: `ayllu ask "When are you open?"`.')
    if len(question) > LONGEST_QUESTION:
        raise UsageError(
            f"The question has {len(question):,} characters; at most {LONGEST_QUESTION:,} are read.",
            hint="Put long texts into a file and `ayllu ingest` it, then ask about it.",
        )
    return question
