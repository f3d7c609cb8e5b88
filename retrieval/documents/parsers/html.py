"""HTML pages: their content block by block, without menus, scripts and what is hidden."""

from __future__ import annotations

import re

from ....text import one_line
from .base import Parsed, Unreadable
from .builder import TextBuilder
from .markup import add_html

_MEDIA_TYPE = "text/html"
_FRAME = re.compile(rb"""<frame\s[^>]{0,500}?src\s*=\s*["']?([^"'\s>]{1,300})""", re.I)


def parse(content: bytes) -> Parsed:
    builder = TextBuilder()
    add_html(builder, content)
    parsed = builder.build(_MEDIA_TYPE)
    if not parsed.text and (frames := _FRAME.findall(content)):
        names = ", ".join(one_line(frame.decode("utf-8", "replace"), 60) for frame in frames[:6])
        raise Unreadable(f"it only frames other pages, which hold the text: {names}")
    return parsed
