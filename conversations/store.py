"""Conversations kept: every answer with all that led to it, every question from the moment it is sent, every unsent draft.

One SQLite file (WAL, `synchronous=FULL`): what was acknowledged survives a kill. Threads may share it.
"""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..errors import NotFound
from ..storage import Database, DatabaseDamaged, DatabaseNewer, Schema, execute_script
from .exchange import Exchange, ExchangeUnreadable

log = logging.getLogger(__name__)
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


class ConversationsNewer(DatabaseNewer):
    """The file was written by a later version."""

    kind = "conversations_newer"


class ConversationsDamaged(DatabaseDamaged):
    """SQLite finds the file damaged."""

    kind = "conversations_damaged"


def _make_tables(connection: sqlite3.Connection) -> None:
    execute_script(connection, _TABLES)


SCHEMA = Schema((_make_tables,), newer=ConversationsNewer, damaged=ConversationsDamaged)


@dataclass(frozen=True, slots=True)
class SessionInfo:
    session_id: str
    title: str  # its first question
    questions: int
    updated_at: str


class Conversations:
    """The file of all conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, path: Path) -> Conversations:
        """Open or make the file.

        Raises:
            ConversationsNewer: a later version wrote it; it is left as it is.
            ConversationsDamaged: SQLite cannot read it.
            DatabaseUnavailable: there is no room, no right to write there, or another program holds it.
        """
        return cls(Database.open(path, SCHEMA))

    def close(self) -> None:
        self._database.close()

    def new_session(self) -> str:
        return new_id("s")

    def save(self, exchange: Exchange) -> None:
        body = json.dumps(exchange.to_json(), ensure_ascii=True)
        with self._database.transaction() as sql:
            sql.execute(
                "INSERT INTO messages VALUES (?, ?, ?, ?, ?)",
                (exchange.message_id, exchange.session_id, exchange.created_at, _storable(exchange.question), body),
            )

    def get(self, message_id: str) -> Exchange:
        """One exchange by its answer's id.

        Raises:
            NotFound: there is none.
            ExchangeUnreadable: it is damaged.
        """
        rows = self._database.rows("SELECT body FROM messages WHERE id = ?", message_id)
        if not rows:
            raise NotFound(
                f"There is no message {message_id!r}.", hint="`ayllu ask … --json` gives each answer's `message_id`."
            )
        return _read(rows[0][0])

    def exchanges(self, session_id: str, latest: int | None = None) -> list[Exchange]:
        """A conversation's exchanges, oldest first; with `latest`, only that many, the last ones.

        What cannot be read is left out, and the log says so: a conversation goes on without it.
        """
        rows = self._database.rows(
            "SELECT body FROM messages WHERE session = ? ORDER BY id DESC LIMIT ?",
            session_id,
            -1 if latest is None else latest,
        )
        return _readable(row[0] for row in reversed(rows))

    def latest_answered(self, session_id: str, count: int) -> list[Exchange]:
        """The latest `count` of the `exchanges` that did not end in an abstention, oldest first.

        No others are read: it takes 0.3 ms each, and a conversation may be thousands long.
        """
        kind = "CASE WHEN json_valid(body) THEN json_extract(body, '$.answer.kind') END"
        rows = self._database.rows(
            f"SELECT body FROM messages WHERE session = ? AND {kind} IS NOT 'abstained' ORDER BY id DESC LIMIT ?",
            session_id,
            count,
        )
        return _readable(row[0] for row in reversed(rows))

    def sessions(self) -> list[SessionInfo]:
        """Every conversation, the latest first."""
        rows = self._database.rows(
            "SELECT session, (SELECT question FROM messages AS first WHERE first.session = messages.session ORDER BY id),"
            " count(*), max(created_at) FROM messages GROUP BY session ORDER BY max(id) DESC"
        )
        return [SessionInfo(*row) for row in rows]

    def latest_session(self) -> str | None:
        return next((info.session_id for info in self.sessions()), None)

    def save_question(self, session_id: str, question: str) -> str:
        """Keep a question before it is asked; returns its id for `answered`."""
        question_id = new_id("q")
        with self._database.transaction() as sql:
            sql.execute(
                "INSERT INTO questions (id, session, question) VALUES (?, ?, ?)",
                (question_id, session_id, _storable(question)),
            )
        return question_id

    def answered(self, question_id: str) -> None:
        """The question was answered, or given back to the person: it need not be offered again."""
        with self._database.transaction() as sql:
            sql.execute("UPDATE questions SET answered = 1 WHERE id = ?", (question_id,))

    def unanswered(self, session_id: str) -> list[str]:
        """Questions that were sent and never came to an end (the program died), oldest first."""
        rows = self._database.rows(
            "SELECT question FROM questions WHERE session = ? AND NOT answered ORDER BY id", session_id
        )
        return [str(row[0]) for row in rows]

    def input_history(self, limit: int = 200) -> list[str]:
        """What was asked lately, oldest first, each once."""
        rows = self._database.rows("SELECT question FROM questions GROUP BY question ORDER BY max(id) DESC LIMIT ?", limit)
        return [str(row[0]) for row in reversed(rows)]

    def save_draft(self, session_id: str, text: str) -> None:
        """Keep what is typed and not sent; empty text forgets it."""
        with self._database.transaction() as sql:
            if text.strip():
                sql.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?)", (session_id, _storable(text)))
            else:
                sql.execute("DELETE FROM drafts WHERE session = ?", (session_id,))

    def draft(self, session_id: str) -> str:
        rows = self._database.rows("SELECT text FROM drafts WHERE session = ?", session_id)
        return str(rows[0][0]) if rows else ""


def _read(body: str) -> Exchange:
    try:
        row = json.loads(body)
    except ValueError as error:
        raise ExchangeUnreadable(f"A stored answer cannot be read: {error}.", hint="Restore a backup.") from error
    return Exchange.from_json(row)


def _readable(bodies: Iterable[str]) -> list[Exchange]:
    exchanges: list[Exchange] = []
    for body in bodies:
        try:
            exchanges.append(_read(body))
        except ExchangeUnreadable as error:
            log.warning("%s The conversation goes on without it.", error.message)
    return exchanges


def new_id(prefix: str) -> str:
    """An id that sorts by time."""
    return f"{prefix}{time.time_ns() // 1000:013x}{secrets.token_hex(3)}"


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
