"""The feedback log: append-only, one row an event, durable before it is acknowledged.

An event carries a copy of everything it speaks of. A person's later word on the same message supersedes their earlier one
and leaves it in place; only `forget` takes content away, on request, and leaves a tombstone.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..conversations import Exchange, new_id, now
from ..errors import NotFound, UsageError
from ..storage import Database
from .events import PARTS, RATING, FeedbackEvent
from .schema import SCHEMA
from .stats import Stats, count_feedback

_SELECT = "SELECT id, created_at, kind, message_id, supersedes, payload FROM events"


class FeedbackLog:
    """One log file; several processes may write to it at once, and threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, path: Path) -> FeedbackLog:
        """Open or make the log.

        Raises:
            FeedbackNewer: a later version wrote it; it is left as it is.
            FeedbackDamaged: SQLite cannot read it.
            DatabaseUnavailable: there is no room, no right to write there, or another program holds it.
        """
        return cls(Database.open(path, SCHEMA))

    def close(self) -> None:
        self._database.close()

    def rate(
        self,
        exchange: Exchange,
        *,
        person: str,
        rating: str | int | None = None,
        correction: str | None = None,
        comment: str | None = None,
        citation_wrong: int | None = None,
        abstention: str | None = None,
    ) -> str:
        """Keep what `person` said about the answer of `exchange`; returns the event's id, after it is on disk.

        `rating` is "up", "down" or 1 to 5; `citation_wrong` a mark of the answer; `abstention` "right" or "wrong".

        Raises:
            UsageError: nothing was said, or a value is not one of these.
        """
        values = (rating, correction, comment, citation_wrong, abstention)
        parts: dict[str, str | int | None] = dict(zip(PARTS, values, strict=True))
        _check(parts, exchange)
        supersedes = self._superseded_by(exchange.message_id, person, parts)
        event = FeedbackEvent.of_rating(
            exchange, event_id=new_id("f"), created_at=now(), supersedes=supersedes, person=person, **parts
        )
        self.append(event)
        return event.event_id

    def prefer(self, chosen: Exchange, rejected: Exchange, *, person: str) -> str:
        """Keep that one answer was better than another, as `person` says.

        Raises:
            UsageError: they are the same message.
        """
        if chosen.message_id == rejected.message_id:
            raise UsageError("A message cannot be preferred to itself.", hint="Give the ids of two answers.")
        event = FeedbackEvent.of_preference(chosen, rejected, event_id=new_id("f"), created_at=now(), person=person)
        self.append(event)
        return event.event_id

    def append(self, event: FeedbackEvent) -> bool:
        """Keep an event of elsewhere, under its own id; whether it was new. Its hour is now where it has none."""
        row = (
            event.event_id,
            event.created_at or now(),
            event.kind,
            event.message_id,
            event.supersedes,
            json.dumps(event.payload),
        )
        with self._database.transaction() as sql:
            return bool(sql.execute("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?)", row).rowcount)

    def list(self, limit: int | None = None) -> list[FeedbackEvent]:
        """Events, oldest first; with `limit`, the latest."""
        rows = self._database.rows(f"{_SELECT} ORDER BY id DESC LIMIT ?", -1 if limit is None else limit)
        return [_event(*row) for row in reversed(rows)]

    def stats(self) -> Stats:
        return count_feedback(self.list())

    def forget(self, event_or_message_id: str) -> int:
        """Wipe the content of an event, or of all events of a message; returns how many. Tombstones stay.

        Raises:
            NotFound: neither an event nor a message of that id has content here.
        """
        with self._database.transaction() as sql:
            forgotten = sql.execute(
                "UPDATE events SET payload = NULL WHERE payload IS NOT NULL AND (id = ?1 OR message_id = ?1"
                " OR json_extract(payload, '$.rejected.message_id') = ?1)",
                (event_or_message_id,),
            ).rowcount
        if not forgotten:
            raise NotFound(f"There is no feedback {event_or_message_id!r}.", hint="`ayllu feedback list` shows all.")
        self._database.empty_journal()  # the old page must not stay in it
        return forgotten

    def export(self, folder: Path, format: str = "jsonl") -> dict[str, Any]:
        """Write every event with content to `folder/feedback.jsonl`, one JSON object a line; whole or not at all.

        Raises:
            UsageError: another format.
        """
        if format != "jsonl":
            raise UsageError(f"There is no export format `{format}`.", hint="There is: jsonl.")
        folder.mkdir(parents=True, exist_ok=True)
        target, events = folder / "feedback.jsonl", [event for event in self.list() if not event.forgotten]
        scratch = target.with_suffix(f".{secrets.token_hex(4)}.tmp")
        with scratch.open("w", encoding="utf-8") as file:
            for event in events:
                file.write(json.dumps(event.to_json()) + "\n")
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(target)
        return {"events": len(events), "path": str(target), "format": format}

    def _superseded_by(self, message_id: str, person: str, parts: Mapping[str, str | int | None]) -> str | None:
        """The person's latest event on the same message, where it says no more than `parts` do.

        An event of nobody known is taken for anybody's: before persons were written down, a home had one.
        """
        new = {name for name, value in parts.items() if value is not None}
        rows = self._database.rows(
            f"{_SELECT} WHERE message_id = ? AND kind = ? AND payload IS NOT NULL ORDER BY id DESC", message_id, RATING
        )
        for event in (_event(*row) for row in rows):
            if event.payload is not None and event.person in {person, ""}:
                return event.event_id if set(PARTS) & event.payload.keys() <= new else None
        return None


def _event(
    event_id: str, created_at: str, kind: str, message_id: str, supersedes: str | None, payload: str | None
) -> FeedbackEvent:
    body = json.loads(payload) if payload is not None else None
    return FeedbackEvent(event_id, created_at, kind, message_id, supersedes, body)


def _check(parts: Mapping[str, str | int | None], exchange: Exchange) -> None:
    if all(value is None for value in parts.values()):
        raise UsageError("Nothing was said about the answer.", hint="Give a rating, a correction or a comment.")
    if parts["rating"] not in {None, "up", "down", 1, 2, 3, 4, 5}:
        raise UsageError(f"{parts['rating']!r} is no rating.", hint="Give up, down, or a number from 1 to 5.")
    if parts["abstention"] not in {None, "right", "wrong"}:
        raise UsageError(f"{parts['abstention']!r} says nothing about an abstention.", hint="Give right or wrong.")
    if parts["correction"] is not None and not str(parts["correction"]).strip():
        raise UsageError("The correction is empty.", hint="Write what the answer should have been.")
    marks = [citation.n for citation in exchange.answer.citations]
    if parts["citation_wrong"] is not None and parts["citation_wrong"] not in marks:
        listed = ", ".join(str(mark) for mark in marks) or "none"
        raise UsageError(f"The answer has no mark [{parts['citation_wrong']}].", hint=f"Its marks: {listed}.")
