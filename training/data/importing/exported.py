"""Our own export: events as the log keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....feedback import EventUnreadable, FeedbackEvent
from .entries import BadEntry


def is_event(row: Mapping[str, Any]) -> bool:
    return "event_id" in row and "payload" in row


def read_event(line: int, row: Mapping[str, Any]) -> FeedbackEvent | BadEntry:
    try:
        return FeedbackEvent.from_json(row)
    except EventUnreadable as error:
        return BadEntry(line, error.reason)
