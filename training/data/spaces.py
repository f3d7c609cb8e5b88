"""Text compared without regard to its line breaks."""

from __future__ import annotations


def single_spaced(text: str) -> str:
    """`text` on one line, its words one space apart."""
    return " ".join(text.split())
