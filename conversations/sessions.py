"""Conversations as a person finds them again: by title, the last used first; renamed and removed on request."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import NotFound
from ..storage import Database
from ..text import one_line
from .ids import moment_of, storable

_NAMED_IN_ERRORS = 5
_TITLE_LENGTH = 200
_TABLES_OF_A_SESSION = {"messages": "session", "questions": "session", "drafts": "session", "sessions": "id"}
_SELECT = """
SELECT id,
    coalesce(
        title,
        (SELECT question FROM messages WHERE session = sessions.id ORDER BY rowid LIMIT 1),
        (SELECT question FROM questions WHERE session = sessions.id ORDER BY rowid LIMIT 1),
        (SELECT text FROM drafts WHERE session = sessions.id)
    ) AS shown,
    (SELECT count(*) FROM messages WHERE session = sessions.id)
        + (SELECT count(*) FROM questions WHERE session = sessions.id AND NOT answered),
    coalesce((SELECT created_at FROM messages WHERE session = sessions.id ORDER BY rowid DESC LIMIT 1), ''),
    coalesce((SELECT id FROM questions WHERE session = sessions.id ORDER BY rowid DESC LIMIT 1), id)
FROM sessions WHERE shown IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class SessionInfo:
    session_id: str
    title: str  # as it was named, else its first question; a conversation without any has what is typed and not sent
    questions: int  # answered ones, and those that wait to be asked again
    updated_at: str  # ISO 8601, UTC: its last answer or, without any, its last question


class Sessions:
    """All conversations of one file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, limit: int | None = None) -> list[SessionInfo]:
        """The last used first."""
        rows = self._database.rows(f"{_SELECT} ORDER BY touched DESC LIMIT ?", -1 if limit is None else limit)
        return [_info(*row) for row in rows]

    def latest(self) -> str | None:
        return next((info.session_id for info in self.list(1)), None)

    def get(self, session_id: str) -> SessionInfo:
        """One conversation.

        Raises:
            NotFound: there is none of that id; the hint names some that there are.
        """
        rows = self._database.rows(f"{_SELECT} AND id = ?", storable(session_id))
        if not rows:
            raise NotFound(f"There is no conversation {session_id!r}.", hint=_known(self.list(_NAMED_IN_ERRORS + 1)))
        return _info(*rows[0])

    def rename(self, session_id: str, title: str) -> SessionInfo:
        """Give it a title; an empty one brings back its first question.

        Raises:
            NotFound: there is none of that id.
        """
        self.get(session_id)
        named = one_line(storable(title), _TITLE_LENGTH).strip()
        with self._database.transaction() as sql:
            sql.execute("UPDATE sessions SET title = ? WHERE id = ?", (named or None, session_id))
        return self.get(session_id)

    def remove(self, session_id: str) -> Sequence[Path]:
        """Erase it: its answers, its questions and what is typed. Feedback on its answers stays.

        Returns the files in which it can still be read, while another program uses those.

        Raises:
            NotFound: there is none of that id.
        """
        self.get(session_id)

        def delete(sql: sqlite3.Connection) -> None:
            present = {row[0] for row in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for table, column in _TABLES_OF_A_SESSION.items():
                if table in present:
                    sql.execute(f"DELETE FROM {table} WHERE {column} = ?", (session_id,))

        return self._database.erase(delete, delete)


def touch(sql: sqlite3.Connection, session_id: str) -> None:
    """The conversation is the last used now."""
    sql.execute(
        "INSERT INTO sessions (id, touched) VALUES (?1, (SELECT coalesce(max(touched), 0) + 1 FROM sessions))"
        " ON CONFLICT (id) DO UPDATE SET touched = excluded.touched",
        (session_id,),
    )


def _info(session_id: str, title: str, questions: int, answered_at: str, last_id: str) -> SessionInfo:
    return SessionInfo(session_id, one_line(title, _TITLE_LENGTH), questions, answered_at or moment_of(last_id))


def _known(infos: Sequence[SessionInfo]) -> str:
    if not infos:
        return "There is none yet; `ayllu chat` begins one."
    named = ", ".join(f"{info.session_id} ({one_line(info.title, 40)})" for info in infos[:_NAMED_IN_ERRORS])
    return (
        f"The latest: {named}; `ayllu sessions list` shows all." if len(infos) > _NAMED_IN_ERRORS else f"There are: {named}."
    )
