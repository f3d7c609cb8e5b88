"""What every HTTP connection to a model server here keeps to."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from ...text import one_line

# No connection is kept for the next question: a server may have dropped it in between, at the very moment of asking.
NO_KEEPALIVE = httpx.Limits(max_keepalive_connections=0)


def is_loopback(url: str) -> bool:
    """Whether it is an address of this machine, where a proxy has no business."""
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}


def root_cause(error: BaseException) -> str:
    """What an error began with, in one line; libraries wrap the system's word in several of their own."""
    while error.__cause__ is not None:
        error = error.__cause__
    return one_line(str(error), 200) or type(error).__name__
