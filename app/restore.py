"""A backup back into a home: unpacked beside it and checked to the last byte, then put in its place.

What the home held is moved aside, never deleted. The moves are a few renames; where they are cut off, whoever opens the home
next ends them: `READY` stands in the folder as long as they are not done.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import sqlite3
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from ..errors import AylluError, UsageError
from ..paths import Paths
from ..storage import explain_system, find_damage, make_private_file, make_private_folder
from .backup import DATABASES, FOLDERS, FORMAT, HOME, MANIFEST, SETTINGS, Backup, BackupFailed, Member, Progress
from .learning import learning_lock

READY = "ready"  # a file in it: all is unpacked and checked, and is to be put in its place
_ASIDE = "before-restore-"
_MOST_MANIFEST_BYTES = 100_000_000
_BLOCK = 1 << 20


class HomeInUse(AylluError):
    """Somebody works with what is to be replaced."""

    kind = "busy"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. `aside`: where what was there before is kept now; None where nothing was."""

    backup: Backup
    aside: Path | None


def restore_backup(paths: Paths, source: Path, *, replace: bool, progress: Progress | None = None) -> Restored:
    """Put what `source` holds in the place of what `paths` hold, all of it or nothing.

    Raises:
        UsageError: the home holds something, and `replace` does not say that it may be moved aside.
        BackupFailed: `source` is no backup, is cut off or damaged, or is of a later version.
        HomeInUse, LibraryBusy, LearningBusy: another ayllu works with the home.
        DatabaseUnavailable: there is no room, or no right.
    """
    if not replace and any(_held(paths)):
        raise UsageError(
            f"{paths.home} holds something already.",
            hint="`--replace` moves it aside (it is kept), or name an empty --home.",
        )
    stage = paths.restoring
    try:
        make_private_folder(paths.home)
        if stage.exists() and not (stage / READY).exists():
            shutil.rmtree(stage)
        stage.mkdir(mode=0o700)
        backup = _unpack(source, stage, progress or (lambda *_: None))
        with _alone(paths):
            aside = f"{_ASIDE}{datetime.now():%Y%m%d-%H%M%S}"
            make_private_file(stage / READY)
            (stage / READY).write_text(aside, "utf-8")
            _put_in_place(paths, stage)
    except OSError as error:
        raise explain_system(error, Path(error.filename) if error.filename else paths.home) from error
    finally:
        if not (stage / READY).exists():
            shutil.rmtree(stage, ignore_errors=True)
    kept = paths.home / aside
    return Restored(backup, kept if kept.exists() else None)


def finish_restore(paths: Paths) -> str:
    """End what a restore left that was cut off; says what was done, empty where there was nothing to do."""
    stage = paths.restoring
    if not (stage / READY).exists():
        return ""
    try:
        with _alone(paths):
            _put_in_place(paths, stage)
    except OSError as error:
        raise explain_system(error, Path(error.filename) if error.filename else paths.home) from error
    return "A restore that was cut off is done now."


def _held(paths: Paths) -> Iterator[Path]:
    return (file for name in (*DATABASES, *FOLDERS) if (file := paths.home / name).exists())


@contextlib.contextmanager
def _alone(paths: Paths) -> Iterator[None]:
    """Nobody else writes or learns, as far as locks tell; who only reads goes on with the files that are moved aside."""
    from ..retrieval import Turn, writer_lock

    with ExitStack() as locks:
        if paths.library.exists():
            locks.enter_context(writer_lock(paths.library, Turn("restore", wait_s=2.0)))
        if paths.adapters.exists():
            locks.enter_context(learning_lock(paths.adapters, "Wait for it, or stop it; then restore."))
        _check_readers(paths)
        yield


def _check_readers(paths: Paths) -> None:
    """Raises HomeInUse where another process of this person holds one of the databases open."""
    import psutil

    files = {str((paths.home / name).resolve()) for name in DATABASES}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != psutil.Process().pid and any(file.path in files for file in process.open_files()):
                raise HomeInUse(
                    f"Process {process.pid} ({process.name()}) works with {paths.home}.",
                    hint="Close that ayllu, then restore.",
                )


def _unpack(source: Path, stage: Path, progress: Progress) -> Backup:
    """All files of the archive below `stage`, each checked."""
    digests: dict[str, tuple[int, str]] = {}
    manifest: bytes | None = None
    try:
        with source.open("rb") as stream, tarfile.open(fileobj=stream, mode="r:gz") as archive:
            for entry in archive:
                progress(entry.name, stream.tell(), source.stat().st_size)
                content = archive.extractfile(entry) if entry.isreg() else None
                if content is None or manifest is not None:
                    raise _no_backup(source, f"it holds {entry.name!r}, which no backup does")
                if entry.name == MANIFEST:
                    manifest = content.read(_MOST_MANIFEST_BYTES)
                else:
                    digests[entry.name] = _extract(content, stage / _checked_name(source, entry.name))
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise _no_backup(source, "it is cut off, damaged or something else") from error
    except OSError as error:
        if error.errno is None:  # gzip's own
            raise _no_backup(source, "it is something else") from error
        raise
    backup = _read_manifest(source, manifest)
    if {member.name: (member.size, member.sha256) for member in backup.files} != digests:
        raise _no_backup(source, "its files are not those that it says it holds")
    for name in DATABASES:
        if (file := stage / HOME / name).exists():
            _check_database(source, name, file)
    _mark_vector_store(stage)
    return backup


def _checked_name(source: Path, name: str) -> str:
    """`name` where it is a place that a backup has; whatever leads elsewhere is refused."""
    parts = PurePosixPath(name).parts
    known = name == SETTINGS or (
        parts[:1] == (HOME,)
        and "/".join(parts) == name
        and not {"..", "."} & set(parts)
        and ("/".join(parts[1:]) in DATABASES or (len(parts) > 2 and parts[1] in FOLDERS))
    )
    if not known or "\x00" in name or "\\" in name:
        raise _no_backup(source, f"it holds {name!r}, which no backup does")
    return name


def _extract(content: IO[bytes], target: Path) -> tuple[int, str]:
    make_private_folder(target.parent)
    make_private_file(target)
    digest, length = hashlib.sha256(), 0
    with target.open("wb") as stream:
        while block := content.read(_BLOCK):
            stream.write(block)
            digest.update(block)
            length += len(block)
    return length, digest.hexdigest()


def _read_manifest(source: Path, content: bytes | None) -> Backup:
    if content is None:
        raise _no_backup(source, "it is cut off, or something else")
    try:
        fields = json.loads(content)
        number = fields["format"]
        if isinstance(number, int) and number > FORMAT:
            raise BackupFailed(
                f"{source} was written by ayllu {fields['version']}, which is later than this one.",
                hint="Install that version.",
            )
        members = tuple(Member(**member) for member in fields.pop("files"))
        return Backup(**fields, files=members)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _no_backup(source, "its list of files cannot be read") from error


def _check_database(source: Path, name: str, file: Path) -> None:
    from ..conversations import SCHEMA as CONVERSATIONS
    from ..feedback import SCHEMA as FEEDBACK
    from ..retrieval import SCHEMA as LIBRARY

    schema = dict(zip(DATABASES, (LIBRARY, CONVERSATIONS, FEEDBACK), strict=True))[name]
    try:
        damage = find_damage(file)
        with contextlib.closing(sqlite3.connect(file)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as error:
        raise _no_backup(source, f"{name} in it is damaged: {error}") from error
    if damage is not None:
        raise _no_backup(source, f"{name} in it is damaged: {damage}")
    if version > schema.version:
        raise BackupFailed(f"{name} in {source} is of a later version of ayllu.", hint="Install that version, then restore.")


def _mark_vector_store(stage: Path) -> None:
    """It is not in a backup, and not what the library believes that it holds."""
    from ..retrieval import DIRTY_MARKER

    if (library := stage / HOME / "library").is_dir():
        make_private_file(library / DIRTY_MARKER)


def _put_in_place(paths: Paths, stage: Path) -> None:
    """Each step may have been done before: who was cut off begins anew."""
    aside = paths.home / (stage / READY).read_text("utf-8")
    tops = list(dict.fromkeys(name.split("/")[0] for name in (*DATABASES, *FOLDERS)))
    replaced = stage / "replaced"  # a file: what was there is aside, and what is there now is the backup's
    if not replaced.exists():
        for name in tops:
            for file in (name, f"{name}-wal", f"{name}-shm"):
                if (paths.home / file).exists() and not (aside / file).exists():
                    make_private_folder(aside)
                    (paths.home / file).rename(aside / file)
        replaced.touch(mode=0o600)
    for name in tops:
        if (stage / HOME / name).exists():
            (stage / HOME / name).rename(paths.home / name)
    if (stage / SETTINGS).exists():
        make_private_folder(paths.config.parent)
        if paths.config.exists():
            make_private_folder(aside)
            shutil.copy2(paths.config, aside / paths.config.name)
        shutil.move(stage / SETTINGS, paths.config)
    shutil.rmtree(stage)


def _no_backup(source: Path, reason: str) -> BackupFailed:
    return BackupFailed(
        f"{source} is no backup that can be restored: {reason}.", hint="Name a file that `ayllu backup` wrote."
    )
