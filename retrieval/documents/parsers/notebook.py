"""Notebooks: their cells in order, prose as prose and code as code, outputs as far as they are text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from ....text import count
from . import markdown
from .base import BlockKind, Parsed, Unreadable
from .builder import TextBuilder
from .data.blobs import is_blob
from .encoding import decode

_MEDIA_TYPE = "application/x-ipynb+json"
_LONGEST_OUTPUT = 2_000  # characters
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


def parse(content: bytes) -> Parsed:
    try:
        book = json.loads(decode(content))
    except (ValueError, RecursionError):
        raise Unreadable("it is not a whole notebook") from None
    cells = book.get("cells") if isinstance(book, Mapping) else None
    if cells is None and isinstance(book, Mapping):  # before version 4
        sheets = book.get("worksheets") or []
        cells = [cell for sheet in sheets if isinstance(sheet, Mapping) for cell in sheet.get("cells", [])]
    if not isinstance(cells, list):
        raise Unreadable("it is not a whole notebook")
    builder = TextBuilder()
    pictures = cut = 0
    for cell in cells:
        if not isinstance(cell, Mapping):
            continue
        source = _joined(cell.get("source", cell.get("input", "")))
        match cell.get("cell_type"):
            case "markdown" | "heading" if source.strip():
                _add_markdown(builder, source, cell.get("level"))
            case "code":
                builder.add(source, BlockKind.CODE)
                for output in cell.get("outputs") or []:
                    text, is_picture = _output(output)
                    pictures += is_picture
                    cut += len(text) > _LONGEST_OUTPUT
                    builder.add(text[:_LONGEST_OUTPUT], BlockKind.CODE)
            case _:
                builder.add(source)
    if pictures:
        are = "it is a picture" if pictures == 1 else "they are pictures"
        builder.notes.append(f"{count(pictures, 'output')} left out: {are}")
    if cut:
        builder.notes.append(f"{count(cut, 'long output')} cut off")
    return builder.build(_MEDIA_TYPE)


def _add_markdown(builder: TextBuilder, source: str, level: object) -> None:
    if isinstance(level, int):
        builder.add(source, BlockKind.HEADING, level=level)
        return
    parsed = markdown.parse(source.encode("utf-8", "replace"))
    at = 0
    for block in parsed.blocks:
        builder.add(parsed.text[at : block.start])
        builder.add(parsed.text[block.start : block.end], block.kind, level=block.level, context=block.context)
        at = max(at, block.end)
    builder.add(parsed.text[at:])
    builder.title = builder.title or parsed.title


def _joined(value: object) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _output(output: object) -> tuple[str, bool]:
    """An output as text, and whether it is a picture."""
    if not isinstance(output, Mapping):
        return "", False
    data = output.get("data")
    data = data if isinstance(data, Mapping) else output
    if output.get("output_type") in {"error", "pyerr"}:
        return f"{output.get('ename', '')}: {output.get('evalue', '')}", False
    text = _ESCAPES.sub("", _joined(data.get("text/plain", data.get("text", ""))))
    is_picture = any(str(key).startswith("image/") or key in {"png", "jpeg", "svg"} for key in data)
    return ("" if is_blob(text.strip()) or is_picture else text), is_picture
