"""One archive (ZIP, tar), in a file or in memory: what its members are called, how large they are, and their content."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import IO, cast

from .archive_names import MOST_BYTES, MOST_MEMBERS, ZIP_ENDINGS
from .base import Unreadable
from .compressed import open_zstd
from .zips import ZIP_DAMAGE, open_zip

_MOST_KEPT = 100_000_000  # bytes of a tar archive whose members are kept at hand while they are read one after the other
_MOST_HEADER = 10_000_000  # bytes read at once between two members: long names and the like
_DAMAGE = (*ZIP_DAMAGE, tarfile.TarError, StopIteration)
_DOCUMENT_PARTS = {"[Content_Types].xml", "mimetype"}  # an office document or a book is a ZIP archive that has one of them
_LEFT_OUT = {"__MACOSX", "node_modules", "__pycache__"}


class Packed(ABC):
    """An archive that has been opened; `stream` is closed with it."""

    sizes: Mapping[str, int]  # bytes of the members, unpacked, by their safe names

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def __del__(self) -> None:
        self._stream.close()

    def read(self, name: str, most: int) -> bytes:
        """The content of a member, of which the archive says that it has at most `most` bytes.

        Raises:
            Unreadable: it is damaged, encrypted, or larger than it says.
        """
        try:
            content = self._read(name, most + 1)
        except _DAMAGE as error:
            if "password" in str(error).lower() or "encrypted" in str(error).lower():
                raise Unreadable("it is encrypted") from error
            raise Unreadable("its archive is damaged, or cut off") from error
        if len(content) > most:
            raise Unreadable("it is larger than its archive says")
        return content

    @abstractmethod
    def _read(self, name: str, most: int) -> bytes:
        """At most so many bytes of a member."""


def open_packed(name: str, stream: IO[bytes]) -> Packed | None:
    """The archive of this name in `stream`; None where it is a document of another kind, such as a Word file.

    Raises:
        Unreadable: it is damaged, or lists too much.
    """
    try:
        if name.lower().endswith(ZIP_ENDINGS):
            packed = _Zip(stream)
            return packed if _DOCUMENT_PARTS.isdisjoint(packed.members) else None
        return _Tar(stream)
    except _DAMAGE as error:
        raise Unreadable("it is a damaged archive, or cut off") from error


def safe_name(name: str) -> str:
    """A member's name without what leads elsewhere; empty for what is hidden."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", ".", ".."}]
    if not parts or any(part.startswith(".") or part in _LEFT_OUT for part in parts):
        return ""
    return "/".join(part.replace("\x00", "\ufffd") for part in parts)


class _Zip(Packed):
    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream)
        self._package = open_zip(stream)
        self.members = set(self._package.namelist())
        self._infos = {safe: info for info in self._package.infolist() if (safe := safe_name(info.filename))}
        self.sizes = {name: info.file_size for name, info in self._infos.items() if not info.is_dir()}

    def _read(self, name: str, most: int) -> bytes:
        with self._package.open(self._infos[name]) as stream:
            return stream.read(most)


class _Tar(Packed):
    """It can only be read from its beginning."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream)
        self.sizes = dict(self._bounded())

    def _read(self, name: str, most: int) -> bytes:
        if name in self._kept:
            return self._kept[name][:most]
        return next(content for member, content in self._contents(most) if member == name)

    @cached_property
    def _kept(self) -> Mapping[str, bytes]:
        """All members of a small archive; nothing of a large one."""
        return dict(self._contents(_MOST_KEPT)) if sum(self.sizes.values()) <= _MOST_KEPT else {}

    def _contents(self, most: int) -> Iterator[tuple[str, bytes]]:
        guarded, tar = self._opened()
        for info in tar:
            if info.isreg() and (name := safe_name(info.name)) and (stream := tar.extractfile(info)) is not None:
                guarded.most = most
                yield name, stream.read(most)
                guarded.most = _MOST_HEADER

    def _bounded(self) -> Iterator[tuple[str, int]]:
        """The members up to the first beyond what is read: to go past it, it would have to be unpacked."""
        total = 0
        for _, info in zip(range(MOST_MEMBERS * 5), self._opened()[1], strict=False):
            if info.isreg() and (name := safe_name(info.name)):
                yield name, info.size
            total += info.size
            if total > MOST_BYTES:
                return

    def _opened(self) -> tuple[_Guarded, tarfile.TarFile]:
        self._stream.seek(0)
        guarded = _Guarded(_unpacked(self._stream))
        return guarded, tarfile.open(fileobj=cast("IO[bytes]", guarded), mode="r:")


class _Guarded:
    """A stream of which no more than `most` bytes are read at once: a header may claim to have gigabytes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.most = _MOST_HEADER

    def read(self, length: int = -1) -> bytes:
        if not 0 <= length <= self.most:
            raise tarfile.ReadError("a header is too long")
        return self._stream.read(length)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()


def _unpacked(stream: IO[bytes]) -> IO[bytes]:
    magic = stream.read(6)
    stream.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.open(stream))
    if magic.startswith(b"BZh"):
        return cast("IO[bytes]", bz2.open(stream))
    if magic == b"\xfd7zXZ\x00":
        return cast("IO[bytes]", lzma.open(stream))
    return open_zstd(stream) if magic.startswith(b"\x28\xb5\x2f\xfd") else stream
