"""What a person asked and read is theirs alone: files are 0600 and the folders we make 0700, whatever the umask."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

_PRIVATE_FILE, _PRIVATE_FOLDER, _OTHERS = 0o600, 0o700, 0o077


def make_private_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it; one that is there keeps its mode."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)


def make_private_file(file: Path) -> None:
    """Make an empty file where there is none. SQLite gives a file's `-wal` and `-shm` the mode of the file itself."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE_FILE))


def write_private(file: Path, text: str) -> None:
    """Write a file that is its owner's alone, and make its folder; whole or not at all."""
    make_private_folder(file.parent)
    scratch = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        make_private_file(scratch)
        with scratch.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        scratch.replace(file)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def private_umask() -> Iterator[None]:
    """What a library makes inside is its owner's alone; and so is what other threads make meanwhile, which does no harm."""
    previous = os.umask(_OTHERS)
    try:
        yield
    finally:
        os.umask(previous)


def tighten(*files: Path) -> None:
    """Take from others what they may do with files that an older version made.

    Somebody else's file, or one on a medium that cannot be written to, stays as it is.
    """
    for file in files:
        with contextlib.suppress(OSError):
            mode = file.stat().st_mode & 0o777
            if mode & _OTHERS:
                file.chmod(mode & ~_OTHERS)
