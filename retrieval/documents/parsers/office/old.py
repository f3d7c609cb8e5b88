"""Files of Office before 2007, and what else comes in their container (OLE): told apart by the names of their streams."""

from __future__ import annotations

import struct
from collections.abc import Sequence

OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY = 128  # bytes of a directory entry
_MOST_SECTORS = 20_000  # of the directory
_END = 0xFFFFFFFA  # sector numbers from here on are marks


def stream_names(content: bytes) -> list[str]:
    """The names of the streams and storages in an OLE file; those that can be read where it is damaged."""
    if len(content) < 512 or not content.startswith(OLE_START):
        return []
    shift = struct.unpack_from("<H", content, 30)[0]
    if shift not in (9, 12):
        return []
    size = 1 << shift
    table = _sector_table(content, size)
    names = []
    sector, seen = struct.unpack_from("<I", content, 48)[0], 0
    while sector < _END and seen < _MOST_SECTORS:
        start = (sector + 1) * size
        for at in range(start, min(start + size, len(content) - _ENTRY + 1), _ENTRY):
            length = struct.unpack_from("<H", content, at + 64)[0]
            if 2 <= length <= 64 and content[at + 66]:
                names.append(content[at : at + length - 2].decode("utf-16-le", "replace"))
        sector = table[sector] if sector < len(table) else _END
        seen += 1
    return names


def _sector_table(content: bytes, size: int) -> Sequence[int]:
    """The chain of sectors; of very large files only what the header names of it."""
    table: list[int] = []
    for sector in struct.unpack_from("<109I", content, 76):
        start = (sector + 1) * size
        if sector < _END and start + size <= len(content):
            table += struct.unpack_from(f"<{size // 4}I", content, start)
    return table
