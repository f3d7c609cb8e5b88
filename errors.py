"""Errors a person can meet: what happened, to what, and what to do next.

One base class carries the hint; each face prints it in one place. `kind` is the stable name that `--json` shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .redaction import redact

if TYPE_CHECKING:
    from logging import Logger


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
