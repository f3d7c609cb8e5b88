"""The one place that prints. JSON mode: exactly one JSON object on stdout; everything else goes to stderr.

Texts come from documents, models and file names: they are made safe here, and are never read as markup.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from ..errors import AylluError
from ..redaction import redact
from ..text import safe
from .errors import OutputFailed

if TYPE_CHECKING:
    from rich.console import Console

_UNPRINTABLE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Output:
    """Where a command's words go. `terminal` tells whether a person reads stdout."""

    def __init__(self, *, json: bool = False, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.json = json
        self.out = out or sys.stdout
        self.err = err or sys.stderr
        self.printed = False
        self._consoles: dict[int, Console] = {}

    @property
    def terminal(self) -> bool:
        return not self.json and self.out.isatty()

    @property
    def asks(self) -> bool:
        """A question can be put to a person: they see stderr and type on stdin."""
        return not self.json and sys.stdin is not None and sys.stdin.isatty() and self.err.isatty()

    def result(self, value: Mapping[str, Any]) -> None:
        """The command's result, in JSON mode only; a second one would break the contract and is a bug."""
        if not self.json:
            return
        if self.printed:
            raise RuntimeError("a second JSON object on stdout")
        self.printed = True
        text = dumps(value)
        try:
            text.encode(getattr(self.out, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            text = json.dumps(_without_nan(value), allow_nan=False, default=str)
        with self._writing(self.out):
            print(text, file=self.out, flush=True)

    def say(self, text: str = "", style: str = "") -> None:
        """A line for a person, on stdout; nothing in JSON mode."""
        if not self.json:
            self._print(self.out, text, style)

    def note(self, text: str, style: str = "dim") -> None:
        """A line beside the result, on stderr in both modes; without secrets, as the log is."""
        self._print(self.err, redact(text), style)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Aligned columns for a person; nothing in JSON mode. Off a terminal no cell is cut or wrapped."""
        if self.json:
            return
        cells = [[" ".join(safe(str(cell)).split()) for cell in row] for row in rows]
        if self.terminal:
            self._rich_table(columns, cells)
            return
        widths = [max(len(row[i]) for row in [list(columns), *cells]) for i in range(len(columns))]
        for row in [list(columns), *cells]:
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self._print(self.out, line.rstrip(), "")

    def error(self, error: AylluError) -> None:
        """The one place where an error is shown, with its next step."""
        if self.json and not self.printed:
            self.result(error.to_json())
            return
        self._print(self.err, f"Error: {error.message}", "bold red")
        self._print(self.err, f"  {error.hint}", "")

    def confirm(self, question: str, *, default: bool = True) -> bool:
        """Ask the person; only where `asks` is true."""
        self.err.write(f"{safe(question)} [{'Y/n' if default else 'y/N'}] ")
        self.err.flush()
        reply = sys.stdin.readline()
        if not reply:
            raise KeyboardInterrupt  # Ctrl-D at a question is no answer
        word = reply.strip().lower()
        return default if not word else word in ("y", "yes")

    @contextmanager
    def live(self) -> Iterator[Live]:
        """A region on the terminal for a text that is still being written; it is gone at the end."""
        if not self.terminal:
            yield Live(None)
            return
        from rich.live import Live as RichLive

        with RichLive(console=self._console(self.out), transient=True, vertical_overflow="visible") as live:
            yield Live(live)

    def _print(self, stream: TextIO, text: str, style: str) -> None:
        text = safe(text)
        with self._writing(stream):
            if stream.isatty():
                from rich.text import Text

                self._console(stream).print(Text(text, style=style), soft_wrap=False)
            else:
                encoding = getattr(stream, "encoding", None) or "utf-8"
                print(text.encode(encoding, "replace").decode(encoding), file=stream, flush=True)

    @contextmanager
    def _writing(self, stream: TextIO) -> Iterator[None]:
        """What cannot be written to stderr costs nothing: it only goes beside the result.

        Raises:
            OutputFailed: it is the result that cannot be written.
            BrokenPipeError: its reader has left.
        """
        try:
            yield
        except OSError as error:
            if stream is self.err:
                return
            if isinstance(error, BrokenPipeError):
                raise
            raise OutputFailed(error) from error

    def _console(self, stream: TextIO) -> Console:
        from rich.console import Console

        if id(stream) not in self._consoles:
            self._consoles[id(stream)] = Console(file=stream, markup=False, highlight=False, emoji=False)
        return self._consoles[id(stream)]

    def _rich_table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for column in columns:
            table.add_column(Text(column), overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        with self._writing(self.out):
            self._console(self.out).print(table)


class Live:
    """What `Output.live` hands out: the text so far replaces the one before."""

    def __init__(self, inner: Any | None) -> None:
        self._inner = inner

    def show(self, text: str) -> None:
        if self._inner is not None:
            from rich.text import Text

            self._inner.update(Text(safe(text)))


def dumps(value: Mapping[str, Any]) -> str:
    """One line of JSON that is harmless on a terminal and keeps every character of its texts."""
    text = json.dumps(_without_nan(value), ensure_ascii=False, allow_nan=False, default=str)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _without_nan(value: Any) -> Any:
    """With null for each number that is none: NaN is no JSON."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {name: _without_nan(item) for name, item in value.items()}
        case list() | tuple():
            return [_without_nan(item) for item in value]
        case _:
            return value
