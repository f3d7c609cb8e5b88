"""Single files that are compressed, unpacked within bounds: what is read is the file inside."""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from pathlib import PurePath
from typing import IO, Any, Protocol

from .base import Unreadable

_MOST_BYTES = 200_000_000  # unpacked
_MOST_TIMES = 1_000  # its size, where it is large: what people write is packed to a tenth, logs to a hundredth
_LARGE = 20_000_000
_PIECE = 1 << 20
_ENDINGS = {".gz", ".bz2", ".xz", ".zst"}
_MAGIC = {b"\x1f\x8b\x08": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "XZ", b"\x28\xb5\x2f\xfd": "Zstandard"}


class _Decompressor(Protocol):
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def inner_name(name: str) -> str:
    """What a file is called once it is unpacked: "notes.txt" of "notes.txt.gz"."""
    path = PurePath(name)
    return str(path.with_suffix("")) if path.suffix.lower() in _ENDINGS and path.stem.strip(".") else name


def is_compressed(content: bytes) -> bool:
    return any(content.startswith(magic) for magic in _MAGIC)


def unpack(content: bytes) -> bytes | None:
    """What is inside; None where `content` is not compressed.

    Raises:
        Unreadable: it is damaged, or holds too much.
    """
    kind = next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), None)
    if kind is None:
        return None
    pieces: list[bytes] = []
    size = 0
    packed_bytes = len(content)
    try:
        while is_compressed(content):  # several may follow each other
            decompressor = _new(kind)
            waiting = content
            while True:
                piece = decompressor.decompress(waiting, _PIECE)
                size += len(piece)
                if size > _MOST_BYTES:
                    raise Unreadable(f"it unpacks to more than {_MOST_BYTES // 1_000_000} MB")
                if size > max(_LARGE, _MOST_TIMES * packed_bytes):
                    raise Unreadable(f"it unpacks to more than {_MOST_TIMES:,} times its size")
                pieces.append(piece)
                waiting = getattr(decompressor, "unconsumed_tail", b"")
                if decompressor.eof:  # type: ignore[attr-defined] # all of them have it
                    break
                if not piece and not waiting:
                    raise Unreadable("it is damaged, or cut off")
            content = decompressor.unused_data  # type: ignore[attr-defined]
    except Exception as error:  # each decompressor has errors of its own
        if isinstance(error, Unreadable | MemoryError):
            raise
        raise Unreadable("it is damaged, or cut off") from error
    return b"".join(pieces)


def _new(kind: str) -> _Decompressor:
    match kind:
        case "gzip":
            return zlib.decompressobj(zlib.MAX_WBITS | 16)
        case "bzip2":
            return bz2.BZ2Decompressor()
        case "Zstandard":
            return _zstd().ZstdDecompressor()  # type: ignore[no-any-return]
        case _:
            return lzma.LZMADecompressor(memlimit=_MOST_BYTES)


def open_zstd(stream: IO[bytes]) -> IO[bytes]:
    """What a stream holds, unpacked while it is read."""
    return _zstd().ZstdFile(stream)  # type: ignore[no-any-return]


def _zstd() -> Any:
    """The standard library's own from Python 3.14 on, and the same for those before."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd
