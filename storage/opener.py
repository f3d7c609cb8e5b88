"""Opening one SQLite file: made or migrated where needed, its pragmas set, refused where a later version wrote it.

`user_version` is the number of migrations that the file has seen. All that a file lacks run in one transaction under
`BEGIN IMMEDIATE`, so of several processes that open an old file at once the first migrates it and the others find it done.
WAL lets readers go on beside a writer.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .errors import DatabaseDamaged, DatabaseNewer, DatabaseReadOnly
from .failures import explain
from .privacy import make_private_file, make_private_folder, tighten
from .reading import copy_into_memory, decode, open_for_reading

Migration = Callable[[sqlite3.Connection], None]
"""Takes a file from one version to the next, inside the opener's transaction: it neither commits nor rolls back."""

_BUSY_S = 10.0
_ATTEMPTS, _PAUSE_S = 3, 0.05  # where a file looks damaged


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
        DatabaseUnavailable: there is no room, another program holds it, or it can be neither made nor read.

    A file that is there and cannot be written to is opened for reading; an older one is migrated in memory then.
    """
    try:
        return _open_again_where_damaged(file, schema)
    except (OSError, sqlite3.Error) as error:
        explained = explain(error, file, schema.damaged) or schema.damaged(file, str(error))
        if not isinstance(explained, DatabaseReadOnly) or not file.is_file():
            raise explained from error
    try:
        return _open_for_reading(file, schema)
    except (OSError, sqlite3.Error) as error:
        raise explain(error, file, schema.damaged) or schema.damaged(file, str(error)) from error


def open_in_memory(schema: Schema) -> sqlite3.Connection:
    """An empty file that is gone when it is closed."""
    connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    _migrate(connection, schema)
    return connection


def _open_again_where_damaged(file: Path, schema: Schema) -> sqlite3.Connection:
    """A file that another process is making at this moment can look damaged, and is not a moment later."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return _open_for_writing(file, schema)
        except sqlite3.Error as error:
            if not isinstance(explain(error, file, schema.damaged) or schema.damaged(file, ""), DatabaseDamaged):
                raise
            time.sleep(_PAUSE_S)
    return _open_for_writing(file, schema)


def _open_for_writing(file: Path, schema: Schema) -> sqlite3.Connection:
    make_private_folder(file.parent)
    make_private_file(file)
    connection = sqlite3.connect(file, timeout=_BUSY_S, check_same_thread=False, isolation_level=None)
    connection.text_factory = decode
    try:
        _prepare(connection, file, schema)
    except BaseException:
        connection.close()
        raise
    return connection


def _open_for_reading(file: Path, schema: Schema) -> sqlite3.Connection:
    connection = open_for_reading(file)
    try:
        if (version := _version(connection)) > schema.version:
            raise schema.newer(file, version, schema.version)
        if version < schema.version:
            connection = copy_into_memory(connection)
            _migrate(connection, schema)
            connection.execute("PRAGMA query_only = ON")
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
        _migrate(connection, schema, file)
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


def _migrate(connection: sqlite3.Connection, schema: Schema, file: Path | None = None) -> None:
    """`file`, of which a copy is kept, is None for a file in memory."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)  # again, now that nobody else can change it
        if file is not None and version > schema.version:
            raise schema.newer(file, version, schema.version)
        if file is not None and 0 < version < schema.version:
            _copy(file, file.with_suffix(f".v{version}.sqlite"))
        for migration in schema.migrations[version:]:
            migration(connection)
        connection.execute(f"PRAGMA user_version = {schema.version}")
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise


def roll_back(connection: sqlite3.Connection) -> None:
    """End a transaction that failed. SQLite may have done that itself, as on a full disk, or be unable to: the error that is
    on its way says why, and another one must not hide it."""
    with contextlib.suppress(sqlite3.Error):
        if connection.in_transaction:
            connection.execute("ROLLBACK")


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
