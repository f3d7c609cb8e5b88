"""The lines of a pipe or a terminal, and something to do until the next one comes.

Python's own buffer does not say whether a line lies in it, and whoever waits for the file while one does waits for ever. So
the file is read here, without that buffer.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

_AT_ONCE = 1 << 16  # bytes


def descriptor() -> int | None:
    """Of stdin, where it is a file that nothing was read of ahead; None of what stands in for one."""
    try:
        return sys.stdin.buffer.fileno() if sys.stdin is not None else None
    except (AttributeError, OSError, ValueError):
        return None


def waiting_lines(file: int, longest: int, wait: Callable[[], None]) -> Iterator[bytes]:
    """Lines of the file, each with its end; of one longer than `longest` bytes a piece of that length, then the rest.

    `wait` is called whenever the file has to be waited for.
    """
    pending = bytearray()
    searched = 0
    while True:
        end = pending.find(b"\n", searched) + 1
        if not end and len(pending) < longest:
            searched = len(pending)
            wait()
            if piece := os.read(file, _AT_ONCE):
                pending += piece
                continue
            if not pending:
                return
        taken = min(end or len(pending), longest)
        searched = 0
        yield bytes(pending[:taken])
        del pending[:taken]
