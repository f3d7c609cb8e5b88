"""Small texts read in the process at hand: what parses them has no way to take long, and a process of its own costs more."""

from __future__ import annotations

from ..parsers import Unreadable, choose
from ..parsers.compressed import is_compressed
from ..reading import look_at, read
from .perform import perform
from .tasks import Outcome, Task

_MOST_BYTES = {"text/plain": 32_000, "text/markdown": 8_000}  # bytes


def perform_quickly(task: Task, size: int) -> Outcome | None:
    """What becomes of a small plain file; None where it is to be parsed by another process."""
    if size > max(_MOST_BYTES.values()):
        return None
    try:
        state = look_at(task.source)
        content, _ = read(task.source, state, task.max_bytes)
        if is_compressed(content):  # a few bytes may unpack to millions
            return None
        media_type = choose(content, task.source).media_type
    except (Unreadable, OSError):
        return perform(task)  # which says why
    return perform(task) if size <= _MOST_BYTES.get(media_type, 0) else None
