"""A process that parses documents for its parent: `python -m ….worker PARENT SECONDS BYTES`.

Tasks come on stdin, outcomes go to stdout. It ends when stdin does, when its parent is gone, and, by an alarm that no
parser can miss, when a document takes far too long: nobody else would end it where the parent was killed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from dataclasses import replace

from ..parsers.progress import listen
from .perform import perform
from .tasks import Outcome, Page, Task, encode, receive, too_much_memory

_LOOK_S = 1.0
_GRACE = 1.5  # of the time that the parent gives: it says more clearly what was wrong
_HEAVY = 0.4  # of the memory allowed; a process that has had so much makes room for a new one
_NEARLY_ALL = 0.8
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def main() -> None:
    parent, seconds, memory_bytes = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):  # native code prints to stdout; the pipes are for messages alone
        os.dup2(nothing, descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it
    _leave_with(parent)
    _bound_memory(memory_bytes)

    part = ""

    def tell_page(done: int, total: int) -> None:
        _set_alarm(seconds)
        outbox.write(encode(Page(done, total, part)))
        outbox.flush()

    def tell_part(name: str) -> None:
        nonlocal part
        part = name
        tell_page(1, 0)

    listen(tell_page, tell_part)
    while isinstance(task := receive(inbox), Task):
        part = ""
        tell_page(0, 0)
        message, last = _answer(task, memory_bytes)
        _set_alarm(0)
        outbox.write(message)
        outbox.flush()
        if last:
            return


def _answer(task: Task, memory_bytes: int) -> tuple[bytes, bool]:
    """The outcome, ready to be sent, and whether it is the last of this process."""
    try:
        outcome = perform(task)
        peak = peak_bytes()
        last = peak > _HEAVY * memory_bytes
        if not (outcome.error and peak > _NEARLY_ALL * memory_bytes):
            return encode(replace(outcome, last=last)), last
    except MemoryError:
        pass
    return encode(Outcome(error=too_much_memory(memory_bytes), last=True)), True


def _set_alarm(seconds: float) -> None:
    """Whose signal ends the process, whatever it is at; 0 takes it back."""
    signal.setitimer(signal.ITIMER_REAL, seconds * _GRACE)


def _bound_memory(memory_bytes: int) -> None:
    """Where the system can refuse memory, it does; elsewhere the parent looks how much there is."""
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(ValueError, OSError):  # a lower bound is set already
            resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))


def peak_bytes() -> int:
    """The most memory that this process has held."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:  # noqa: PTH123 - far quicker to load
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


def _leave_with(parent: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_S)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main()
