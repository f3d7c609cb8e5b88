"""YAML, TOML, INI and their like, kept line by line as they are: sections are headings, each key stands with its value.

A comment stays with what it is about. Nothing is evaluated, so that no alias and no reference can grow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..base import Block, BlockKind, Parsed
from ..encoding import decode

_SECTION = re.compile(r"\s*(\[{1,2}\s*([^\[\]]+?)\s*\]{1,2})\s*(?:[#;].*)?$")
_PAIR = re.compile(r"\s*(?:export\s+)?[\"']?[\w.$/@*<>+-][^=:#\n]{0,120}?[\"']?\s*(?:[=:]\s|[=:]$|=)")
_YAML_KEY = re.compile(r"(\s*)(?:- +)?([\"']?[\w.$/@*<>+ -]{1,120}?[\"']?)\s*:(?:\s*(?:[&!]\S+\s*)*)(?:#.*)?$")
_YAML_PAIR = re.compile(r"(\s*)(?:- +)?[\"']?[\w.$/@*<>+-][^:#\n]{0,120}?[\"']?\s*:(?:\s|$)")
_COMMENT = re.compile(r"\s*(?:#|;|//|!)")
_BLOCK_SCALAR = re.compile(r":\s*(?:[&!]\S+\s*)*[|>][+-]?\d?\s*(?:#.*)?$")
_TEXT = re.compile(r"\S.*\S|\S")


class _Line(NamedTuple):
    start: int
    text: str


def parse_sections(content: bytes) -> Parsed:
    return _parse_lines(decode(content), is_yaml=False, media_type="text/x-settings")


def parse_yaml(content: bytes) -> Parsed:
    return _parse_lines(decode(content), is_yaml=True, media_type="application/yaml")


def _parse_lines(text: str, *, is_yaml: bool, media_type: str) -> Parsed:
    lines: list[_Line] = []
    at = 0
    for line in text.split("\n"):
        lines.append(_Line(at, line))
        at += len(line) + 1
    blocks = _yaml_blocks(lines) if is_yaml else _section_blocks(lines)
    return Parsed(text, media_type, blocks=blocks, has_lines=True)


def _section_blocks(lines: Sequence[_Line]) -> list[Block]:
    blocks: list[Block] = []
    pending: list[_Line] = []  # comments, and the entry that they are about

    def flush(kind: BlockKind) -> None:
        _append(blocks, pending, kind)
        pending.clear()

    for line in lines:
        if not line.text.strip():
            flush(BlockKind.DEFINITION if pending and not _COMMENT.match(pending[-1].text) else BlockKind.PARAGRAPH)
        elif (section := _SECTION.match(line.text)) and not _COMMENT.match(line.text):
            flush(BlockKind.PARAGRAPH)
            level = section[2].count(".") + 1
            blocks.append(Block(line.start + section.start(1), line.start + section.end(1), BlockKind.HEADING, level))
        elif _COMMENT.match(line.text) or (_PAIR.match(line.text) and not line.text[:1].isspace()):
            if pending and not _COMMENT.match(pending[-1].text):
                flush(BlockKind.DEFINITION)
            pending.append(line)
        else:
            pending.append(line)  # a value goes on
    flush(BlockKind.DEFINITION)
    return blocks


def _yaml_blocks(lines: Sequence[_Line]) -> list[Block]:
    blocks: list[Block] = []
    comments: list[_Line] = []
    indents: list[int] = []  # of the sections that are open
    scalar_indent: int | None = None  # of the key whose text goes on below it
    for line in lines:
        text = line.text
        if not text.strip():
            continue
        indent = len(text) - len(text.lstrip())
        if scalar_indent is not None:
            if indent > scalar_indent:
                blocks[-1] = Block(blocks[-1].start, line.start + len(text.rstrip()), blocks[-1].kind)
                continue
            scalar_indent = None
        if _COMMENT.match(text) and not text.lstrip().startswith(("//", "!")):
            comments.append(line)
        elif text.strip() in {"---", "..."} or text.startswith("%YAML"):
            _append(blocks, comments, BlockKind.PARAGRAPH)
            comments = []
            blocks.append(Block(line.start, line.start + len(text), BlockKind.FURNITURE))
        elif (key := _YAML_KEY.match(text)) and not text.lstrip().startswith("- "):
            _append(blocks, comments, BlockKind.PARAGRAPH)
            comments = []
            while indents and indents[-1] >= indent:
                indents.pop()
            indents.append(indent)
            start, colon = line.start + key.start(2), line.start + text.index(":", key.end(2))
            blocks.append(Block(start, colon + 1, BlockKind.HEADING, len(indents)))
        elif indents and indent <= indents[-1] and (pair := _YAML_PAIR.match(text)) and not text.lstrip().startswith("- "):
            # a key of an outer section: a heading of its own keeps it from standing under the one before
            while indents and indents[-1] >= indent:
                indents.pop()
            _append(blocks, comments, BlockKind.PARAGRAPH)
            comments = []
            start, colon = line.start + indent, line.start + text.index(":")
            blocks.append(Block(start, colon + 1, BlockKind.HEADING, len(indents) + 1))
            value = _TEXT.search(text, pair.end())
            if value:
                blocks.append(Block(line.start + value.start(), line.start + value.end(), BlockKind.DEFINITION))
            indents.append(indent)
            scalar_indent = indent if _BLOCK_SCALAR.search(text) else None
        else:
            starts_entry = bool(_YAML_PAIR.match(text)) or text.lstrip().startswith("- ")
            of_item = indents and indent > indents[-1] and not text.lstrip().startswith("- ")
            kind = BlockKind.LIST_ITEM if text.lstrip().startswith("-") else BlockKind.DEFINITION
            joins = bool(blocks) and blocks[-1].kind is BlockKind.LIST_ITEM and not text.lstrip().startswith("- ")
            if blocks and not comments and (not starts_entry or (joins and of_item)) and blocks[-1].kind in _ENTRIES:
                blocks[-1] = Block(blocks[-1].start, line.start + len(text.rstrip()), blocks[-1].kind)
            else:
                _append(blocks, [*comments, line], kind)
                comments = []
            if _BLOCK_SCALAR.search(text):
                scalar_indent = indent
    _append(blocks, comments, BlockKind.PARAGRAPH)
    return blocks


_ENTRIES = {BlockKind.LIST_ITEM, BlockKind.DEFINITION}


def _append(blocks: list[Block], lines: Sequence[_Line], kind: BlockKind) -> None:
    if lines and (first := _TEXT.search(lines[0].text)):
        blocks.append(Block(lines[0].start + first.start(), lines[-1].start + len(lines[-1].text.rstrip()), kind))
