"""Rows of the log as events; one that is damaged costs itself alone."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from ..storage import Database
from .events import FeedbackEvent

COLUMNS = "id, created_at, kind, message_id, supersedes, payload"
log = logging.getLogger(__name__)


def event_keys(database: Database) -> list[int]:
    """The keys of all events, oldest first; from an index, for a damaged page must not hide what stands on others."""
    return sorted(row[0] for row in database.rows("SELECT rowid FROM events INDEXED BY events_by_message"))


def standing_keys(database: Database) -> list[int]:
    """The keys of events of which something stands, oldest first."""
    return sorted(row[0] for row in database.rows("SELECT rowid FROM events WHERE id IN (SELECT event_id FROM standing)"))


def standing_corrections(database: Database) -> list[str]:
    """The ids of events whose correction stands, oldest first."""
    query = "SELECT rowid, id FROM events WHERE id IN (SELECT event_id FROM standing WHERE name = 'correction')"
    return [event_id for _, event_id in sorted(database.rows(query))]


def keys_of(database: Database, event_ids: Iterable[str]) -> list[int]:
    """The keys of the events of these ids, in their order."""
    return [row[0] for event_id in event_ids for row in database.rows("SELECT rowid FROM events WHERE id = ?", event_id)]


def read_events(database: Database, keys: Iterable[int]) -> list[FeedbackEvent]:
    """Events by their keys. What cannot be read is left out, and the log of the program says so."""
    events: list[FeedbackEvent] = []
    for row in database.rows_by_key(f"SELECT {COLUMNS} FROM events WHERE rowid = ?", keys):
        try:
            events.append(read_event(*row))
        except ValueError as error:
            log.warning("The feedback event %s cannot be read: %s. The others are.", row[0], error)
    return events


def read_event(
    event_id: str, created_at: str, kind: str, message_id: str, supersedes: str | None, payload: Any
) -> FeedbackEvent:
    """An event of its COLUMNS.

    Raises:
        ValueError: its payload is damaged.
    """
    body = _read_payload(payload) if payload is not None else None
    return FeedbackEvent(event_id, created_at, kind, message_id, supersedes, body)


def _read_payload(text: Any) -> Mapping[str, Any]:
    """What an event holds. NaN is no JSON, and was written by earlier versions where a score was none: it is read as 0."""
    try:
        payload = json.loads(text, parse_constant=lambda _: 0.0)
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if not isinstance(payload, dict):
        raise ValueError("it is no JSON object")
    return payload
