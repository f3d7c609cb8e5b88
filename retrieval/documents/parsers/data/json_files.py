"""JSON: one value, or one a line. What is not well formed is read as plain text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from .....text import count
from ..base import Block, BlockKind, Parsed
from ..builder import TextBuilder
from ..encoding import decode
from ..feeds import add_json_feed
from ..plain import parse_text
from .tree import TreeWriter, Value

_MEDIA_TYPE = "application/json"
_LINES_MEDIA_TYPE = "application/x-ndjson"
_JSON_FEED = "https://jsonfeed.org/version/"
_COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*")|/\*.*?\*/|//[^\n]*', re.S)
_TRAILING_COMMA = re.compile(r'("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])', re.S)


def parse(content: bytes) -> Parsed:
    text = decode(content)
    try:
        value = _loaded(text)
    except ValueError as error:
        if _is_lines(text):
            return replace(parse_lines(content), media_type=_MEDIA_TYPE)
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        return parse_text(text, _MEDIA_TYPE, (f"it is not well-formed JSON{where}: read as plain text",))
    except RecursionError:
        return parse_text(text, _MEDIA_TYPE, ("its values are nested too deeply: read as plain text",))
    builder = TextBuilder()
    if isinstance(value, Mapping) and str(value.get("version", "")).startswith(_JSON_FEED):
        add_json_feed(builder, value)
        return builder.build("application/feed+json")
    title = value.get("title") if isinstance(value, Mapping) else None
    builder.title = title if isinstance(title, str) else ""
    writer = TreeWriter(builder)
    writer.write(value)
    builder.notes += writer.notes()
    return builder.build(_MEDIA_TYPE)


def _loaded(text: str) -> Value:
    try:
        return json.loads(text)
    except ValueError as error:
        plain = _TRAILING_COMMA.sub(lambda match: match[1] or "", _COMMENT.sub(lambda match: match[1] or " ", text))
        try:
            return json.loads(plain)
        except ValueError:
            raise error from None


def _is_lines(text: str) -> bool:
    first, _, second = text.lstrip().partition("\n")
    return first.startswith(("{", "[")) and first.rstrip().endswith(("}", "]")) and second.lstrip().startswith(("{", "["))


def parse_lines(content: bytes) -> Parsed:
    """Each record on the line on which it stands in the file."""
    builder = TextBuilder()
    writer = TreeWriter(builder)
    rows: list[str] = []
    blocks: list[Block] = []
    bad = at = 0
    for line in decode(content).split("\n"):
        row = line.strip()
        try:
            value = json.loads(row) if row else None
            row = f"{writer.row(value)}." if isinstance(value, dict | list) else writer.scalar(value)
        except (ValueError, RecursionError):
            bad += 1
        if row.strip("."):
            blocks.append(Block(at, at + len(row), BlockKind.TABLE_ROW))
        else:
            row = ""
        rows.append(row)
        at += len(row) + 1
    notes = [
        *writer.notes(),
        *(
            [f"{count(bad, 'line')} of it {'is' if bad == 1 else 'are'} not well-formed JSON: read as plain text"]
            if bad
            else []
        ),
    ]
    return Parsed("\n".join(rows).rstrip("\n"), _LINES_MEDIA_TYPE, blocks=blocks, has_lines=True, notes=notes)
