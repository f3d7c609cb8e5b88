"""What every client of a model server shares."""

from .backoff import Backoff
from .cancellation import Stoppable
from .chat_client import ChatClient, DelegatingClient, estimate_prompt_tokens, estimate_tokens, open_stream, result_of
from .http import NO_KEEPALIVE, is_loopback, root_cause
from .sse import ErrorEvent, EventReader
from .stop_sequences import StopSequences, overlap
from .text_client import TextClient

__all__ = [
    "NO_KEEPALIVE",
    "Backoff",
    "ChatClient",
    "DelegatingClient",
    "ErrorEvent",
    "EventReader",
    "StopSequences",
    "Stoppable",
    "TextClient",
    "estimate_prompt_tokens",
    "estimate_tokens",
    "is_loopback",
    "open_stream",
    "overlap",
    "result_of",
    "root_cause",
]
