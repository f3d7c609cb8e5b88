"""What a person names (files, folders, globs, addresses) as a list of documents, each real file once."""

from __future__ import annotations

import errno
import glob
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...paths import NoSuchUser, expand
from ...redaction import drop_login
from .globbing import find_matches, split_pattern
from .omitting import Omissions

OnOmission = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Item:
    """One document to read. `root` is what the person named, made absolute; `address` is with the login it takes."""

    source: str  # real path, or URL
    root: str
    address: str | None = None
    size: int | None = None  # bytes, of a member of an archive
    place: str | None = None  # where its content lies, of what an address gave: a file, or a member of one


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that cannot be looked at, or is not, and why."""

    source: str
    error: str


Entry = Item | Missing


def walk(
    names: Sequence[str],
    *,
    follow_links: bool = False,
    omissions: Omissions | None = None,
    on_omission: OnOmission | None = None,
) -> Iterator[Entry]:
    """Every document below `names`, in a stable order, but for what is left out: see `Omissions`.

    Links within a folder are followed; those that lead out of it only with `follow_links`. What is named is followed anyway.
    `on_omission` is called with each file or folder that is left out, and why.
    """
    walker = _Walker(omissions or Omissions(), on_omission, follow_links=follow_links)
    for name in names:
        yield from walker.named(name)


def is_url(name: str) -> bool:
    return name[:8].lower().startswith(("http://", "https://"))


def local_path(name: str) -> Path | None:
    """What is named as an absolute path; None where it is an address, or no path at all."""
    if not name or is_url(name) or "\x00" in name:  # an empty name is no word for the current folder
        return None
    try:
        return expand(name).absolute()
    except NoSuchUser:
        return None


def folders_below(folder: Path, omissions: Omissions | None = None) -> Iterator[str]:
    """`folder`, which is real, and all real folders below it that can be read, but for what is left out.

    Raises:
        OSError: `folder` itself cannot be read.
    """
    omissions = omissions or Omissions()
    waiting = [str(folder)]
    while waiting:
        path = waiting.pop()
        try:
            with os.scandir(path) as entries:
                folders = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError:
            if path == str(folder):
                raise
            continue
        waiting += [entry.path for entry in folders if not omissions.reason(entry.path, str(folder), is_folder=True)]
        yield path


class _Walker:
    """Goes into each real folder once and gives each real file once, however many links lead there."""

    def __init__(self, omissions: Omissions, on_omission: OnOmission | None, *, follow_links: bool) -> None:
        self._omissions = omissions
        self._spelled_out = Omissions(hidden=True, rules=omissions.rules)  # a pattern says which hidden names it means
        self._on_omission = on_omission
        self._follow_links = follow_links
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def named(self, name: str) -> Iterator[Entry]:
        if is_url(name):
            known_as = drop_login(name)
            yield from self._once(Item(known_as, known_as, name))
            return
        path = local_path(name)
        if path is None:
            yield Missing(name.replace("\x00", "\ufffd"), _why_no_path(name))
        elif os.path.lexists(path):
            yield from self._target(path, str(path.resolve()), None)
        elif glob.has_magic(name):
            yield from self._matching(name, path)
        else:
            yield Missing(name, "there is no such file or folder")

    def _matching(self, name: str, pattern: Path) -> Iterator[Entry]:
        folder, parts = split_pattern(pattern)
        nothing = True
        for match in find_matches(folder, parts, follow_links=self._follow_links):
            nothing = False
            if isinstance(match, OSError):
                yield Missing(str(match.filename), _reason(match))
            elif os.path.isdir(match):  # noqa: PTH112 - it gives False where it may not look
                continue
            elif not self._spelled_out.excludes(str(match), str(folder)):
                yield from self._target(match, os.path.realpath(match), folder.resolve())
        if nothing:
            yield Missing(name, "nothing matches")

    def _below(self, folder: Path, root: Path) -> Iterator[Entry]:
        """Depth first; `folder` is a real path, and with it all that no link leads to."""
        opened = [self._entries(str(folder))]
        while opened:
            entry = next(opened[-1], None)
            if entry is None:
                opened.pop()
            elif isinstance(entry, Missing):
                yield entry
            elif not self._is_omitted(entry.path, folder, is_folder=entry.is_dir(follow_symlinks=False)):
                if entry.is_symlink():
                    yield from self._target(Path(entry.path), str(root), root)
                elif entry.is_dir(follow_symlinks=False):
                    opened.append(self._entries(entry.path))
                else:
                    yield from self._file(Path(entry.path), root)

    def _is_omitted(self, path: str, folder: Path, *, is_folder: bool) -> bool:
        reason = self._omissions.reason(path, str(folder), is_folder=is_folder)
        if reason and self._on_omission is not None:
            self._on_omission(path, reason)
        return bool(reason)

    def _entries(self, folder: str) -> Iterator[os.DirEntry[str] | Missing]:
        if folder in self._folders:
            return
        self._folders.add(folder)
        try:
            if not os.access(folder, os.X_OK):  # it could be listed, and then each of its files refused
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            with os.scandir(folder) as entries:
                yield from sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield Missing(folder, _reason(error))

    def _target(self, path: Path, root: str, within: Path | None) -> Iterator[Entry]:
        """What `path`, which may be a link, leads to; `within`: the folder that it may not lead out of."""
        try:
            real = path.resolve(strict=True)
            is_folder = real.is_dir()
        except (OSError, RuntimeError) as error:
            yield Missing(str(path), _reason(error))
            return
        if within is not None and not self._follow_links and not real.is_relative_to(within):
            yield Missing(str(path), "it is a link that leads out of the folder; `--follow-links` reads what is there")
        elif is_folder:
            yield from self._below(real, Path(root))
        else:
            yield from self._file(real, Path(root))

    def _file(self, real: Path, root: Path) -> Iterator[Entry]:
        try:
            kind = real.stat().st_mode
        except OSError as error:
            yield Missing(str(real), _reason(error))
            return
        if stat.S_ISREG(kind):
            yield from self._once(Item(str(real), str(root)))
        else:
            yield Missing(str(real), "it is not a regular file")

    def _once(self, item: Item) -> Iterator[Item]:
        if item.source not in self._files:
            self._files.add(item.source)
            yield item


def _why_no_path(name: str) -> str:
    if not name:
        return "an empty name stands for nothing; `.` is the current folder"
    return "a path cannot hold a NUL character" if "\x00" in name else "this system knows no such home"


def _reason(error: BaseException) -> str:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return reason[:1].lower() + reason[1:]
