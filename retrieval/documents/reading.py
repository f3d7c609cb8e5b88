"""The content of one file or address, and what it is to be read as."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from ...text import size
from .archives import archive_of, member_size, read_member
from .parsers import Format, Unreadable
from .walking import is_url


class Changing(Unreadable):
    """Somebody writes to the file; a moment later it may be at rest."""


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells, without reading it, whether a file has changed."""

    mtime_ns: int
    size: int  # bytes


def look_at(source: str, size: int | None = None) -> FileState | None:
    """The state of a file; None for an address, which has to be read. `size`: of a member of an archive, where known.

    A member has changed when its archive has.
    """
    if is_url(source):
        return None
    if (archive := archive_of(source)) is not None:
        return FileState(Path(archive).stat().st_mtime_ns, member_size(archive, source) if size is None else size)
    state = Path(source).stat()
    return FileState(state.st_mtime_ns, state.st_size)


def read(source: str, state: FileState | None, max_bytes: int) -> tuple[bytes, Format | None]:
    """All bytes of a file in this state, or of what an address gives, and its format where its server names that.

    Raises:
        Unreadable: there are more than `max_bytes`, or the address gives nothing.
        OSError: the file cannot be read.
    """
    if state is None:
        from .pages import fetch  # with a client, a loop and TLS, which files do not need

        return fetch(source, max_bytes)
    if state.size > max_bytes:
        raise Unreadable(
            f"it has {size(state.size)}, and files above {size(max_bytes)} are left out (`retrieval.max_file_bytes`)"
        )
    if (archive := archive_of(source)) is not None:
        return read_member(archive, source, state.size), None
    return _content(source, state), None


def _content(file: str, state: FileState) -> bytes:
    """What the file holds, as long as that is what it held a moment ago."""
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe in the file's place would have us wait
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable("it is not a regular file")
        content = stream.read(state.size + 1)
        after = os.fstat(descriptor)
    if (after.st_mtime_ns, after.st_size) != (state.mtime_ns, state.size) or len(content) != state.size:
        raise Changing("it changes while it is read; the next ingest tries again")
    return content
