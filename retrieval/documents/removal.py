"""Documents that are gone from where they were read, taken out of the library; and those that only seem to be gone.

A folder owns what lies below it, by whatever path, glob or subfolder that was once read, and what links in it led to. What
cannot be looked at now is not gone: a folder that is missing, empty or unreadable, and a volume that is not mounted.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from ...text import count
from ..docstore import SourceInfo
from .globbing import is_match, split_pattern
from .omitting import Omissions
from .parsers.archive_names import is_archive
from .volumes import is_mounted
from .walking import Missing, is_url, local_path


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person named, as far as documents may be gone from there: a folder, with a pattern or without."""

    folder: Path  # real, and there
    pattern: Sequence[str] = ()

    def owns(self, info: SourceInfo) -> bool:
        source = Path(info.source)
        if self.pattern:
            return source.is_relative_to(self.folder) and is_match(source.relative_to(self.folder).parts, self.pattern)
        return lies_below(info, self.folder)


def lies_below(info: SourceInfo, folder: Path) -> bool:
    """Whether a document is of this folder: it lies there, or was read through a link there."""
    return not is_url(info.source) and any(Path(path).is_relative_to(folder) for path in (info.source, info.root))


def find_gone(
    known: Mapping[str, SourceInfo],
    names: Sequence[str],
    present: Iterable[str],
    unseen: Collection[Path],
    omissions: Omissions | None = None,
) -> tuple[list[str], list[Missing]]:
    """The sources among `known` that are gone from what `names` name, and why others are kept that are not there.

    `present`: what was read or tried now; `unseen`: what could not be looked at; `omissions`: what of a folder is left out
    now, and so is gone as well.
    """
    present, unseen = set(present), set(unseen)
    gone: list[str] = []
    kept: list[Missing] = []
    for scope in dict.fromkeys(_scopes(names)):
        lost = [
            info
            for source, info in known.items()
            if source not in present and scope.owns(info) and _is_gone(info, scope.folder, unseen, omissions)
        ]
        unmounted = {volume for volume in {info.volume for info in lost} if not is_mounted(volume)}
        if lost and _is_empty(scope.folder):
            kept.append(Missing(str(scope.folder), _explain("the folder is empty", len(lost), str(scope.folder))))
            continue
        for volume in sorted(unmounted):
            number = sum(info.volume == volume for info in lost)
            kept.append(Missing(volume, _explain("no volume is mounted there now", number, volume)))
        gone += [info.source for info in lost if info.volume not in unmounted]
    return list(dict.fromkeys(gone)), kept


def _scopes(names: Sequence[str]) -> Iterator[Scope]:
    for name in names:
        path = local_path(name)
        if path is None:
            continue
        if not os.path.lexists(path) and glob.has_magic(name):
            folder, pattern = split_pattern(path)
            if os.path.isdir(folder):  # noqa: PTH112 - it gives False where it may not look
                yield Scope(folder.resolve(), tuple(pattern))
        elif os.path.isdir(path) or is_archive(path.name):  # noqa: PTH112
            yield Scope(path.resolve())


def _is_gone(info: SourceInfo, folder: Path, unseen: Set[Path], omissions: Omissions | None) -> bool:
    source = Path(info.source)
    if not unseen.isdisjoint((source, *source.parents)):
        return False
    try:
        source.stat()
    except (FileNotFoundError, NotADirectoryError):
        # what a link led to may be gone with its drive, mount point and all
        return source.is_relative_to(folder) or os.path.isdir(source.parent)  # noqa: PTH112
    except OSError:
        return False
    below = info.root != info.source and source.is_relative_to(info.root)  # else the person named it itself, or a link did
    return omissions is not None and below and omissions.excludes(info.source, info.root)


def _is_empty(folder: Path) -> bool:
    """Nothing but hidden entries is there: so looks a mount point without its volume."""
    try:
        with os.scandir(folder) as entries:
            return all(entry.name.startswith(".") for entry in entries)
    except NotADirectoryError:  # an archive
        return False
    except OSError:
        return True


def _explain(reason: str, number: int, place: str) -> str:
    them, are = ("it", "is") if number == 1 else ("them", "are")
    documents = f"{count(number, 'document')} read there before {are} kept"
    return f"{reason}, and {documents}; `ayllu sources remove {place}` takes {them} out"
