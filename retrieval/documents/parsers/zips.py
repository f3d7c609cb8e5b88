"""ZIP files opened within bounds: of archives, and of the documents that are packed so (OOXML, ODF, EPUB).

A list of members is held in memory whole, and damage shows in many ways.
"""

from __future__ import annotations

import lzma
import os
import struct
import zipfile
import zlib
from typing import IO

from .base import Unreadable

ZIP_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, KeyError, NotImplementedError, RuntimeError, OSError, ValueError),
)
_END = b"PK\x05\x06"
_END_BYTES = 22
_LONGEST_COMMENT = 65_536
_MOST_LISTED = 20_000_000  # bytes of the list of members: some 200,000 of them


def open_zip(stream: IO[bytes]) -> zipfile.ZipFile:
    """The archive, its members listed and none of them read.

    Raises:
        Unreadable: it lists more than memory should hold.
        ZIP_DAMAGE: it is no whole ZIP file.
    """
    length = stream.seek(0, os.SEEK_END)
    start = max(0, length - _END_BYTES - _LONGEST_COMMENT)
    stream.seek(start)
    tail = stream.read()
    end = tail.rfind(_END)
    listed = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if _MOST_LISTED < listed < 0xFFFFFFFF or (
        listed == 0xFFFFFFFF and length > _MOST_LISTED and _listed_64(tail) > _MOST_LISTED
    ):
        raise Unreadable("it holds more files than can be listed")
    stream.seek(0)
    return zipfile.ZipFile(stream)


def _listed_64(tail: bytes) -> int:
    """The same of an archive of more than 4 GB or 65,535 members."""
    end = tail.rfind(b"PK\x06\x06")
    return int.from_bytes(tail[end + 40 : end + 48], "little") if end >= 0 else 0
