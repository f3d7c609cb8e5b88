"""The feedback log on disk: one append-only table, durable before anything is acknowledged."""

from __future__ import annotations

import sqlite3

from ..storage import DatabaseDamaged, DatabaseNewer, Schema, execute_script

_TABLES = """
CREATE TABLE events (
    id TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    kind TEXT NOT NULL,
    message_id TEXT NOT NULL,
    supersedes TEXT,
    payload TEXT
);
CREATE INDEX events_by_message ON events (message_id);
"""


class FeedbackNewer(DatabaseNewer):
    """A later version wrote the log."""

    kind = "feedback_newer"


class FeedbackDamaged(DatabaseDamaged):
    """SQLite finds the log damaged."""

    kind = "feedback_damaged"


def _make_tables(connection: sqlite3.Connection) -> None:
    execute_script(connection, _TABLES)


# What is forgotten on request must not stay in freed pages, nor in the copy that a first migration would leave behind.
SCHEMA = Schema((_make_tables,), newer=FeedbackNewer, damaged=FeedbackDamaged, secure_delete=True)
