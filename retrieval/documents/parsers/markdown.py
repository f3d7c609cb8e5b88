"""Markdown, kept as it was written; its headings say where it may be cut (CommonMark, by markdown-it-py)."""

from __future__ import annotations

from .base import Format, Parsed
from .encoding import decode

_MEDIA_TYPE = "text/markdown"


def _parse(content: bytes) -> Parsed:
    from markdown_it import MarkdownIt

    text = decode(content)
    starts, at = [], 0
    for line in text.split("\n"):
        starts.append(at)
        at += len(line) + 1
    tokens = MarkdownIt("commonmark").parse(text)
    headings = [starts[token.map[0]] for token in tokens if token.type == "heading_open" and token.map]
    return Parsed(text, _MEDIA_TYPE, headings=headings)


FORMAT = Format(_MEDIA_TYPE, frozenset({".md", ".markdown", ".mdown"}), _parse)
