"""Markdown, kept as it was written; its headings say where it may be cut (CommonMark, by markdown-it-py)."""

from __future__ import annotations

from .base import Block, BlockKind, Format, Parsed
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
    starts.append(len(text))
    blocks = [
        Block(starts[token.map[0]], starts[token.map[1]], BlockKind.HEADING, int(token.tag[1:]))
        for token in tokens
        if token.type == "heading_open" and token.map and token.level == 0
    ]
    return Parsed(text, _MEDIA_TYPE, blocks=blocks, has_lines=True)


FORMAT = Format(
    _MEDIA_TYPE,
    frozenset({".md", ".markdown", ".mdown"}),
    _parse,
    begins_freely=True,
    aliases=frozenset({"text/x-markdown"}),
)
