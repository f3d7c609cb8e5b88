"""The feedback log on disk: an append-only table, durable before anything is acknowledged, and what of it stands.

Events are in the order in which they came (`rowid`), never in that of their times: a clock may be set back. Nothing here
vacuums, which could number them anew.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from ..storage import DatabaseDamaged, DatabaseNewer, Schema, execute_script
from .derived import BY_USE, DERIVED
from .rows import COLUMNS, read_event
from .standing import TABLE, let_stand

log = logging.getLogger(__name__)
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
_OTHER_SIDE = """
ALTER TABLE events ADD COLUMN other_id TEXT;
CREATE INDEX events_by_other ON events (other_id) WHERE other_id IS NOT NULL;
CREATE INDEX events_forgotten ON events (id) WHERE payload IS NULL;
"""


class FeedbackNewer(DatabaseNewer):
    """A later version wrote the log."""

    kind = "feedback_newer"


class FeedbackDamaged(DatabaseDamaged):
    """SQLite finds the log damaged."""

    kind = "feedback_damaged"


def _make_tables(connection: sqlite3.Connection) -> None:
    execute_script(connection, _TABLES)


def _note_what_stands(connection: sqlite3.Connection) -> None:
    """From then on a log of thousands of events is counted, and one of its answers looked up, without reading them all."""
    execute_script(connection, TABLE + _OTHER_SIDE)
    superseded = {row[0] for row in connection.execute("SELECT supersedes FROM events")}
    kept = connection.execute("SELECT id FROM events WHERE payload IS NOT NULL ORDER BY rowid").fetchall()
    with _reader(connection) as reader:
        for (event_id,) in kept:
            try:
                event = read_event(*reader.execute(f"SELECT {COLUMNS} FROM events WHERE id = ?", (event_id,)).fetchone())
            except (ValueError, sqlite3.DatabaseError) as error:  # a damaged row or page costs itself
                log.warning("The feedback event %s cannot be read: %s.", event_id, error)
                continue
            if event.other_id is not None:
                connection.execute("UPDATE events SET other_id = ? WHERE id = ?", (event.other_id, event_id))
            if event_id not in superseded:
                let_stand(connection, event)


def _add_derived(connection: sqlite3.Connection) -> None:
    """From now on what is made of an event is kept beside it, and goes with it."""
    execute_script(connection, DERIVED)


def _derive_by_use(connection: sqlite3.Connection) -> None:
    """From now on several parts of the program keep what they make of an event; what was there is made again."""
    execute_script(connection, BY_USE)


@contextmanager
def _reader(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Another one to the same file: SQLite lets nothing be written in a transaction that has met a damaged page."""
    file = connection.execute("PRAGMA database_list").fetchone()[2]
    if not file:  # in memory
        yield connection
        return
    with closing(sqlite3.connect(file)) as reader:
        reader.text_factory = connection.text_factory
        yield reader


# What is forgotten on request must not stay in freed pages.
SCHEMA = Schema(
    (_make_tables, _note_what_stands, _add_derived, _derive_by_use),
    newer=FeedbackNewer,
    damaged=FeedbackDamaged,
    secure_delete=True,
)
