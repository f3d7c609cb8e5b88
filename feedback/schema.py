"""The feedback log on disk: one append-only table, durable before anything is acknowledged."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from ..errors import AylluError

VERSION = 1
_TABLE = """
CREATE TABLE events (
    id TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    kind TEXT NOT NULL,
    message_id TEXT NOT NULL,
    supersedes TEXT,
    payload TEXT
)
"""


class LogNewer(AylluError):
    """A later version wrote the log."""

    kind = "feedback_newer"


def connect(path: Path) -> sqlite3.Connection:
    """Open or make the log.

    Raises:
        LogNewer: a later version wrote it; it is left as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    sql = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    for pragma in ("busy_timeout = 10000", "journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        sql.execute(f"PRAGMA {pragma}")
    sql.execute("BEGIN IMMEDIATE")
    found = int(sql.execute("PRAGMA user_version").fetchone()[0])
    if found == 0:
        sql.execute(_TABLE)
        sql.execute("CREATE INDEX events_by_message ON events (message_id)")
    elif found < VERSION:
        shutil.copy2(path, path.with_suffix(f".v{found}.sqlite"))
    sql.execute(f"PRAGMA user_version = {max(found, VERSION)}")
    sql.execute("COMMIT")
    if found > VERSION:
        sql.close()
        raise LogNewer(
            f"{path} has schema version {found}; this ayllu knows versions up to {VERSION}.",
            hint="Update ayllu; the file was not touched.",
        )
    return sql
