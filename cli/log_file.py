"""The log file: `logs/ayllu.log` in the home, readable by its owner only, made when there is something to write."""

from __future__ import annotations

import contextlib
import logging
import os
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from ..redaction import redact
from ..text import safe

_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
_MAX_BYTES = 1_000_000
_KEPT = 3


class _PrivateFile(RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        from ..storage import make_private_folder

        path = Path(self.baseFilename)
        make_private_folder(path.parent)  # often the first thing in a new home
        return open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8")  # noqa: PTH123

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """A home that cannot be written to costs the log, never the command."""


class _Harmless(logging.Formatter):
    """A traceback holds what others' libraries say, and they repeat what they were given: secrets, a terminal's escapes."""

    def format(self, record: logging.LogRecord) -> str:
        return safe(redact(super().format(record)))


def start(path: Path) -> logging.Handler:
    """Send our records from INFO up, and everybody's from WARNING up, to `path`. `stop` ends it."""
    handler = _PrivateFile(path, maxBytes=_MAX_BYTES, backupCount=_KEPT, delay=True, encoding="utf-8")
    handler.setFormatter(_Harmless(_FORMAT))
    logging.getLogger().addHandler(handler)
    logging.getLogger("ayllu").setLevel(logging.INFO)
    return handler


def stop(handler: logging.Handler) -> None:
    logging.getLogger().removeHandler(handler)
    with contextlib.suppress(OSError):  # a full disk, again: what is still buffered is lost, and nobody can be told
        handler.close()
