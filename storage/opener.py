"""Opening one SQLite file: made or migrated where needed, its pragmas set, refused where a later version wrote it.

`user_version` is the number of migrations that the file has seen. All that a file lacks run in one transaction under
`BEGIN IMMEDIATE`, so of several processes that open an old file at once the first migrates it and the others find it done.
WAL lets readers go on beside a writer.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .errors import DatabaseDamaged, DatabaseNewer, DatabaseUnavailable
from .privacy import make_private_file, make_private_folder, tighten

Migration = Callable[[sqlite3.Connection], None]
"""Takes a file from one version to the next, inside the opener's transaction: it neither commits nor rolls back."""

_BUSY_S = 10.0
_PASSING = {  # primary result codes that say nothing about the file's content
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,  # a network drive that knows no locks
    sqlite3.SQLITE_NOLFS,
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_NOMEM,
}


@dataclass(frozen=True, slots=True)
class Schema:
    """What a kind of file holds: `migrations[n]` takes it from version n to n + 1, the first one an empty file."""

    migrations: Sequence[Migration]
    newer: type[DatabaseNewer] = DatabaseNewer
    damaged: type[DatabaseDamaged] = DatabaseDamaged
    synchronous: Literal["FULL", "NORMAL"] = "FULL"  # NORMAL may lose the last commits when the power fails, no more
    secure_delete: bool = False  # overwrite what is deleted

    @property
    def version(self) -> int:
        return len(self.migrations)


def open_connection(file: Path, schema: Schema) -> sqlite3.Connection:
    """Open `file`; threads may share the connection under a lock of the caller's. It is in autocommit mode.

    An older file is first copied to `NAME.vN.sqlite` beside it, N being its version.

    Raises:
        DatabaseNewer: a later version wrote it (`schema.newer`); it is left as it is.
        DatabaseDamaged: SQLite cannot read it, or its tables are not those of its version (`schema.damaged`).
        DatabaseUnavailable: there is no room, no right to write there, or another program holds it.
    """
    try:
        make_private_folder(file.parent)
        make_private_file(file)
        connection = sqlite3.connect(file, timeout=_BUSY_S, check_same_thread=False, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseUnavailable(file, str(error)) from error
    try:
        _prepare(connection, file, schema)
    except sqlite3.Error as error:
        connection.close()
        # the extended code is a larger number with the primary one in its low byte; Python's own errors have none
        passing = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in _PASSING
        raise (DatabaseUnavailable if passing else schema.damaged)(file, str(error)) from error
    except BaseException:
        connection.close()
        raise
    return connection


def execute_script(connection: sqlite3.Connection, script: str) -> None:
    """Run several statements without ending the transaction, as `executescript` would."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            connection.execute(pending)
            pending = ""
    if pending.strip():
        connection.execute(pending)


def _prepare(connection: sqlite3.Connection, file: Path, schema: Schema) -> None:
    if (version := _version(connection)) > schema.version:
        raise schema.newer(file, version, schema.version)
    tighten(file, *(file.with_name(f"{file.name}{ending}") for ending in ("-wal", "-shm")))
    _write_ahead(connection)
    connection.execute(f"PRAGMA synchronous = {schema.synchronous}")
    if schema.secure_delete:
        connection.execute("PRAGMA secure_delete = ON")
    if version < schema.version:
        _migrate(connection, file, schema)
    connection.execute("PRAGMA foreign_keys = ON")  # only now: a migration may have to rebuild a table others refer to


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL. SQLite does not wait for a lock here, so two processes that open a new file at once would fail."""
    give_up = time.monotonic() + _BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)


def _migrate(connection: sqlite3.Connection, file: Path, schema: Schema) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)  # again, now that nobody else can change it
        if version > schema.version:
            raise schema.newer(file, version, schema.version)
        if 0 < version < schema.version:
            _copy(file, file.with_suffix(f".v{version}.sqlite"))
        for migration in schema.migrations[version:]:
            migration(connection)
        connection.execute(f"PRAGMA user_version = {schema.version}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _copy(file: Path, copy: Path) -> None:
    """A copy of the file as it was last committed, its write-ahead log included; whole or not at all."""
    scratch = copy.with_name(f".{copy.name}.{secrets.token_hex(4)}")
    make_private_file(scratch)
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(scratch)) as target:
            source.backup(target)
        scratch.replace(copy)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
