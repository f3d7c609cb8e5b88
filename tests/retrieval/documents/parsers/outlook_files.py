"""Messages of Outlook for tests: an OLE file (MS-CFB) with small streams, written from the properties that a test wants."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR, _SMALL, _ENTRY, _CUTOFF = 512, 64, 128, 4096
_END, _FREE, _TABLE, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
Storage = Mapping[str, "bytes | Storage"]


def text_property(tag: int, text: str) -> dict[str, bytes]:
    return {f"__substg1.0_{tag:04X}001F": text.encode("utf-16-le")}


def sent_at(ticks: int) -> dict[str, bytes]:
    """The stream of properties of fixed size, with the time at which a message was sent, as a FILETIME."""
    return {"__properties_version1.0": bytes(32) + struct.pack("<HHIQ", 0x40, 0x0039, 6, ticks)}


def ole_file(root: Storage) -> bytes:
    """A file with these streams, each below 4,096 bytes, and storages."""
    entries: list[bytearray] = []
    small = bytearray()
    chains: list[int] = []

    def add(name: str, kind: int) -> int:
        raw = name.encode("utf-16-le")
        entry = bytearray(_ENTRY)
        entry[: len(raw)] = raw
        struct.pack_into("<HBBIII", entry, 64, len(raw) + 2, kind, 1, _NONE, _NONE, _NONE)
        struct.pack_into("<I", entry, 116, _END)
        entries.append(entry)
        return len(entries) - 1

    def fill(number: int, storage: Storage) -> None:
        previous = _NONE
        for name, content in sorted(storage.items(), key=lambda item: (-len(item[0]), item[0].upper()), reverse=True):
            child = add(name, 2 if isinstance(content, bytes) else 1)
            if previous == _NONE:
                struct.pack_into("<I", entries[number], 76, child)
            else:
                struct.pack_into("<I", entries[previous], 72, child)
            previous = child
            if not isinstance(content, bytes):
                fill(child, content)
                continue
            assert len(content) < _CUTOFF
            count = -(-len(content) // _SMALL)
            struct.pack_into("<IQ", entries[child], 116, len(chains) if count else _END, len(content))
            chains.extend([*range(len(chains) + 1, len(chains) + count), _END] if count else [])
            small.extend(content + bytes(count * _SMALL - len(content)))

    fill(add("Root Entry", 5), root)
    sections = [b"".join(entries), struct.pack(f"<{len(chains)}I", *chains), bytes(small)]
    counts = [-(-len(section) // _SECTOR) for section in sections]
    starts = [1, 1 + counts[0], 1 + counts[0] + counts[1]]
    struct.pack_into("<IQ", entries[0], 116, starts[2], len(small))
    sections[0] = b"".join(entries)
    table = [_TABLE]
    for start, count in zip(starts, counts, strict=True):
        table += [*range(start + 1, start + count), _END]
    assert len(table) <= _SECTOR // 4
    header = bytearray(_SECTOR)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIII", header, 44, 1, starts[0], 0, _CUTOFF, starts[1], counts[1], _END, 0)
    struct.pack_into("<109I", header, 76, 0, *[_FREE] * 108)
    padded = b"".join(s + bytes(c * _SECTOR - len(s)) for s, c in zip(sections, counts, strict=True))
    return bytes(header) + struct.pack("<128I", *table, *[_FREE] * (128 - len(table))) + padded
