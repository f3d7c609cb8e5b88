"""Streams that a shell may have closed (`>&-`), filled (`/dev/full`) or taken the reader from."""

from __future__ import annotations

import contextlib
import os
import sys

from .errors import OutputFailed

_MODES = (os.O_RDONLY, os.O_WRONLY, os.O_WRONLY)  # of stdin, stdout and stderr


def open_closed_streams() -> None:
    """Let the streams that are closed lead nowhere.

    Left closed, the next file that is opened would be stdout, and what native code prints would go into a database.
    """
    for number, mode in enumerate(_MODES):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # the lowest number that is free, which is this one
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def flush_stdout() -> None:
    """Bring out what is still buffered.

    Raises:
        BrokenPipeError: nobody reads it any more.
        OutputFailed: it cannot be written.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputFailed(error) from error
    except ValueError:
        pass  # somebody closed it, and said so


def abandon_stdout() -> None:
    """Let stdout lead nowhere, so that the interpreter does not complain at its end about what is buffered."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
