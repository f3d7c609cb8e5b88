"""Our own export: events as the log keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....feedback import FeedbackEvent
from .entries import BadEntry


def is_event(row: Mapping[str, Any]) -> bool:
    return "event_id" in row and "payload" in row


def read_event(line: int, row: Mapping[str, Any]) -> FeedbackEvent | BadEntry:
    try:
        event = FeedbackEvent(**row)
    except TypeError as error:
        return BadEntry(line, f"it is no event of ours ({error})")
    return event if _is_whole(event) else BadEntry(line, "it is no event of ours (its message is not whole)")


def _is_whole(event: FeedbackEvent) -> bool:
    texts = (event.event_id, event.created_at, event.kind, event.message_id)
    if not all(isinstance(text, str) and text for text in texts) or not isinstance(event.payload, dict):
        return False
    if event.kind == "preference":
        return all(isinstance(event.payload.get(side), dict) for side in ("chosen", "rejected"))
    message = event.payload.get("message")
    return event.kind == "rating" and isinstance(message, dict) and {"question", "messages", "passages"} <= message.keys()
