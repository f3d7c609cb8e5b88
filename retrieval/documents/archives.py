"""Archives (ZIP, tar): each member a document of its own, named as if the archive were a folder.

No path can clash with such a name: where the archive lies, no folder can. Its list of members is read each time, for an
ingest may have stopped amid them; the members of an archive that has not changed are not. Nothing is written to the disk.
"""

from __future__ import annotations

import lzma
import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ...text import size
from .parsers import Unreadable
from .walking import Entry, Item, Missing

if TYPE_CHECKING:
    import tarfile

_ZIP = (".zip",)
_TAR = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz")
_MOST_MEMBERS = 2_000
_MOST_BYTES = 500_000_000  # unpacked, of all members
_MOST_KEPT = 100_000_000  # bytes of a tar archive whose members are kept at hand while they are read one after the other
_DOCUMENT_PARTS = {"[Content_Types].xml", "mimetype"}  # an office document or a book is a ZIP archive that has one of them
_IN_ARCHIVE = re.compile(r"\.(?:zip|tar|tar\.gz|tgz|tar\.bz2|tbz2?|tar\.xz|txz)[/\\]", re.I)


def is_archive(name: str) -> bool:
    """Whether a file is an archive by its name."""
    return name.lower().endswith(_ZIP + _TAR)


def archive_of(source: str) -> str | None:
    """The archive that `source` is a member of; None where it is no member. Only archives that are there count."""
    if not _IN_ARCHIVE.search(source):
        return None
    for parent in Path(source).parents:
        if is_archive(parent.name) and os.path.isfile(parent):  # noqa: PTH113 - it gives False where it may not look
            return str(parent)
    return None


def expand_archive(item: Item) -> Iterator[Entry]:
    """The members of `item`, or `item` itself where it is no archive."""
    if item.address is not None or not is_archive(item.source):
        yield item
        return
    try:
        state = os.stat(item.source)  # noqa: PTH116
        sizes = _sizes(item.source, state.st_mtime_ns, state.st_size)
    except Unreadable as error:
        yield Missing(item.source, str(error))
        return
    except OSError as error:
        yield Missing(item.source, (error.strerror or str(error)).lower())
        return
    if sizes is None:
        yield item  # a document that is called an archive
        return
    total = 0
    for number, (name, member_bytes) in enumerate(sizes.items()):
        total += member_bytes
        if number >= _MOST_MEMBERS or total > _MOST_BYTES:
            bounds = f"{_MOST_MEMBERS:,} members, {size(_MOST_BYTES)}"
            yield Missing(item.source, f"it holds more than is read of an archive ({bounds}); the rest is left out")
            return
        yield Item(f"{item.source}/{name}", item.root, size=member_bytes)


def member_size(archive: str, source: str) -> int:
    """The size of a member in bytes, unpacked.

    Raises:
        FileNotFoundError: the archive has no such member now.
    """
    state = os.stat(archive)  # noqa: PTH116
    sizes = _sizes(archive, state.st_mtime_ns, state.st_size) or {}
    name = source[len(archive) + 1 :]
    if name not in sizes:
        raise FileNotFoundError(2, "it is not in its archive any more", source)
    return sizes[name]


def read_member(archive: str, source: str, most: int) -> bytes:
    """The content of a member, of which the archive says that it has at most `most` bytes.

    Raises:
        Unreadable: it is damaged, encrypted, or larger than it says.
    """
    name = source[len(archive) + 1 :]
    state = os.stat(archive)  # noqa: PTH116
    try:
        if not archive.lower().endswith(_ZIP):
            content = _tar_contents(archive, state.st_mtime_ns, state.st_size).get(name)
            content = _tar_member(archive, name, most) if content is None else content
        else:
            package, members = _opened_zip(archive, state.st_mtime_ns, state.st_size)
            with package.open(members[name]) as stream:
                content = stream.read(most + 1)
    except _damage() as error:
        if "password" in str(error).lower() or "encrypted" in str(error).lower():
            raise Unreadable("it is encrypted") from error
        raise Unreadable("its archive is damaged, or cut off") from error
    if len(content) > most:
        raise Unreadable("it is larger than its archive says")
    return content


@lru_cache(maxsize=8)
def _sizes(archive: str, mtime_ns: int, archive_size: int) -> Mapping[str, int] | None:
    """The sizes of the members by their names; None where the file is a document of another kind, such as a Word file."""
    try:
        if archive.lower().endswith(_ZIP):
            with zipfile.ZipFile(archive) as package:
                if not _DOCUMENT_PARTS.isdisjoint(package.namelist()):
                    return None
                members = [(info.filename, info.file_size) for info in package.infolist() if not info.is_dir()]
        else:
            import tarfile

            with tarfile.open(archive) as tar:
                members = list(_bounded(tar))
    except _damage() as error:
        raise Unreadable("it is a damaged archive, or cut off") from error
    return {safe: member_bytes for name, member_bytes in members if (safe := _safe_name(name))}


def _bounded(tar: tarfile.TarFile) -> Iterator[tuple[str, int]]:
    """The members of a tar archive, up to the first beyond what is read: to go past it, it would have to be unpacked."""
    total = 0
    for _, info in zip(range(_MOST_MEMBERS * 5), tar, strict=False):
        if info.isreg():
            yield info.name, info.size
        total += info.size
        if total > _MOST_BYTES:
            return


@cache
def _damage() -> tuple[type[Exception], ...]:
    """What reading a damaged archive raises."""
    import tarfile

    return (
        *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError),
        *(EOFError, KeyError, NotImplementedError, RuntimeError, StopIteration, ValueError),
    )


def _safe_name(name: str) -> str:
    """A member's name without what leads elsewhere; empty for what is hidden."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", ".", ".."}]
    if not parts or any(part.startswith(".") or part in {"__MACOSX", "node_modules", "__pycache__"} for part in parts):
        return ""
    return "/".join(part.replace("\x00", "\ufffd") for part in parts)


@lru_cache(maxsize=1)
def _opened_zip(archive: str, mtime_ns: int, archive_size: int) -> tuple[zipfile.ZipFile, Mapping[str, zipfile.ZipInfo]]:
    """A package and its members by their safe names: to read its directory for each of them would take squared time."""
    package = zipfile.ZipFile(archive)
    return package, {_safe_name(info.filename): info for info in package.infolist()}


def _tar_member(archive: str, name: str, most: int) -> bytes:
    import tarfile

    with tarfile.open(archive) as tar:
        for info in tar:
            if info.isreg() and _safe_name(info.name) == name and (stream := tar.extractfile(info)) is not None:
                return stream.read(most + 1)
    raise KeyError(name)


@lru_cache(maxsize=1)
def _tar_contents(archive: str, mtime_ns: int, archive_size: int) -> Mapping[str, bytes]:
    """All members of a small tar archive, which can only be read from its beginning; nothing of a large one."""
    if sum((_sizes(archive, mtime_ns, archive_size) or {}).values()) > _MOST_KEPT:
        return {}
    contents: dict[str, bytes] = {}
    import tarfile

    with tarfile.open(archive) as tar:
        for info in tar:
            if info.isreg() and (name := _safe_name(info.name)) and (stream := tar.extractfile(info)) is not None:
                contents[name] = stream.read(_MOST_KEPT)
    return contents
