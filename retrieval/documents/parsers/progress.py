"""How far a parser is. A parser of pages may say so, one of lines that it goes on; who waits for it may listen, and gives
it more time."""

from __future__ import annotations

from collections.abc import Callable

Listener = Callable[[int, int], None]
PartListener = Callable[[str], None]
_listener: Listener | None = None
_part_listener: PartListener | None = None


def listen(listener: Listener | None, part_listener: PartListener | None = None) -> None:
    """Call `listener` with (pages read, all pages) from now on; (1, 0) where no pages are known.

    `part_listener` is called with what `report_part` names.

    For processes that parse one document at a time.
    """
    global _listener, _part_listener
    _listener, _part_listener = listener, part_listener


def report_page(done: int, total: int) -> None:
    """Say that `done` of `total` pages have been read."""
    if _listener is not None:
        _listener(done, total)


def report_alive() -> None:
    """Say that the parser goes on, where there are no pages to be counted."""
    report_page(1, 0)


def report_part(part: str) -> None:
    """Say which document within the document is being read; an empty name: none any more."""
    if _part_listener is not None:
        _part_listener(part)
