"""Text that a command reads from stdin: UTF-8, or what the system's language says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from ..errors import UsageError
from ..text import size
from .waiting_lines import descriptor, waiting_lines

_MARK = b"\xef\xbb\xbf"  # what some editors put before UTF-8
_LONGEST = 8 << 20  # bytes; no question and no correction is so long, and what is longer is not held in memory


class NotText(UsageError):
    """Bytes that are no text in any encoding that was named."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The {what} on stdin is not UTF-8 text.", hint="Convert it, for instance with `iconv`.")


class TooLong(UsageError):
    """More than anybody types."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The {what} on stdin is longer than {size(_LONGEST)}.",
            hint="Put long texts into a file and `ayllu ingest` it.",
        )


def read_stdin(what: str) -> str:
    """All of stdin as text; `what` it is, for the error's words.

    Raises:
        NotText, TooLong: it cannot be read.
        UsageError: stdin is closed.
    """
    lines: list[str] = []
    length = 0
    try:
        for line in _lines():
            if line is None or (length := length + len(line)) > _LONGEST:
                raise TooLong(what)
            lines.append(_decoded(line, what).rstrip("\r\n"))
        return "\n".join(lines)
    except (OSError, ValueError) as error:
        raise UsageError(f"There is no stdin to read the {what} from.", hint=f"Give the {what} as an argument.") from error


def read_stdin_bytes(what: str, most: int) -> bytes:
    """All of stdin as it comes; `what` it is, for the error's words.

    Raises:
        UsageError: there are more than `most` bytes, or stdin is closed or a terminal.
    """
    unreadable = UsageError(f"There is no stdin to read the {what} from.", hint=f"Pipe the {what} in, or name a file.")
    if sys.stdin is None or sys.stdin.isatty():
        raise unreadable
    try:
        content: bytes = sys.stdin.buffer.read(most + 1)
    except (OSError, ValueError) as error:
        raise unreadable from error
    if len(content) > most:
        raise UsageError(
            f"The {what} on stdin is longer than {size(most)}.", hint="`retrieval.max_file_bytes` sets how much is read."
        )
    return content


def stdin_lines(what: str, wait: Callable[[], None] | None = None) -> Iterator[str | UsageError]:
    """Every line as it comes, without its end; of one that cannot be read the error stands there, and the next follows.

    `wait` is called whenever stdin, where that is a file, has to be waited for.
    """
    try:
        for line in _lines(wait):
            try:
                yield TooLong(what) if line is None else _decoded(line, what).rstrip()
            except NotText as error:
                yield error
    except (OSError, ValueError):
        return  # closed, or nobody's


def _lines(wait: Callable[[], None] | None = None) -> Iterator[bytes | str | None]:
    """Each line; `None` for what is too long, and is passed over."""
    if sys.stdin is None:
        raise ValueError("stdin is closed")
    read: Callable[[int], bytes | str] = getattr(sys.stdin, "buffer", sys.stdin).readline
    if wait is not None and (file := descriptor()) is not None:
        pieces = waiting_lines(file, _LONGEST, wait)
        read = lambda most: next(pieces, b"")  # noqa: E731
    while line := read(_LONGEST):
        ended = _ends(line)
        yield line if ended else None
        while not ended and (rest := read(_LONGEST)):
            ended = _ends(rest)


def _ends(piece: bytes | str) -> bool:
    return len(piece) < _LONGEST or piece[-1:] in ("\n", b"\n")


def _decoded(line: bytes | str, what: str) -> str:
    if isinstance(line, str):
        return line
    for encoding in ("utf-8", getattr(sys.stdin, "encoding", None) or "utf-8"):
        try:
            return line.removeprefix(_MARK).decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotText(what)
