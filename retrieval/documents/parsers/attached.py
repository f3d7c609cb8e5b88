"""Documents within a document: what is attached to a message, read by its own parser, within bounds that all share.

Each costs itself alone: what cannot be read is a note. A part that a parser died of is named by the next reading of the
same document, which leaves it out: see `leave_out`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from ....text import ATTACHMENT, one_line, size
from .archive_names import ZIP_ENDINGS
from .base import Parsed, Unreadable
from .builder import TextBuilder
from .choosing import choose, parse
from .packed import open_packed
from .progress import report_part

ALL = "*"  # stands for every part
_MOST = 500
_MOST_BYTES = 200_000_000
_MOST_CHARACTERS = 20_000_000
_DEEPEST = 3  # documents within documents
_LONGEST_NAME = 120
_left_out: Mapping[str, str] = {}


@dataclass(slots=True)
class _Spent:
    """What the parts of the outermost document have taken so far."""

    parts: int = 0
    read_bytes: int = 0
    characters: int = 0
    depth: int = 0


_spent: ContextVar[_Spent | None] = ContextVar("spent", default=None)


def leave_out(parts: Mapping[str, str]) -> None:
    """Parts of the next document that are not read, by what `report_part` called them, and why.

    For processes that parse one document at a time.
    """
    global _left_out
    _left_out = parts


@contextmanager
def sharing() -> Iterator[None]:
    """Within it, all parts share the bounds of the outermost document."""
    spent = _spent.get()
    token = _spent.set(_Spent() if spent is None else spent)
    try:
        yield
    finally:
        _spent.reset(token)


def add_attachment(builder: TextBuilder, name: str, content: bytes, media_type: str) -> None:
    """What is attached under this name, each block under it; a note where it is not read. Called within `sharing`."""
    name = one_line(name, _LONGEST_NAME).replace(">", "›")
    if name.lower().endswith(ZIP_ENDINGS) and content.startswith(b"PK") and _add_members(builder, name, content):
        return
    try:
        parsed = _parsed(name, content, media_type)
    except Unreadable as error:
        builder.notes.append(f'the attachment "{name}" ({media_type}, {size(len(content))}) is not read: {error}')
        return
    builder.add_parsed(parsed, f"{ATTACHMENT}{name}")
    builder.notes += [f'of the attachment "{name}": {note}' for note in parsed.notes]


def _add_members(builder: TextBuilder, name: str, content: bytes) -> bool:
    """The members of an attached archive; False where it is a document of another kind, or damaged."""
    try:
        packed = open_packed(name, io.BytesIO(content))
    except Unreadable:
        return False
    if packed is None:
        return False
    spent = _spent.get() or _Spent()
    for member, member_bytes in packed.sizes.items():
        if spent.parts >= _MOST or spent.read_bytes + member_bytes > _MOST_BYTES:
            builder.notes.append(f'the attachment "{name}" holds more than is read of one')
            break
        try:
            inner = packed.read(member, member_bytes)
        except Unreadable as error:
            builder.notes.append(f'"{one_line(member, _LONGEST_NAME)}" in the attachment "{name}" is not read: {error}')
        else:
            add_attachment(builder, f"{name}/{member}", inner, "application/octet-stream")
    return True


def _parsed(name: str, content: bytes, media_type: str) -> Parsed:
    spent = _spent.get() or _Spent()
    spent.parts += 1
    spent.read_bytes += len(content)
    part = f"{spent.parts} {name}"
    if reason := _left_out.get(part) or _left_out.get(ALL):
        raise Unreadable(reason)
    if spent.depth >= _DEEPEST or spent.parts > _MOST or spent.read_bytes > _MOST_BYTES:
        raise Unreadable(f"more than {_MOST} attachments, {size(_MOST_BYTES)} or {_DEEPEST} within each other are too many")
    outermost = not spent.depth
    spent.depth += 1
    if outermost:
        report_part(part)
    try:
        parsed = parse(name, content, choose(content, name, media_type))
    except (Unreadable, MemoryError):
        raise
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    except Exception as error:  # an edge: one part's parser must not end the others
        raise Unreadable(f"its parser failed: {one_line(str(error), 200) or type(error).__name__}") from error
    finally:
        spent.depth -= 1
    if outermost:
        report_part("")
    spent.characters += len(parsed.text)
    if spent.characters > _MOST_CHARACTERS:
        raise Unreadable("the text of all attachments is too long")
    return parsed
