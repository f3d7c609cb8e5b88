"""What every client of a model server shares."""

from .backoff import Backoff
from .cancellation import Stoppable
from .chat_client import ChatClient, DelegatingClient, estimate_prompt_tokens, estimate_tokens, open_stream
from .http import NO_KEEPALIVE, is_loopback, root_cause
from .sse import ErrorEvent, EventReader
from .stop_sequences import Stops, overlap
from .text_client import TextClient

__all__ = [
    "NO_KEEPALIVE",
    "Backoff",
    "ChatClient",
    "DelegatingClient",
    "ErrorEvent",
    "EventReader",
    "Stoppable",
    "Stops",
    "TextClient",
    "estimate_prompt_tokens",
    "estimate_tokens",
    "is_loopback",
    "open_stream",
    "overlap",
    "root_cause",
]
