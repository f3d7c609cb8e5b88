"""A streamed chat answer, read lightly: a model on the same cores loses whatever is spent here for each token.

A plain piece of text skips the library's validation, and whoever has had to wait for one lets some gather.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from openai.types.chat import ChatCompletionChunk

from ..base import Reading
from ..errors import BackendFailed
from ..wire import ErrorEvent, EventReader, Stoppable, says_something
from .errors import error_from_event


class TextChunk:
    """The parts of a `ChatCompletionChunk` that AutoGen's client reads of a plain piece of text."""

    __slots__ = ("choices", "content", "delta", "finish_reason", "logprobs", "model", "model_extra", "tool_calls", "usage")

    def __init__(self, model: str, content: str) -> None:
        self.model = model
        self.content = content
        self.choices = [self]  # chunk, choice and delta in one: their names do not meet
        self.delta = self
        self.finish_reason = self.logprobs = self.model_extra = self.tool_calls = self.usage = None


async def read_chunks(
    packets: AsyncIterator[bytes], stoppable: Stoppable, where: str, *, idle_s: float
) -> AsyncGenerator[Any, None]:
    """The chunks of an answer, each a `ChatCompletionChunk` or as good as one.

    Raises:
        BackendFailed, ContextOverflow: the server sent an error, or stopped without a finish reason.
        TimeoutError: nothing of the answer came for `idle_s`.
        ValueError, TypeError, AttributeError: what it sent is no chunk.
    """
    reader = EventReader(packets, wait=stoppable, idle_s=idle_s)
    finished = False
    try:
        async with aclosing(reader.events()) as events:
            async for data in events:
                body = json.loads(data)
                chunk = parse_chunk(body, where)
                if says_something(body):
                    reader.prolong()
                if isinstance(chunk, TextChunk):
                    reader.gathering = not finished
                elif any(choice.finish_reason for choice in chunk.choices):
                    finished, reader.gathering = True, False
                yield chunk
    except ErrorEvent as event:
        raise error_from_event(json.loads(event.data), where) from event
    if not finished:
        raise BackendFailed(
            f"{where} stopped in the middle of an answer.", hint="Ask again; `ayllu backends check` looks at the server."
        )


def parse_chunk(body: Any, where: str) -> Any:
    if "error" in body:
        raise error_from_event(body, where)
    choices = body.get("choices") or []
    for choice in choices:
        _name_thought(choice.get("delta") or {})
    if len(choices) == 1 and choices[0].get("finish_reason") is None and choices[0].get("logprobs") is None:
        delta = choices[0].get("delta") or {}
        if delta.get("content") and not delta.keys() - {"role", "content"}:
            return TextChunk(body.get("model") or "", delta["content"])
    return ChatCompletionChunk.construct(**body)


def _name_thought(delta: dict[str, Any]) -> None:
    """Under the name that AutoGen's client reads: vLLM, Ollama and OpenRouter call it `reasoning`.

    An empty one beside an answer would keep that client from seeing that the thought is over.
    """
    if isinstance(delta.get("reasoning"), str) and not delta.get("reasoning_content"):
        delta["reasoning_content"] = delta["reasoning"]
    if delta.get("content") and not delta.get("reasoning_content"):
        delta.pop("reasoning_content", None)


def reading_of(chunk: Any) -> Reading | None:
    """How the prompt was read, as llama.cpp's server says it at the end (`timings`, in milliseconds)."""
    timings: Any = getattr(chunk, "timings", None)
    try:
        tokens, milliseconds = int(timings["prompt_n"]), float(timings["prompt_ms"])
        return Reading(tokens, milliseconds / 1000, int(timings.get("cache_n", 0)))
    except (TypeError, KeyError, ValueError, AttributeError):
        return None
