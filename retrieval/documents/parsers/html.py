"""HTML pages: their content block by block, without menus, scripts and what is hidden."""

from __future__ import annotations

from .base import Format, Parsed
from .builder import TextBuilder
from .markup import add_html

_MEDIA_TYPE = "text/html"


def _parse(content: bytes) -> Parsed:
    builder = TextBuilder()
    add_html(builder, content)
    return builder.build(_MEDIA_TYPE)


FORMAT = Format(
    _MEDIA_TYPE, frozenset({".html", ".htm", ".xhtml"}), _parse, version=2, aliases=frozenset({"application/xhtml+xml"})
)
