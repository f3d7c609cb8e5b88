"""How training tells whoever waits how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]  # what is done, how much of it, of how much (None: nobody knows)


def silent(label: str, done: int, total: int | None) -> None:
    """Nobody is watching."""
