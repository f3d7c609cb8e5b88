"""Python processes that we start: they import what is installed, never what lies in the current folder.

A person starts ayllu where their documents are; `python -m pip` in a folder with a file `pip.py` would run that file.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence


def python_command(*arguments: str) -> list[str]:
    """The command line of this interpreter with `arguments`, which keeps the current folder out of its imports."""
    return [sys.executable, "-P", *arguments]


def isolated_environment(**variables: str) -> dict[str, str]:
    """Our environment with `variables` below it, for a Python process whose own Python processes are to be so as well."""
    return {**variables, **os.environ, "PYTHONSAFEPATH": "1"}


def start_beside(command: Sequence[str]) -> int:
    """Start a Python process that outlives this one and its terminal, and says nothing; returns its number.

    Raises:
        OSError: it cannot be started.
    """
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=isolated_environment(),
        start_new_session=True,
    )
    child.returncode = 0  # nobody waits for it
    return child.pid
