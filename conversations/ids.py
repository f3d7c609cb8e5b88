"""Ids and moments of what is kept, and text as SQLite takes it."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime

_MICROSECONDS = 1_000_000


def new_id(prefix: str) -> str:
    """An id that nobody else makes; it holds the moment, which says nothing about the order (a clock may be set back)."""
    return f"{prefix}{time.time_ns() // 1000:013x}{secrets.token_hex(3)}"


def moment_of(identifier: str) -> str:
    """The moment that a `new_id` was made, as `now` writes it; empty where it is none of ours."""
    try:
        moment = datetime.fromtimestamp(int(identifier[1:14], 16) / _MICROSECONDS, UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return moment.isoformat(timespec="milliseconds")


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
