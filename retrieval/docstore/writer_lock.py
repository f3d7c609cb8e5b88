"""One process at a time writes a library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import LibraryBusy


@contextmanager
def writer_lock(folder: Path, wait_s: float) -> Iterator[None]:
    """Hold the lock file of a library's folder.

    Raises:
        LibraryBusy: another process held it for `wait_s` seconds.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "writer.lock", timeout=wait_s, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise LibraryBusy(folder, wait_s) from error
    try:
        yield
    finally:
        lock.release()
