"""What every client of a model server shares."""

from .answer_length import AnswerLength
from .backoff import Backoff
from .cancellation import Stoppable
from .causes import root_cause
from .chat_client import ChatClient, DelegatingClient, estimate_prompt_tokens, estimate_tokens, open_stream, result_of
from .control_tokens import as_plain_text, as_written, with_plain_text
from .sse import ErrorEvent, EventReader, says_something
from .stop_sequences import StopSequences, overlap
from .text_client import TextClient

__all__ = [
    "AnswerLength",
    "Backoff",
    "ChatClient",
    "DelegatingClient",
    "ErrorEvent",
    "EventReader",
    "StopSequences",
    "Stoppable",
    "TextClient",
    "as_plain_text",
    "as_written",
    "estimate_prompt_tokens",
    "estimate_tokens",
    "open_stream",
    "overlap",
    "result_of",
    "root_cause",
    "says_something",
    "with_plain_text",
]
