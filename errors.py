"""Errors a person can meet: what happened, to what, and what to do next.

One base class carries the hint; each face prints it in one place. `kind` is the stable name that `--json` shows.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from .redaction import redact

if TYPE_CHECKING:
    from logging import Logger

_NO_ROOM = "Make room on that disk, or keep your data on another one (AYLLU_HOME); then run it again."
_NO_RIGHT = "See who owns it, and give yourself the right to read and write there."
_WRONG_KIND = "Move what is there away, or name another place."
_MENDS = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _NO_ROOM),
    **dict.fromkeys((errno.EACCES, errno.EPERM), _NO_RIGHT),
    **dict.fromkeys((errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EEXIST), _WRONG_KIND),
    errno.EROFS: "That disk takes no writes: mount it so that it does, or keep your data elsewhere (AYLLU_HOME).",
    errno.EIO: "The disk, or the connection to it, fails: see the system's own messages.",
    errno.EMFILE: "This program may open no more files: raise the limit (`ulimit -n`), or read fewer at once.",
    errno.ENFILE: "The system has no more files to open: close other programs.",
}


class AylluError(Exception):
    """Base of every error shown to a person. `hint` is the next step, never empty. Neither holds a secret."""

    kind = "error"
    exit_code = 1

    def __init__(self, message: str, *, hint: str) -> None:
        self.message = redact(message)
        self.hint = redact(hint)
        super().__init__(self.message)
        self._logged = False

    def log_once(self, log: Logger) -> None:
        """Write it to `log`, unless somebody has; without a cause its words say all there is, else a traceback follows."""
        if not self._logged:
            self._logged = True
            log.error("%s", self.message, exc_info=None if self.__cause__ is None else self)

    def to_json(self) -> dict[str, str]:
        """The contract's failure object: `error`, `hint`, `kind`."""
        return {"error": self.message, "hint": self.hint, "kind": self.kind}


class ConfigError(AylluError):
    """A setting that is unknown or has a wrong value, wherever it came from."""

    kind = "config"


class UsageError(AylluError):
    """The command was called with arguments that do not fit together."""

    kind = "usage"
    exit_code = 2


class NotFound(AylluError):
    """A name or id that the person gave is not known here."""

    kind = "not_found"


class ExtraMissing(AylluError):
    """A part that is installed on demand is not there."""

    kind = "extra_missing"

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs the `{extra}` extra, which is not installed.", hint=f"Run `ayllu setup {extra}`.")


class SystemRefused(AylluError):
    """The system would not let a file be read or written: no room, no right, a folder where a file should be."""

    kind = "system"

    def __init__(self, cause: OSError) -> None:
        subject = "A file" if cause.filename is None else str(cause.filename)
        reason = (cause.strerror or str(cause)).rstrip(".")
        super().__init__(f"{subject} cannot be used: {reason[:1].lower()}{reason[1:]}.", hint=_MENDS[cause.errno or 0])
        self.__cause__ = cause

    @classmethod
    def of(cls, error: BaseException) -> SystemRefused | None:
        """`error` as this one where it is the system's and not a mistake of ours."""
        return cls(error) if isinstance(error, OSError) and error.errno in _MENDS else None
