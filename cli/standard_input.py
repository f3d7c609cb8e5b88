"""Text that a command reads from stdin."""

from __future__ import annotations

import sys

from ..errors import UsageError


def read_stdin(what: str) -> str:
    """All of stdin as text; `what` it is, for the error's words.

    Raises:
        UsageError: it is not UTF-8, or stdin is closed.
    """
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise UsageError(f"The {what} on stdin is not UTF-8 text.", hint="Convert it, for instance with `iconv`.") from error
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError(f"There is no stdin to read the {what} from.", hint=f"Give the {what} as an argument.") from error
