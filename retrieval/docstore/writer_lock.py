"""One process at a time writes a library; the others wait their turn, and know for whom."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ...redaction import redact
from ...storage import DatabaseUnavailable, explain_system
from ...text import one_line
from ..errors import LibraryBusy, StoppedWaiting

_LOCK = "writer.lock"
_HOLDER = "writer.json"  # beside the lock, which is emptied by whoever tries it
_STEP_S = 0.1
_LONGEST_WORK = 100  # characters


@dataclass(frozen=True, slots=True)
class Turn:
    """What a writer is about to do, and how it waits for the one before it."""

    work: str = "other work"  # as others are told of it
    wait_s: float | None = 10.0  # at most; None: as long as it takes
    notify: Callable[[str], None] | None = None  # told once, where there is something to wait for
    should_stop: Callable[[], bool] | None = None  # looked at while waiting


@contextmanager
def writer_lock(folder: Path, turn: Turn) -> Iterator[None]:
    """Hold the lock file of a library's folder.

    Raises:
        LibraryBusy: another process held it for `turn.wait_s` seconds.
        StoppedWaiting: `turn.should_stop` said so before it was free.
        DatabaseUnavailable: no file can be locked there.
    """
    from filelock import FileLock

    lock = FileLock(folder / _LOCK, mode=0o600, thread_local=False)
    try:
        _acquire(lock.acquire, folder, turn)
    except OSError as error:
        raise explain_system(error, folder / _LOCK) from error
    except NotImplementedError as error:  # a drive that knows no locks
        raise DatabaseUnavailable(folder / _LOCK, str(error)) from error
    holder = folder / _HOLDER
    try:
        _sign(holder, turn.work)
        yield
    finally:
        with contextlib.suppress(OSError):
            holder.unlink()
        lock.release()


def _acquire(acquire: Callable[..., object], folder: Path, turn: Turn) -> None:
    from filelock import Timeout

    began = time.monotonic()
    announced = False
    while True:
        try:
            acquire(timeout=0)
            return
        except Timeout as error:
            waited = time.monotonic() - began
            if turn.wait_s is not None and waited >= turn.wait_s:
                raise LibraryBusy(folder, turn.wait_s, _holder(folder)) from error
        if turn.should_stop is not None and turn.should_stop():
            raise StoppedWaiting(folder, waited, _holder(folder))
        if turn.notify is not None and not announced:
            announced = True
            turn.notify(f"Waiting until {_holder(folder)} is done with the library. Ctrl-C leaves.")
        time.sleep(_STEP_S)


def _sign(holder: Path, work: str) -> None:
    """Say who writes, for those who wait; where that fails they are told less."""
    now = datetime.now().astimezone().strftime("%H:%M")
    with contextlib.suppress(OSError), os.fdopen(os.open(holder, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"pid": os.getpid(), "work": redact(work), "since": now}, file)


def _holder(folder: Path) -> str:
    """Who writes, in words; the file may be missing, half written, or of one that was killed."""
    try:
        signed = json.loads((folder / _HOLDER).read_text("utf-8"))
        work = one_line(str(signed["work"]), _LONGEST_WORK)
        return f"another ayllu ({work}, process {signed['pid']}, since {signed['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another ayllu"
