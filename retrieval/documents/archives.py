"""Archives (ZIP, tar): each member a document of its own, named as if the archive were a folder; so are those within them.

No path can clash with such a name: where the archive lies, no folder can. Its list of members is read each time, for an
ingest may have stopped amid them; the members of an archive that has not changed are not. Nothing is written to the disk.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ...text import size
from .parsers import Unreadable
from .parsers.archive_names import MOST_BYTES, MOST_MEMBERS, TAR_ENDINGS, ZIP_ENDINGS, is_archive
from .walking import Entry, Item, Missing

if TYPE_CHECKING:  # it needs all that packs, which few runs do
    from .parsers.packed import Packed

_DEEPEST = 3  # archives within archives, the outermost counted
_MOST_INNER = 100_000_000  # bytes of an archive within another: it is unpacked into memory
_IN_ARCHIVE = re.compile(rf"(?:{'|'.join(map(re.escape, (*ZIP_ENDINGS, *TAR_ENDINGS)))})[/\\]", re.I)


@dataclass(slots=True)
class Listing:
    """The members of an archive and of those within it, as far as they are read."""

    sizes: dict[str, int] = field(default_factory=dict)  # bytes, unpacked
    problems: dict[str, str] = field(default_factory=dict)  # archives within it that cannot be read, and why
    cut: bool = False  # there is more than is read
    total: int = 0  # bytes


def archive_of(source: str) -> str | None:
    """The file that `source` is a member of; None where it is no member. Only archives that are there count."""
    if not _IN_ARCHIVE.search(source):
        return None
    for parent in reversed(Path(source).parents):
        if is_archive(parent.name) and os.path.isfile(parent):  # noqa: PTH113 - it gives False where it may not look
            return str(parent)
    return None


def expand_archive(item: Item) -> Iterator[Entry]:
    """The members of `item`, or `item` itself where it is no archive."""
    place = item.place or item.source
    if (item.address is not None and item.place is None) or not is_archive(place):
        yield item
        return
    try:
        listing = _listing_of(place)
    except Unreadable as error:
        yield Missing(item.source, str(error))
        return
    except OSError as error:
        yield Missing(item.source, (error.strerror or str(error)).lower())
        return
    if listing is None:
        yield item  # a document that is called an archive
        return
    if not listing.sizes and not listing.problems:
        yield Missing(item.source, "it is an archive without documents")
    for name, member_bytes in listing.sizes.items():
        inner = f"{place}/{name}" if item.place else None
        yield Item(f"{item.source}/{name}", item.root, item.address, member_bytes, inner)
    for name, problem in listing.problems.items():
        yield Missing(f"{item.source}/{name}", problem)
    if listing.cut:
        bounds = f"{MOST_MEMBERS:,} members, {size(MOST_BYTES)}"
        yield Missing(item.source, f"it holds more than is read of an archive ({bounds}); the rest is left out")


def member_size(archive: str, source: str) -> int:
    """The size of a member in bytes, unpacked.

    Raises:
        FileNotFoundError: the archive has no such member now.
    """
    listing = _listing_of(archive) or Listing()
    name = source[len(archive) + 1 :]
    if name not in listing.sizes:
        raise FileNotFoundError(2, "it is not in its archive any more", source)
    return listing.sizes[name]


def read_member(archive: str, source: str, most: int) -> bytes:
    """The content of a member, of which the archive says that it has at most `most` bytes.

    Raises:
        Unreadable: it is damaged, encrypted, or larger than it says.
    """
    state = os.stat(archive)  # noqa: PTH116
    name = source[len(archive) + 1 :]
    packed = _opened(archive, state.st_mtime_ns, state.st_size, "")
    within = ""
    while packed is not None and name not in packed.sizes:
        inner = next((outer for outer in _outer_names(name) if outer in packed.sizes), None)
        if inner is None:
            break
        within, name = f"{within}{inner}/", name[len(inner) + 1 :]
        packed = _opened(archive, state.st_mtime_ns, state.st_size, within)
    if packed is None:
        raise Unreadable("its archive is damaged, or cut off")
    return packed.read(name, most)


def _listing_of(archive: str) -> Listing | None:
    state = os.stat(archive)  # noqa: PTH116
    return _listing(archive, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _listing(archive: str, mtime_ns: int, archive_size: int) -> Listing | None:
    """None where the file is a document of another kind, such as a Word file."""
    from .parsers.packed import open_packed

    packed = open_packed(archive, open(archive, "rb"))  # noqa: PTH123, SIM115 - closed with the archive
    if packed is None:
        return None
    listing = Listing()
    _list(packed, "", 1, listing)
    return listing


def _list(packed: Packed, within: str, depth: int, listing: Listing) -> None:
    for name, member_bytes in packed.sizes.items():
        listing.total += member_bytes
        if listing.cut or len(listing.sizes) >= MOST_MEMBERS or listing.total > MOST_BYTES:
            listing.cut = True
            return
        if not is_archive(name):
            listing.sizes[within + name] = member_bytes
        elif depth >= _DEEPEST:
            listing.problems[within + name] = f"it is an archive within {depth} others; so deep none is read"
        else:
            try:
                inner = _inner(packed, name)
            except Unreadable as error:
                listing.problems[within + name] = str(error)
                continue
            if inner is None:
                listing.sizes[within + name] = member_bytes
            else:
                _list(inner, f"{within}{name}/", depth + 1, listing)


def _inner(packed: Packed, name: str) -> Packed | None:
    """The archive that is a member of another."""
    if packed.sizes[name] > _MOST_INNER:
        raise Unreadable(f"it has {size(packed.sizes[name])}, and archives within others are read up to {size(_MOST_INNER)}")
    from .parsers.packed import open_packed

    return open_packed(name, io.BytesIO(packed.read(name, packed.sizes[name])))


@lru_cache(maxsize=2)
def _opened(archive: str, mtime_ns: int, archive_size: int, within: str) -> Packed | None:
    """The archive itself, or the one `within` it: to list its members for each of them would take squared time."""
    from .parsers.packed import open_packed

    if not within:
        return open_packed(archive, open(archive, "rb"))  # noqa: PTH123 - closed with the archive
    outer, name = "", within[:-1]
    packed = _opened(archive, mtime_ns, archive_size, "")
    while packed is not None and name not in packed.sizes:
        inner = next((each for each in _outer_names(name) if each in packed.sizes), None)
        if inner is None:
            return None
        outer, name = f"{outer}{inner}/", name[len(inner) + 1 :]
        packed = _opened(archive, mtime_ns, archive_size, outer)
    return None if packed is None else _inner(packed, name)


def _outer_names(name: str) -> Iterator[str]:
    """The archives that a member's name says it lies in, the longest name first."""
    parts = name.split("/")
    for length in range(len(parts) - 1, 0, -1):
        if is_archive(parts[length - 1]):
            yield "/".join(parts[:length])
