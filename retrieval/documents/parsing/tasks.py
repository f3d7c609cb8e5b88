"""What a parsing process is asked, what it answers, and how both go through a pipe."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import IO, Any

from ....text import size
from ..parsers import Parsed

LENGTH_BYTES = 8  # before each pickle


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the parsing of one document may take."""

    seconds: float = 20.0  # without a sign of another page; with such signs, `MOST_TIMES` as long in all
    memory_bytes: int = 750_000_000


DEFAULT_BOUNDS = Bounds()
MOST_TIMES = 180  # an hour by default: pages that are pictures are recognised in seconds each


def too_much_memory(memory_bytes: int) -> str:
    return f"its parser took more than {size(memory_bytes)} of memory (`retrieval.parse_memory_bytes`)"


def too_much_time(seconds: float, page: Page | None) -> str:
    at = f" after page {page.done} of {page.total}" if page else ""
    return f"its parser took more than {seconds:g} s{at} (`retrieval.parse_seconds`)"


@dataclass(frozen=True, slots=True)
class Task:
    """One document to read and parse. A file is read by whoever parses it; what an address gave comes along."""

    source: str
    max_bytes: int
    unless: str = ""  # what has this digest is not parsed
    content: bytes | None = None
    media_type: str = ""  # of `content`, where its server says so
    converter: str = ""  # a heavy one that has been chosen
    ocr_languages: str = ""  # see `parsers.tesseract`
    place: str | None = None  # where the content lies, where that is not `source`
    without: tuple[tuple[str, str], ...] = ()  # documents within that are left out, and why: see `parsers.attached`
    validators: str = ""  # by which an address may say that it is as it was: see `pages.Response`


@dataclass(frozen=True, slots=True)
class Page:
    """A sign of life: so many pages have been read; (0, 0) as it begins, (1, 0) as it goes on where no pages are known."""

    done: int
    total: int
    part: str = ""  # the document within that is being read


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task. Without `parsed` and `error` the document is as it was."""

    parsed: Parsed | None = None
    sha256: str = ""
    size: int = 0  # bytes
    mtime_ns: int = 0
    error: str = ""  # why it cannot be read, in words
    trifle: bool = False  # nobody would look for anything in it
    trace: str = ""  # where its parser failed, for the log
    validators: str = ""
    part: str = ""  # the document within, of which its parser died
    last: bool = False  # the process ends after this


def encode(message: Page | Outcome | Task) -> bytes:
    """One message as it goes through a pipe."""
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def receive(stream: IO[bytes]) -> Any:
    """The next message; None at the stream's end."""
    head = stream.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    body = stream.read(int.from_bytes(head, "big"))
    return pickle.loads(body)


class Messages:
    """Messages out of what a pipe gives piece by piece."""

    def __init__(self) -> None:
        self._pieces = bytearray()

    def add(self, piece: bytes) -> list[Any]:
        """The messages that `piece` completes."""
        self._pieces += piece
        complete = []
        while len(self._pieces) >= LENGTH_BYTES:
            end = LENGTH_BYTES + int.from_bytes(self._pieces[:LENGTH_BYTES], "big")
            if len(self._pieces) < end:
                break
            complete.append(pickle.loads(self._pieces[LENGTH_BYTES:end]))
            del self._pieces[:end]
        return complete
