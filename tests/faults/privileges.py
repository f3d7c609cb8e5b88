"""Permissions that count, also where the tests run as root, to whom the system otherwise permits everything."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_VERSION_3 = 0x20080522
_OVERRIDES = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Data(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


@contextmanager
def ordinary() -> Iterator[None]:
    """In this thread, and those that it starts, root may do no more to a file than its mode says."""
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = _Header(_VERSION_3, 0), (_Data * 2)()
    if libc.capget(ctypes.byref(header), sets):
        raise OSError(ctypes.get_errno(), "capget")
    before = sets[0].effective
    sets[0].effective = before & ~_OVERRIDES
    if libc.capset(ctypes.byref(header), sets):
        raise OSError(ctypes.get_errno(), "capset")
    try:
        yield
    finally:
        sets[0].effective = before
        if libc.capset(ctypes.byref(header), sets):
            raise OSError(ctypes.get_errno(), "capset")


@contextmanager
def modes(folder: Path, *, files: int, folders: int) -> Iterator[None]:
    """All that is below `folder` has these modes meanwhile."""
    below = [folder, *folder.rglob("*")]
    before = {path: path.stat().st_mode for path in below}
    for path in reversed(below):
        path.chmod(folders if path.is_dir() else files)
    try:
        with ordinary():
            yield
    finally:
        for path in below:
            if path.exists():
                path.chmod(before[path])
