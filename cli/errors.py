"""Errors that only the command line knows."""

from __future__ import annotations

from ..errors import AylluError


class Interrupted(AylluError):
    """Ctrl-C, where the command had nothing of its own to say about it."""

    kind = "interrupted"
    exit_code = 130

    def __init__(self, message: str = "Interrupted.", hint: str = "Nothing is lost: run it again when you like.") -> None:
        super().__init__(message, hint=hint)


class Unexpected(AylluError):
    """A fault of ours: nobody foresaw this error."""

    kind = "unexpected"


class OutputFailed(AylluError):
    """What a command has to say cannot be written to stdout."""

    kind = "output_failed"

    def __init__(self, cause: OSError) -> None:
        super().__init__(
            f"The output cannot be written: {cause.strerror or cause}.",
            hint="The work itself is done as far as it got; see where stdout leads, and run it again for its words.",
        )


class NothingReadable(AylluError):
    """An ingest that found no document it could read."""

    kind = "nothing_readable"


class NotUp(AylluError):
    """The TGI server did not come up, or cannot here."""

    kind = "tgi_not_up"
