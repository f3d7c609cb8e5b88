"""A mailbox: each message a section under its subject."""

from __future__ import annotations

import re

from .....text import count
from ..attached import sharing
from ..base import Parsed
from ..builder import TextBuilder
from .mail import MailWriter, read_message

_MEDIA_TYPE = "application/mbox"
_SEPARATOR = re.compile(rb"(?:\A|(?<=\n))From [^\r\n]*\d{4}[^\r\n]*\r?\n(?=[!-9;-~]+:)")
_ESCAPED = re.compile(rb"^>(>*From )", re.M)
_MOST_NOTES = 10


def parse(content: bytes) -> Parsed:
    builder = TextBuilder()
    separators = list(_SEPARATOR.finditer(content))
    starts = [match.end() for match in separators] or [0]
    ends = [*(match.start() for match in separators[1:]), len(content)]
    damaged = 0
    with sharing():
        for start, end in zip(starts, ends, strict=True):
            try:
                MailWriter(builder).write(read_message(_ESCAPED.sub(rb"\1", content[start:end])))
            except RecursionError:
                damaged += 1
    if damaged:
        builder.notes.append(f"{count(damaged, 'message')} cannot be read")
    if len(builder.notes) > _MOST_NOTES:
        builder.notes[_MOST_NOTES:] = [f"{count(len(builder.notes) - _MOST_NOTES, 'more part')} not read"]
    return builder.build(_MEDIA_TYPE)
