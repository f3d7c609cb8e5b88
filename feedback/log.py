"""The feedback log: append-only, one row an event, durable before it is acknowledged.

An event carries a copy of everything it speaks of. A later word on the same message supersedes the earlier one and leaves it
in place; only `forget` takes content away, on request, and leaves a tombstone.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..conversations import Exchange
from ..errors import NotFound, UsageError
from ..storage import Database
from .events import FeedbackEvent, Stats, stats
from .schema import SCHEMA

_PARTS = ("rating", "correction", "comment", "citation_wrong", "abstention")


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
        rating: str | int | None = None,
        correction: str | None = None,
        comment: str | None = None,
        citation_wrong: int | None = None,
        abstention: str | None = None,
    ) -> str:
        """Keep what a person said about the answer of `exchange`; returns the event's id, after it is on disk.

        `rating` is "up", "down" or 1 to 5; `citation_wrong` a mark of the answer; `abstention` "right" or "wrong".

        Raises:
            UsageError: nothing was said, or a value is not one of these.
        """
        said = dict(zip(_PARTS, (rating, correction, comment, citation_wrong, abstention), strict=True))
        _check(said, exchange)
        given = {key: value for key, value in said.items() if value is not None}
        earlier = self._earlier(exchange.message_id, set(given))
        return self._add("rating", {**given, "message": exchange.to_json()}, exchange.message_id, earlier)

    def prefer(self, chosen: Exchange, rejected: Exchange) -> str:
        """Keep that one answer was better than another.

        Raises:
            UsageError: they are the same message.
        """
        if chosen.message_id == rejected.message_id:
            raise UsageError("A message cannot be preferred to itself.", hint="Give the ids of two answers.")
        payload = {"chosen": chosen.to_json(), "rejected": rejected.to_json()}
        return self._add("preference", payload, chosen.message_id, None)

    def take(self, event: FeedbackEvent) -> bool:
        """Keep an event that was made elsewhere, under its own id; whether it was new. Its hour is now where it has none."""
        with self._database.transaction() as sql:
            added = sql.execute(
                "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?)",
                (
                    event.event_id,
                    event.created_at or _now(),
                    event.kind,
                    event.message_id,
                    event.supersedes,
                    json.dumps(event.payload),
                ),
            ).rowcount
        return bool(added)

    def list(self, limit: int | None = None) -> list[FeedbackEvent]:
        """Events, oldest first; with `limit`, the latest."""
        rows = self._database.rows(
            "SELECT id, created_at, kind, message_id, supersedes, payload FROM events ORDER BY id DESC LIMIT ?",
            -1 if limit is None else limit,
        )
        return [_event(*row) for row in reversed(rows)]

    def stats(self) -> Stats:
        return stats(self.list())

    def forget(self, one: str) -> int:
        """Wipe the content of an event, or of all events of a message; returns how many. Tombstones stay.

        Raises:
            NotFound: neither an event nor a message of that id has content here.
        """
        with self._database.transaction() as sql:
            gone = sql.execute(
                "UPDATE events SET payload = NULL WHERE payload IS NOT NULL AND (id = ?1 OR message_id = ?1"
                " OR json_extract(payload, '$.rejected.message_id') = ?1)",
                (one,),
            ).rowcount
        if not gone:
            raise NotFound(f"There is no feedback {one!r}.", hint="`ayllu feedback list` shows all.")
        self._database.empty_journal()  # the old page must not stay in it
        return gone

    def export(self, folder: Path, format: str = "jsonl") -> dict[str, Any]:
        """Write every event with content to `folder/feedback.jsonl`, one JSON object a line; whole or not at all.

        Raises:
            UsageError: another format.
        """
        if format != "jsonl":
            raise UsageError(f"There is no export format `{format}`.", hint="There is: jsonl.")
        folder.mkdir(parents=True, exist_ok=True)
        target, events = folder / "feedback.jsonl", [event for event in self.list() if event.payload is not None]
        scratch = target.with_suffix(f".{secrets.token_hex(4)}.tmp")
        with scratch.open("w", encoding="utf-8") as file:
            for event in events:
                file.write(json.dumps(event.to_json()) + "\n")
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(target)
        return {"events": len(events), "path": str(target), "format": format}

    def _earlier(self, message_id: str, parts: set[str]) -> str | None:
        """The latest event on the same message that says no more than the new one will."""
        for event in reversed(self.list()):
            if event.kind == "rating" and event.message_id == message_id and event.payload is not None:
                return event.event_id if set(_PARTS) & set(event.payload) <= parts else None
        return None

    def _add(self, kind: str, payload: Mapping[str, Any], message_id: str, supersedes: str | None) -> str:
        event_id = f"f{time.time_ns() // 1000:013x}{secrets.token_hex(3)}"
        created_at = _now()
        with self._database.transaction() as sql:
            sql.execute(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
                (event_id, created_at, kind, message_id, supersedes, json.dumps(payload)),
            )
        return event_id


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _event(
    event_id: str, created_at: str, kind: str, message_id: str, supersedes: str | None, payload: str | None
) -> FeedbackEvent:
    body = json.loads(payload) if payload is not None else None
    return FeedbackEvent(event_id, created_at, kind, message_id, supersedes, body)


def _check(said: Mapping[str, Any], exchange: Exchange) -> None:
    if all(value is None for value in said.values()):
        raise UsageError("Nothing was said about the answer.", hint="Give a rating, a correction or a comment.")
    if said["rating"] not in {None, "up", "down", 1, 2, 3, 4, 5}:
        raise UsageError(f"{said['rating']!r} is no rating.", hint="Give up, down, or a number from 1 to 5.")
    if said["abstention"] not in {None, "right", "wrong"}:
        raise UsageError(f"{said['abstention']!r} says nothing about an abstention.", hint="Give right or wrong.")
    if said["correction"] is not None and not said["correction"].strip():
        raise UsageError("The correction is empty.", hint="Write what the answer should have been.")
    marks = [citation.n for citation in exchange.answer.citations]
    if said["citation_wrong"] is not None and said["citation_wrong"] not in marks:
        listed = ", ".join(str(mark) for mark in marks) or "none"
        raise UsageError(f"The answer has no mark [{said['citation_wrong']}].", hint=f"Its marks: {listed}.")
