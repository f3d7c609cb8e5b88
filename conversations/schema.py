"""The file of conversations on disk.

Rows are in the order in which they came (`rowid`), never in that of their times: a clock may be set back. Nothing here
vacuums, which could number them anew.
"""

from __future__ import annotations

import sqlite3

from ..storage import DatabaseDamaged, DatabaseNewer, Schema, execute_script

_TABLES = """
CREATE TABLE messages (
    id TEXT PRIMARY KEY, session TEXT NOT NULL, created_at TEXT NOT NULL, question TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX messages_by_session ON messages (session, id);
CREATE TABLE questions (
    id TEXT PRIMARY KEY, session TEXT NOT NULL, question TEXT NOT NULL, answered INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE drafts (session TEXT PRIMARY KEY, text TEXT NOT NULL);
"""
_SESSIONS = """
CREATE TABLE sessions (id TEXT PRIMARY KEY, title TEXT, touched INTEGER NOT NULL);
CREATE INDEX sessions_by_touch ON sessions (touched);
INSERT INTO sessions (id, touched) SELECT session, row_number() OVER (ORDER BY max(moment)) FROM (
    SELECT session, substr(id, 2) AS moment FROM messages
    UNION ALL SELECT session, substr(id, 2) FROM questions
    UNION ALL SELECT session, substr(session, 2) FROM drafts
) GROUP BY session;
DROP INDEX messages_by_session;
CREATE INDEX messages_by_session ON messages (session);
CREATE INDEX questions_by_session ON questions (session);
"""


class ConversationsNewer(DatabaseNewer):
    """The file was written by a later version."""

    kind = "conversations_newer"


class ConversationsDamaged(DatabaseDamaged):
    """SQLite finds the file damaged."""

    kind = "conversations_damaged"


def _make_tables(connection: sqlite3.Connection) -> None:
    execute_script(connection, _TABLES)


def _add_sessions(connection: sqlite3.Connection) -> None:
    """Conversations in the order of their last use, each with the title that a person may give it."""
    execute_script(connection, _SESSIONS)


SCHEMA = Schema((_make_tables, _add_sessions), newer=ConversationsNewer, damaged=ConversationsDamaged, secure_delete=True)
