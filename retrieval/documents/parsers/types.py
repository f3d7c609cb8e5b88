"""What a parser gives back, and how it says that it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class Unreadable(Exception):
    """One file cannot be read; the message is shown as it is, beside the file's name."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The text that is kept and cited, and where its structure says it may be cut."""

    text: str
    media_type: str
    headings: Sequence[int] = ()  # offsets where a heading begins, in order
    pages: Sequence[tuple[int, int]] = ()  # spans of the pages, in order; empty where there are none
