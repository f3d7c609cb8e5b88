"""The whole home in one file, also while it is in use; and back.

A tar archive: first the files, each SQLite file as one of its moments, last `backup.json`, which names them all with their
sizes and digests, so that an archive which was cut off is known for it. What can be made anew is left out: the vector store
and logs.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from .. import __version__
from ..errors import AylluError
from ..paths import Paths
from ..storage import DatabaseDamaged, explain, explain_system, make_private_file

MANIFEST = "backup.json"
HOME, SETTINGS = "home", "settings.toml"  # names in the archive: the folder of all that is kept, and the settings file
FORMAT = 1
DATABASES = ("library/library.sqlite", "conversations.sqlite", "feedback.sqlite")
FOLDERS = ("adapters", "prompts")  # with all that is in them, but what begins with a full stop: locks and unfinished work
Progress = Callable[[str, int, int | None], None]


class BackupFailed(AylluError):
    """A backup cannot be written, or is none."""

    kind = "backup"


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a backup. `name` is its place in the archive."""

    name: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself."""

    format: int
    version: str  # of the ayllu that wrote it
    created_at: str  # ISO 8601, UTC
    files: tuple[Member, ...]

    @property
    def size(self) -> int:
        return sum(member.size for member in self.files)


def write_backup(paths: Paths, target: Path, *, progress: Progress | None = None) -> Backup:
    """Write all that `paths` hold to `target`, whole or not at all, for its owner's eyes only.

    Raises:
        BackupFailed: there is nothing to keep.
        DatabaseDamaged: one of the databases cannot be copied; `sources repair` or an older backup may help.
        DatabaseUnavailable: there is no room, or no right.
    """
    names = list(_files(paths.home))
    if not names and not paths.config.is_file():
        raise BackupFailed(
            f"There is nothing in {paths.home} yet.", hint="`ayllu ingest FOLDER` begins a library; or name another --home."
        )
    scratch = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        make_private_file(scratch)
        backup = _write(paths, names, scratch, target, progress or (lambda *_: None))
        scratch.replace(target)
    except OSError as error:
        raise explain_system(error, target) from error
    finally:
        scratch.unlink(missing_ok=True)
    return backup


def _write(paths: Paths, names: list[str], scratch: Path, target: Path, progress: Progress) -> Backup:
    sizes = {name: _size(paths.home / name) for name in names}
    total, done = sum(sizes.values()), 0
    members: list[Member] = []
    with scratch.open("wb") as stream, tarfile.open(fileobj=stream, mode="w:gz", compresslevel=1) as archive:
        for name in names:
            progress(name, done, total)
            file = paths.home / name
            if member := _add(archive, file, f"{HOME}/{name}", target.parent):
                members.append(member)
            done += sizes[name]
        if paths.config.is_file() and (member := _add(archive, paths.config, SETTINGS, target.parent)):
            members.append(member)
        backup = Backup(FORMAT, __version__, datetime.now(UTC).isoformat(timespec="seconds"), tuple(members))
        content = json.dumps(asdict(backup), indent=1).encode()
        _add_stream(archive, io.BytesIO(content), MANIFEST, len(content))
        archive.close()
        stream.flush()
        os.fsync(stream.fileno())
    progress("done", total, total)
    return backup


def _files(home: Path) -> Iterator[str]:
    """What is kept, by its place below `home`; first what says which adapter is in use, for all that it names is there."""
    yield from (name for name in DATABASES if (home / name).is_file())
    for top in FOLDERS:
        for folder, folders, files in os.walk(home / top):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files, key=lambda name: (name != "active.json", name)):
                file = Path(folder) / name
                if not name.startswith(".") and file.is_file() and not file.is_symlink():
                    yield file.relative_to(home).as_posix()


def _add(archive: tarfile.TarFile, file: Path, name: str, scratch_folder: Path) -> Member | None:
    """None where the file has just gone."""
    if name.removeprefix(f"{HOME}/") in DATABASES:
        with tempfile.TemporaryDirectory(prefix=".ayllu-backup-", dir=scratch_folder) as folder:
            copy = Path(folder) / file.name
            _snapshot(file, copy)
            with copy.open("rb") as stream:
                return _add_stream(archive, stream, name, copy.stat().st_size)
    try:
        with file.open("rb") as stream:
            return _add_stream(archive, stream, name, os.fstat(stream.fileno()).st_size)
    except FileNotFoundError:
        return None


def _add_stream(archive: tarfile.TarFile, stream: io.BufferedIOBase, name: str, size: int) -> Member:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(datetime.now(UTC).timestamp())
    hashing = _Hashing(stream, size)
    archive.addfile(entry, hashing)
    return Member(name, size, hashing.digest.hexdigest())


class _Hashing(io.RawIOBase):
    """A stream of exactly `size` bytes that is hashed as it is read; what is missing at its end is zeros."""

    def __init__(self, stream: io.BufferedIOBase, size: int) -> None:
        self._stream, self._left = stream, size
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        size = self._left if size < 0 else min(size, self._left)
        content = self._stream.read(size)
        content += bytes(size - len(content))  # it was cut off while it was read
        self._left -= size
        self.digest.update(content)
        return content


def _snapshot(file: Path, copy: Path) -> None:
    """The file as it is at one moment, whoever writes to it meanwhile."""
    try:
        with (
            closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=10.0)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise explain(error, file, DatabaseDamaged) or DatabaseDamaged(file, str(error)) from error


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
