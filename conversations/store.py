"""Conversations kept: every answer with all that led to it, every question from the moment it is sent, every unsent draft.

One SQLite file (WAL, `synchronous=FULL`): what was acknowledged survives a kill. Threads may share it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from pathlib import Path

from ..errors import NotFound
from ..storage import Database
from .exchange import Exchange, ExchangeUnreadable
from .ids import new_id, storable
from .schema import SCHEMA
from .sessions import Sessions, touch

log = logging.getLogger(__name__)


class Conversations:
    """The file of all conversations. `lasting`: they are there when the program ends."""

    def __init__(self, database: Database, *, lasting: bool = True) -> None:
        self.lasting = lasting
        self._database = database
        self.sessions = Sessions(database)

    @classmethod
    def open(cls, path: Path) -> Conversations:
        """Open or make the file.

        Raises:
            ConversationsNewer: a later version wrote it; it is left as it is.
            ConversationsDamaged: SQLite cannot read it.
            DatabaseUnavailable: there is no room, no right to write there, or another program holds it.
        """
        return cls(Database.open(path, SCHEMA))

    @classmethod
    def in_memory(cls) -> Conversations:
        """Conversations that are gone when the program ends."""
        return cls(Database.in_memory(SCHEMA), lasting=False)

    def close(self) -> None:
        self._database.close()

    def new_session(self) -> str:
        return new_id("s")

    def save(self, exchange: Exchange, question_id: str | None = None) -> None:
        """Keep an exchange; in the same moment the question of that id is `answered`."""
        body = json.dumps(exchange.to_json(), allow_nan=False)
        with self._database.transaction() as sql:
            sql.execute(
                "INSERT INTO messages VALUES (?, ?, ?, ?, ?)",
                (exchange.message_id, exchange.session_id, exchange.created_at, storable(exchange.question), body),
            )
            sql.execute("UPDATE questions SET answered = 1 WHERE id = ?", (question_id,))
            touch(sql, exchange.session_id)

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

    def exchanges(self, session_id: str, latest: int | None = None, *, before: str | None = None) -> list[Exchange]:
        """A conversation's exchanges, oldest first; with `latest`, only that many, the last ones.

        With `before`, a message of the conversation, only what came before that. What cannot be read is left out, and the
        log says so: a conversation goes on without it.
        """
        keys = self._database.rows(
            "SELECT rowid FROM messages WHERE session = ?1"
            " AND (?2 IS NULL OR rowid < (SELECT rowid FROM messages WHERE id = ?2)) ORDER BY rowid DESC LIMIT ?3",
            session_id,
            before,
            -1 if latest is None else latest,
        )
        return self._read_each(row[0] for row in reversed(keys))

    def unreadable(self) -> int:
        """How many answers cannot be read; conversations go on without them."""
        keys = self._database.rows("SELECT rowid FROM messages INDEXED BY messages_by_session")
        return len(keys) - len(self._read_each(row[0] for row in keys))

    def latest_answered(self, session_id: str, number: int) -> list[Exchange]:
        """The latest `number` of the `exchanges` that did not end in an abstention, oldest first.

        No others are read: it takes 0.3 ms each, and a conversation may be thousands long.
        """
        kind = "CASE WHEN json_valid(body) THEN json_extract(body, '$.answer.kind') END"
        rows = self._database.rows(
            f"SELECT body FROM messages WHERE session = ? AND {kind} IS NOT 'abstained' ORDER BY rowid DESC LIMIT ?",
            session_id,
            number,
        )
        return _readable(row[0] for row in reversed(rows))

    def given_by_memory(self) -> list[str]:
        """The answers that memory gave, oldest first, by their ids."""
        given = "CASE WHEN json_valid(body) THEN json_type(body, '$.answer.memory') END"
        return [row[0] for row in self._database.rows(f"SELECT id FROM messages WHERE {given} = 'object' ORDER BY rowid")]

    def _read_each(self, keys: Iterable[int]) -> list[Exchange]:
        """One on a damaged page is left out as well."""
        rows = self._database.rows_by_key("SELECT body FROM messages WHERE rowid = ?", keys)
        return _readable(row[0] for row in rows)

    def save_question(self, session_id: str, question: str) -> str:
        """Keep a question before it is asked, in place of an unanswered one like it; returns its id for `answered`."""
        question_id = new_id("q")
        with self._database.transaction() as sql:
            again = "UPDATE questions SET answered = 1 WHERE session = ? AND question = ? AND NOT answered"
            sql.execute(again, (session_id, storable(question)))
            sql.execute(
                "INSERT INTO questions (id, session, question) VALUES (?, ?, ?)",
                (question_id, session_id, storable(question)),
            )
            touch(sql, session_id)
        return question_id

    def answered(self, question_id: str) -> None:
        """The question was answered, or given back to the person: it need not be offered again."""
        with self._database.transaction() as sql:
            sql.execute("UPDATE questions SET answered = 1 WHERE id = ?", (question_id,))

    def unanswered(self, session_id: str) -> list[str]:
        """Questions that were sent and never came to an end (the program died), oldest first."""
        rows = self._database.rows(
            "SELECT question FROM questions WHERE session = ? AND NOT answered ORDER BY rowid", session_id
        )
        return [str(row[0]) for row in rows]

    def input_history(self, limit: int = 200) -> list[str]:
        """What was asked lately, oldest first, each once."""
        rows = self._database.rows(
            "SELECT question FROM questions GROUP BY question ORDER BY max(rowid) DESC LIMIT ?", limit
        )
        return [str(row[0]) for row in reversed(rows)]

    def save_draft(self, session_id: str, text: str) -> None:
        """Keep what is typed and not sent; empty text forgets it."""
        with self._database.transaction() as sql:
            if text.strip():
                sql.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?)", (session_id, storable(text)))
                touch(sql, session_id)
            else:
                sql.execute("DELETE FROM drafts WHERE session = ?", (session_id,))

    def draft(self, session_id: str) -> str:
        rows = self._database.rows("SELECT text FROM drafts WHERE session = ?", session_id)
        return str(rows[0][0]) if rows else ""


def _read(body: str) -> Exchange:
    try:
        row = json.loads(body)
    except (ValueError, TypeError, RecursionError) as error:
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
