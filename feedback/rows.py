"""Rows of the log as events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .events import FeedbackEvent

COLUMNS = "id, created_at, kind, message_id, supersedes, payload"


def read_event(
    event_id: str, created_at: str, kind: str, message_id: str, supersedes: str | None, payload: Any
) -> FeedbackEvent:
    """An event of its COLUMNS.

    Raises:
        ValueError: its payload is damaged.
    """
    body = read_payload(payload) if payload is not None else None
    return FeedbackEvent(event_id, created_at, kind, message_id, supersedes, body)


def read_payload(text: Any) -> Mapping[str, Any]:
    """What an event holds. NaN is no JSON, and was written by earlier versions where a score was none: it is read as 0.

    Raises:
        ValueError: it is damaged.
    """
    try:
        payload = json.loads(text, parse_constant=lambda _: 0.0)
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if not isinstance(payload, dict):
        raise ValueError("it is no JSON object")
    return payload
