"""How many threads decode, where nobody said so: as many as leave the machine usable, fewer where others are busy.

llama.cpp's threads wait for each other some hundred times a token, so that one which has to share its core holds up all of
them: `benchmarks/threads.py` measures it.
"""

from __future__ import annotations

import os
import sys
import time

import psutil

_SHORTEST_S = 0.1  # a look covers at least this; the system counts in hundredths
_FREE = 0.6  # a core counts where others leave this share of it
_WORTH_A_START = 2  # threads more; one is made up for by the prompts that a new worker has to read again
_PAUSE_S = 30.0  # after which those prompts are no matter, where one thread more is half as many again


def cores() -> int:
    """The physical cores that this process may use."""
    allowed = len(os.sched_getaffinity(0)) if sys.platform == "linux" else psutil.cpu_count() or 1
    return max(1, min(psutil.cpu_count(logical=False) or allowed, allowed))


def usable_threads(cores: int) -> int:
    """Threads that leave the machine usable: of more than two cores, one is left to everybody else."""
    return cores - 1 if cores > 2 else cores


def decoding_threads(cores: int, busy: float) -> int:
    """Threads to decode with where others keep `busy` of the cores at work."""
    free = int(cores - busy + 1 - _FREE)
    return max(1, min(usable_threads(cores), free))


def is_restart_worthwhile(now: int, then: int, watched_s: float) -> bool:
    """Whether to start a worker anew between two questions, that has `then` instead of `now` threads.

    One too many slows all of them down; one too few costs only its own work. `watched_s`: since the last look at the others.
    """
    half_as_many_again = then >= 1.5 * now and watched_s >= _PAUSE_S
    return then < now or then - now >= _WORTH_A_START or half_as_many_again


class CpuLoad:
    """How busy other processes keep the cores. Ours, the worker among them, do not count, nor those of low priority."""

    def __init__(self) -> None:
        self.cores = cores()
        self._seen_at, self._all_s, self._ours_s = time.monotonic(), *_used()

    @property
    def age_s(self) -> float:
        """Since the last look."""
        return time.monotonic() - self._seen_at

    def busy_cores(self) -> float:
        """Cores that others used since the last look, on average; blocks for a moment where that was just now."""
        time.sleep(max(0.0, self._seen_at + _SHORTEST_S - time.monotonic()))
        before_at, before_all_s, before_ours_s = self._seen_at, self._all_s, self._ours_s
        self._seen_at, self._all_s, self._ours_s = time.monotonic(), *_used()
        others_s = (self._all_s - before_all_s) - (self._ours_s - before_ours_s)
        return max(0.0, others_s / (self._seen_at - before_at))


def _used() -> tuple[float, float]:
    """Seconds of all cores that anybody has used, and those that this process and its descendants have."""
    ours = psutil.Process()
    spent = psutil.cpu_times()._asdict()
    kinds = ["user", "system", "irq", "softirq", "steal"]
    if patient := ours.nice() > 0:  # they are our equals then
        kinds.append("nice")
    mine = _seconds(ours)
    for child in ours.children(recursive=True):
        try:
            if patient or child.nice() <= 0:
                mine += _seconds(child)
        except psutil.Error:  # it has ended meanwhile
            continue
    return sum(spent.get(kind, 0.0) for kind in kinds), mine


def _seconds(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system + used.children_user + used.children_system)
