"""Text that a command reads from stdin: UTF-8, or what the system's language says."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from ..errors import UsageError

_MARK = b"\xef\xbb\xbf"  # what some editors put before UTF-8


class NotText(UsageError):
    """Bytes that are no text in any encoding that was named."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The {what} on stdin is not UTF-8 text.", hint="Convert it, for instance with `iconv`.")


def read_stdin(what: str) -> str:
    """All of stdin as text; `what` it is, for the error's words.

    Raises:
        NotText: it is not UTF-8.
        UsageError: stdin is closed.
    """
    try:
        return "\n".join(_decoded(line, what).rstrip("\r\n") for line in _lines())
    except (OSError, ValueError) as error:
        raise UsageError(f"There is no stdin to read the {what} from.", hint=f"Give the {what} as an argument.") from error


def stdin_lines(what: str) -> Iterator[str | NotText]:
    """Every line as it comes, without its end; where one is no text, the error stands for it and the next one follows."""
    try:
        for line in _lines():
            try:
                yield _decoded(line, what).rstrip()
            except NotText as error:
                yield error
    except (OSError, ValueError):
        return  # closed, or nobody's


def _lines() -> Iterator[bytes | str]:
    if sys.stdin is None:
        raise ValueError("stdin is closed")
    yield from getattr(sys.stdin, "buffer", sys.stdin)


def _decoded(line: bytes | str, what: str) -> str:
    if isinstance(line, str):
        return line
    for encoding in ("utf-8", getattr(sys.stdin, "encoding", None) or "utf-8"):
        try:
            return line.removeprefix(_MARK).decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotText(what)
