"""Writing the person's settings file, whose comments and other keys stay as they are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from ..storage import make_private_folder


def set_in_file(target: Path, values: Mapping[str, Any]) -> None:
    """Set `values`, tables key by key, in the settings file `target`, made where there is none.

    Raises:
        ConfigError: they cannot be added without losing something else, or the file cannot be read or written.
    """
    from ..config import set_keys

    try:
        before = target.read_bytes().decode("utf-8") if target.exists() else ""  # its line ends too
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{target} could not be read: {error}.", hint="See that it is a text file of yours.") from error
    try:
        after = set_keys(before, values)
    except ConfigError as error:
        raise ConfigError(f"{target}: {error.message}", hint=f"Write there:\n{set_keys('', values)}") from error
    write_settings(target, after)


def write_settings(target: Path, text: str) -> None:
    """Replace the settings file in one step, so that no reader sees half of it.

    A link stays one, and what it leads to is replaced. Whoever may read it may do so afterwards, and nobody else: a new
    one is the person's alone, for it may come to hold addresses with keys.

    Raises:
        ConfigError: it cannot be written there; what was there stays.
    """
    try:
        _replace(target.resolve(), text)
    except (OSError, RuntimeError) as error:  # a RuntimeError where links lead in a circle
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigError(f"{target} could not be written: {reason}.", hint="See that you may write there.") from error


def _replace(target: Path, text: str) -> None:
    make_private_folder(target.parent)
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
    scratch = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    scratch.unlink(missing_ok=True)  # of a process of that number that was killed
    try:
        with os.fdopen(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(text.encode("utf-8"))  # line ends as they are
        scratch.chmod(mode)
        scratch.replace(target)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
