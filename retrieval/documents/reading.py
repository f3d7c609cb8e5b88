"""The content of one file or address, and what it is to be read as."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...text import size
from .pages import fetch
from .parsers import Format, Unreadable
from .walking import is_url


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells, without reading it, whether a file has changed."""

    mtime_ns: int
    size: int  # bytes


def look_at(source: str) -> FileState | None:
    """The state of a file; None for an address, which has to be read."""
    if is_url(source):
        return None
    state = Path(source).stat()
    return FileState(state.st_mtime_ns, state.st_size)


def read(source: str, state: FileState | None, max_bytes: int) -> tuple[bytes, Format | None]:
    """All bytes of a file in this state, or of what an address gives, and its format where its server names that.

    Raises:
        Unreadable: there are more than `max_bytes`, or the address gives nothing.
        OSError: the file cannot be read.
    """
    if state is None:
        return fetch(source, max_bytes)
    if state.size > max_bytes:
        raise Unreadable(
            f"it has {size(state.size)}, and files above {size(max_bytes)} are left out (`retrieval.max_file_bytes`)"
        )
    return Path(source).read_bytes(), None
