"""Room that was taken by what has been removed, given back to the disk.

SQLite keeps free pages for what comes next. A file of which much is free is written anew where that takes a second or two.
(Vacuum by increments moves a few hundred pages a second, and makes every other write slower.)
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

_LEAST_BYTES = 2_000_000  # free within the file; less is soon used again
_LEAST_SHARE = 0.2  # of the file
_MOST_REWRITTEN = 300_000_000  # bytes


def give_back(connection: sqlite3.Connection, file: Path) -> int:
    """Shorten the file where much of it is free; returns by how many bytes. The connection is in autocommit mode."""
    pages, free, page_bytes = (_pragma(connection, name) for name in ("page_count", "freelist_count", "page_size"))
    kept = (pages - free) * page_bytes
    if free * page_bytes < _LEAST_BYTES or free < _LEAST_SHARE * pages:
        return 0
    if kept > min(_MOST_REWRITTEN, shutil.disk_usage(file.parent).free // 3):
        return 0
    connection.execute("VACUUM")
    patience = _pragma(connection, "busy_timeout")
    connection.execute("PRAGMA busy_timeout = 0")  # while another program reads, the file itself is shortened later
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.OperationalError:
        pass
    finally:
        connection.execute(f"PRAGMA busy_timeout = {patience}")
    return (pages - _pragma(connection, "page_count")) * page_bytes


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
