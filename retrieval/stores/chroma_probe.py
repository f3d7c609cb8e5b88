"""A look at an embedded Chroma folder from a process that may die of it: `python -m ….chroma FOLDER`.

An embedded Chroma that was killed in mid-write can crash natively whoever opens it next. Exit status 0: it can be opened.
"""

from __future__ import annotations

import logging
import subprocess
from pathlib import Path

from ...processes import isolated_environment, python_command

_TIMEOUT_S = 120.0
log = logging.getLogger(__name__)


def is_sound(folder: Path) -> bool:
    """Whether a child process could open and query the folder and live. An absent folder is sound."""
    if not folder.exists():
        return True
    command = python_command("-m", "ayllu.retrieval.stores.chroma", str(folder))
    try:
        child = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_TIMEOUT_S,
            env=isolated_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.warning("the probe of %s did not end in %.0f s", folder, _TIMEOUT_S)
        return False
    if child.returncode:
        log.warning("the probe of %s ended with %s: %s", folder, child.returncode, child.stderr[-500:])
    return child.returncode == 0
